"""When pairs of windows fire, by the formula and by promtool: objectives, windows, and shares of failures.

A share that begins and stays fires after `factor × budget × long / share`, or never where it is no more than
the threshold. `TOCSIN_THOROUGH` tries windows of days as well.
"""

from __future__ import annotations

import os
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import product
from typing import TYPE_CHECKING

import pytest
from tests.compile.burn.recorded_events import complaint_about, queries_of
from tests.compile.burn.scenarios import DONE, FAILED, checkout, complaint, plan_with

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.burn import BurnPair
    from tocsin.plan.slo import Slo

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_OBJECTIVES = ("50%", "60%", "80%", "90%", "93%", "95%", "99%", "99.5%", "99.9%", "99.99%", "99.999%")
_WINDOWS = ("7d", "28d", "30d", "90d") if _THOROUGH else ("30d",)
_TIMES_THRESHOLD = ("0.99", "1.01", "2", "all")
_PAIRS = ("14.4x in 1h", "6x in 6h") + (("3x in 1d", "1x in 3d") if _THOROUGH else ())
_A_MINUTE = 100_000_000
"""Events."""


@value_object
class _Point:
    """One share of failures that begins and stays, for one objective: a series of its own."""

    name: str
    slo: Slo
    share: Decimal
    fires: bool

    @staticmethod
    def of(name: str, slo: Slo, times: str) -> _Point:
        threshold = _pair(slo).threshold(slo.objective)
        share = Decimal(1) if times == "all" else min(threshold * Decimal(times), Decimal(1))
        return _Point(name, slo, share, _pair(slo).can_fire(slo.objective) and share > threshold)

    def moments(self, before: int) -> Iterator[tuple[int, bool]]:
        """Minutes, and whether it fires then: right before and after what the formula says."""
        after = _pair(self.slo).long_ms // 60_000 + 10
        yield before, False
        if not self.fires:
            yield before + after, False
            return
        minutes = (
            _pair(self.slo).threshold(self.slo.objective) * _pair(self.slo).long_ms / 60_000 / self.share
        )
        due = before + minutes
        yield max(int(due.to_integral_value(ROUND_FLOOR)) - 1, before), False
        yield int(due.to_integral_value(ROUND_CEILING)) + 1, True


def _pair(slo: Slo) -> BurnPair:
    assert slo.burn is not None
    return slo.burn.tiers[0].pairs[0]


@pytest.mark.parametrize("pair", _PAIRS)
def test_a_pair_fires_when_the_formula_says_so(pair: str, promtool: Program, tmp_path: Path) -> None:
    """Only events are recorded all the time; whether an alert fires is asked for at some moments."""
    burn = f"burn: {{page: {{severity: critical, spent: [{pair}]}}, missing: none}}"
    specs = [
        checkout(burn, objective).replace("30d", window).replace("checkout", f"c{number}")
        for number, (objective, window) in enumerate(product(_OBJECTIVES, _WINDOWS))
    ]
    plan = plan_with("\n".join(specs))
    points = [
        _Point.of(f"{times} of {slo.name}", slo, times) for slo in plan.slos for times in _TIMES_THRESHOLD
    ]
    before = _pair(plan.slos[0]).long_ms // 60_000 + 60
    after = _pair(plan.slos[0]).long_ms // 60_000 + 10
    series = {}
    for point in points:
        failed = int(point.share * _A_MINUTE)
        counter = f'{point.slo.name}s_total{{shop="{point.name}", result='
        series[f'{counter}"ok"}}'] = (
            f"0+{_A_MINUTE}x{before} {before * _A_MINUTE + _A_MINUTE - failed}+{_A_MINUTE - failed}x{after}"
        )
        series[f'{counter}"failed"}}'] = f"0x{before} {failed}+{failed}x{after}"
    queries = {group.name: queries_of(group.rules) for group in plan.rule_groups}
    asked = []
    for point in points:
        shop = f'{{shop="{point.name}"}}'
        alert = queries[f"slo-{point.slo.name}"][f"{point.slo.name.capitalize()}BudgetBurn"]
        expr = f"count by (shop) (({alert}) and on (shop) {point.slo.name}s_total{shop})"
        for minute, fires in point.moments(before):
            expected = [{"labels": shop, "value": 1}] if fires else []
            asked.append({"expr": expr, "eval_time": f"{minute}m", "exp_samples": expected})
    assert complaint_about(promtool, tmp_path, plan, ("1m", "1m"), series, asked) is None


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
