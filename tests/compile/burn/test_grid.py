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

from tocsin.compile.burn.tiers import LONGEST_RAW_MS

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_ALL = ("50%", "90%", "95%", "99%", "99.5%", "99.9%", "99.99%")
_OBJECTIVES = _ALL if _THOROUGH else ("90%", "99%", "99.9%")
_WINDOWS = ("7d", "28d", "30d", "90d") if _THOROUGH else ("30d",)
_PAIRS = ("14.4x in 1h", "6x in 6h") + (("3x in 1d",) if _THOROUGH else ())
_TIMES_THRESHOLD = ("0.99", "1.01", "2") if _THOROUGH else ("0.99", "1.5")
_RAMP = 3
"""Minutes that a sum of what is recorded over five minutes lags behind at most."""
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
        late = 1 if found.long_ms <= LONGEST_RAW_MS else 1 + _RAMP
        firing |= {f"{silent}m": [], f"{int(due.to_integral_value(ROUND_CEILING)) + late}m": alert}
    assert complaint(promtool, tmp_path, plan, series, firing) is None
