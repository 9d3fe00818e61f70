"""Conditions of several sides: each is a series of its own with its own line, also while it does not hold."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tocsin.targets import grafana

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

SPEC = """
project: {{name: tiny, title: Tiny}}
severities: {{critical: {{rank: 1, title: Critical, icon: 🔴, receiver: all}}}}
receivers: {{all: {{webhook: [{{url: "http://all.example"}}]}}}}
routing: {{catch_all: all}}
groups:
  only:
    title: Only
    alerts:
      A:
        summary: s
        description: d
        unit: {unit}
        {more}
        {kind}: |
          {expr}
"""


@pytest.fixture
def panel(plan_of: Callable[[str], Plan]) -> Callable[..., dict[str, Any]]:
    """The panel of an alert with a complete expression, or with a query and a threshold."""

    def drawn(expr: str, unit: str = "none", thresholds: str = "") -> dict[str, Any]:
        kind, more = ("promql", f"thresholds: {thresholds}") if thresholds else ("expr", "severity: critical")
        plan = plan_of(SPEC.format(unit=unit, more=more, kind=kind, expr=expr))
        (content,) = (file.content for file in grafana.emit(plan) if file.path.endswith("tiny-only.json"))
        (found,) = (one for one in json.loads(content)["panels"] if one["title"].startswith("A: "))
        assert isinstance(found, dict)
        return found

    return drawn


def _series(panel: dict[str, Any]) -> dict[str, str]:
    """The expressions of the panel by their legends, without what filters them to chosen instances."""
    drawn = [one for one in panel["targets"] if one["refId"] != "B"]
    chosen = re.compile(r'\{(\w+=~"\$\w+"(, )?)+\}|(, \w+=~"\$\w+")+')
    return {one["legendFormat"]: chosen.sub("", one["expr"]) for one in drawn}


def _lines(panel: dict[str, Any]) -> list[float]:
    return [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]]


def _override(panel: dict[str, Any], ref: str) -> dict[str, Any]:
    (found,) = (one for one in panel["fieldConfig"]["overrides"] if one["matcher"]["options"] == ref)
    return {item["id"]: item["value"] for item in found["properties"]}


RATIO = "sum(rate(errors_total[{0}])) / sum(rate(requests_total[{0}]))"


def test_both_windows_of_a_burn_rate_are_drawn_with_their_line(panel: Any) -> None:
    hour, minutes = RATIO.format("1h"), RATIO.format("5m")
    burn = panel(f"{hour} > 14.4 * 0.001 and {minutes} > 14.4 * 0.001", "ratio")
    assert _series(burn) == {"1h": hour, "5m": minutes}
    assert _lines(burn) == [0.0144]
    assert burn["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] == {"mode": "dashed"}
    assert "`1h` above 1.44 % and `5m` above 1.44 %" in burn["description"]
    assert burn["fieldConfig"]["defaults"]["noValue"] == "No data: the query returns no series"


def test_windows_of_recorded_burn_rates_are_known_by_their_names(panel: Any) -> None:
    burn = panel(
        "(job:errors:ratio_rate1h > 0.0144 and job:errors:ratio_rate5m > 0.0144) or "
        "(job:errors:ratio_rate6h > 0.006 and job:errors:ratio_rate30m > 0.006)",
        "ratio",
    )
    assert list(_series(burn)) == ["1h", "5m", "6h", "30m"]
    assert _lines(burn) == [0.006, 0.0144]
    assert "`1h` above 1.44 % and `5m` above 1.44 %, or `6h` above 0.6 %" in burn["description"]


def test_a_guard_of_another_kind_has_an_axis_and_a_line_of_its_own(panel: Any) -> None:
    guarded = panel(f"{RATIO.format('5m')} > 0.05 and on () sum(rate(requests_total[5m])) > 100", "ratio")
    assert list(_series(guarded)) == ["errors_total", "requests_total"]
    assert _lines(guarded) == [0.05]
    guard = _override(guarded, "C")
    assert guard["unit"] == "short"
    assert guard["custom.axisPlacement"] == "right"
    assert [step["value"] for step in guard["thresholds"]["steps"]] == [None, 100]
    # It is not of the severity: both have to hold.
    assert "red" not in [step["color"] for step in guard["thresholds"]["steps"]]


def test_a_threshold_is_that_of_the_value_and_not_of_its_guard(panel: Any) -> None:
    guarded = panel("slow_ratio and on (job) traffic > 10", "ratio", "{critical: {above: 5%}}")
    assert list(_series(guarded)) == ["slow_ratio {{instance}}", "traffic {{instance}}"]
    assert _lines(guarded) == [0.05]


@pytest.mark.parametrize(
    ("expr", "drawn"),
    [
        ('absent(up{job="a"})', 'count(up{job="a"}) or vector(0)'),
        ("absent_over_time(up[5m])", "count(present_over_time(up[5m])) or vector(0)"),
    ],
)
def test_absence_is_drawn_as_the_number_of_series_that_falls_to_nought(
    panel: Any, expr: str, drawn: str
) -> None:
    absent = panel(expr)
    assert _series(absent) == {"series of up": drawn}
    # Between the two: on 1 it would lie on the series of what is there.
    assert _lines(absent) == [0.5]
    assert "no series of `up`" in absent["description"]
    # It is never empty, and the text for that would stand at ticks between whole numbers.
    assert "noValue" not in absent["fieldConfig"]["defaults"]


def test_series_that_are_missing_are_drawn_as_numbers_of_series(panel: Any) -> None:
    gone = panel("last_over_time(beat[1d]) unless beat or absent(last_over_time(beat[1d]))")
    assert _series(gone) == {
        "series of beat [1d]": "count(last_over_time(beat[1d])) or vector(0)",
        "series of beat": "count(beat) or vector(0)",
    }
    # All of them on one axis, with the line below which there is none.
    assert _lines(gone) == [0.5]
    assert not [one for one in gone["fieldConfig"]["overrides"] if one["matcher"]["options"] in ("A", "C")]


def test_what_a_metric_is_now_and_is_foreseen_to_be_share_an_axis(panel: Any) -> None:
    full = panel("predict_linear(free_bytes[1h], 4 * 3600) < 0 and free_bytes < 5e10", "bytes")
    assert list(_series(full)) == ["free_bytes 1h {{instance}}", "free_bytes {{instance}}"]
    assert _lines(full) == [0, 5e10]
    assert not [one for one in full["fieldConfig"]["overrides"] if one["matcher"]["options"] == "C"]


@pytest.mark.parametrize(
    ("limit", "decimals"), [("99.9%", 2), ("99.95%", 3), ("1.44%", 3), ("5%", None), ("0.5%", None)]
)
def test_a_share_is_shown_with_the_digits_that_tell_it_from_its_limit(
    panel: Any, limit: str, decimals: int | None
) -> None:
    defaults = panel("good_ratio", "ratio", f"{{critical: {{below: {limit}}}}}")["fieldConfig"]["defaults"]
    assert defaults.get("decimals") == decimals
    assert defaults["noValue"] == "No data: the query returns no series"


def test_the_axis_of_what_is_nought_does_not_end_at_a_hundred(panel: Any) -> None:
    assert panel("sum(rate(lost_total[5m])) > 0")["fieldConfig"]["defaults"]["custom"]["axisSoftMax"] == 1
    share = panel("lost_ratio", "ratio", "{critical: {above: 0}}")["fieldConfig"]["defaults"]["custom"]
    assert "axisSoftMax" not in share


def test_what_was_is_called_by_how_long_ago_it_was(panel: Any) -> None:
    compared = panel("sum(rate(errors_total[5m])) > 2 * sum(rate(errors_total[5m] offset 1w))")
    assert list(_series(compared)) == ["errors_total 5m", "limit: errors_total 5m offset 1w"]


def test_what_another_series_is_compared_with_is_a_dashed_line(panel: Any) -> None:
    compared = panel("queue_length > on (queue) queue_limit")
    assert list(_series(compared)) == ["queue_length {{queue}}", "limit: queue_limit {{queue}}"]
    limit = _override(compared, "C")
    assert limit["color"] == {"mode": "fixed", "fixedColor": "red"}
    assert limit["custom.lineStyle"]["fill"] == "dash"
    assert "`queue_length` above `queue_limit`" in compared["description"]


@pytest.mark.parametrize("expr", ["a != 1", "1 != a"])
def test_another_value_than_the_right_one_is_drawn_beside_it(panel: Any, expr: str) -> None:
    differs = panel(expr)
    assert list(_series(differs).values()) == ["a"]
    assert _lines(differs) == [1]


def test_a_limit_that_is_calculated_is_drawn(panel: Any) -> None:
    assert _lines(panel("some_ratio > 14.4 * (1 - 0.999)", "ratio")) == [0.0144]


def test_a_range_of_values_is_one_series_with_two_lines(panel: Any) -> None:
    between = panel("10 < temperature < 20")
    assert list(_series(between).values()) == ["temperature"]
    assert _lines(between) == [10, 20]


def test_what_keeps_an_alert_quiet_is_drawn_too(panel: Any) -> None:
    unless = panel("up == 0 unless on (instance) maintenance == 1")
    assert list(_series(unless).values()) == ["up", "maintenance"]
    assert "`up` equal to 0, unless `maintenance` equal to 1" in unless["description"]


def test_or_inside_and_is_in_parentheses_for_people_as_well(panel: Any) -> None:
    both = panel("a > 1 and (b > 2 or c > 3)")
    assert "`a` above 1 and (`b` above 2, or `c` above 3)" in both["description"]


def test_a_condition_without_end_is_drawn_whole(panel: Any) -> None:
    expr = " or ".join(f"m{number} > 1" for number in range(300))
    assert list(_series(panel(expr)).values()) == [expr]
