"""When pairs of windows fire, by the formula and by promtool: objectives, windows, and shares of failures.

A share that begins and stays fires after `factor × budget × long / share`, or never where it is no more than
the threshold. `TOCSIN_THOROUGH` tries all of them; otherwise it is a few of each.
"""

from __future__ import annotations

import os
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

import pytest
from tests.compile.burn.scenarios import DONE, FAILED, checkout, complaint, plan_with

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_ALL = ("50%", "90%", "95%", "99%", "99.5%", "99.9%", "99.99%")
_OBJECTIVES = _ALL if _THOROUGH else ("90%", "99%", "99.9%")
_WINDOWS = ("7d", "28d", "30d", "90d") if _THOROUGH else ("30d",)
_PAIRS = ("14.4x in 1h", "6x in 6h") + (("3x in 1d",) if _THOROUGH else ())
_TIMES_THRESHOLD = ("0.99", "1.01", "2") if _THOROUGH else ("0.99", "1.5")
_BEFORE = {"1h": 120, "6h": 720, "1d": 2000}
"""Minutes without failures, longer than the window and its five minutes."""


@pytest.mark.parametrize("times", [*_TIMES_THRESHOLD, "all"])
@pytest.mark.parametrize("pair", _PAIRS)
@pytest.mark.parametrize("window", _WINDOWS)
@pytest.mark.parametrize("objective", _OBJECTIVES)
def test_a_pair_fires_when_the_formula_says_so(
    objective: str, window: str, pair: str, times: str, promtool: Program, tmp_path: Path
) -> None:
    burn = f"burn: {{page: {{severity: critical, spent: [{pair}]}}, missing: none}}"
    plan = plan_with(checkout(burn, objective).replace("30d", window))
    [slo] = plan.slos
    assert slo.burn is not None
    found = slo.burn.tiers[0].pairs[0]
    share = Decimal(1) if times == "all" else min(found.threshold(slo.objective) * Decimal(times), Decimal(1))
    failed = int(share * 1_000_000)
    before, after = _BEFORE[found.long], found.long_ms // 60_000 + 10
    series = {
        DONE: f"0+1000000x{before} {before * 1_000_000}+{1_000_000 - failed}x{after}",
        FAILED: f"0x{before} 0+{failed}x{after}",
    }
    firing: dict[str, list[str]] = {f"{before}m": []}
    alert = ["CheckoutBudgetBurn critical a"]
    if not found.can_fire(slo.objective) or share <= found.threshold(slo.objective):
        firing[f"{before + after}m"] = []
    else:
        minutes = found.threshold(slo.objective) * found.long_ms / 60_000 / share
        due = before + minutes
        silent = max(int(due.to_integral_value(ROUND_FLOOR)) - 1, before)
        firing |= {f"{silent}m": [], f"{int(due.to_integral_value(ROUND_CEILING)) + 1}m": alert}
    assert complaint(promtool, tmp_path, plan, series, firing) is None


def test_a_window_of_recorded_events_is_no_later_than_one_of_raw_series(
    promtool: Program, tmp_path: Path
) -> None:
    """Each recorded value holds five minutes, and the youngest events are in few of them yet."""
    burn = "burn: {page: {severity: critical, spent: [3x in 7h]}, missing: none}"
    plan = plan_with(checkout(burn, "99%"))
    before, after = 460, 45
    series = {}
    for shop, failed in (("a", 1000), ("b", 300), ("c", 25)):
        good, bad = DONE.replace('"a"', f'"{shop}"'), FAILED.replace('"a"', f'"{shop}"')
        series[good] = f"0+1000x{before} {before * 1000}+{1000 - failed}x{after}"
        series[bad] = f"0x{before} 0+{failed}x{after}"
    all_of, some = ("CheckoutBudgetBurn critical " + shop for shop in "ab")
    # 3 % of seven hours are 12.6 minutes of failures.
    firing = {12: [], 14: [all_of], 41: [all_of], 43: [all_of, some]}
    told = {f"{before + at}m": alerts for at, alerts in firing.items()}
    assert complaint(promtool, tmp_path, plan, series, told) is None
