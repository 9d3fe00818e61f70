"""Steps of thresholds: lines at the exact numbers, each in its severity's colour, whatever the direction."""

from __future__ import annotations

import pytest

from tocsin.targets.grafana.thresholds import DrawnLimit, soft_range, threshold_steps, threshold_style


def _steps(*limits: tuple[str, float, str]) -> list[tuple[float | None, str]]:
    return [(step["value"], step["color"]) for step in threshold_steps([DrawnLimit(*one) for one in limits])]


def _lines(*limits: tuple[str, float, str]) -> dict[float, str]:
    """The lines as Grafana colours them: up to the first transparent step by the step below."""
    steps = threshold_steps([DrawnLimit(*one) for one in limits])
    calm = next((at for at, step in enumerate(steps) if step["color"] == "transparent"), 0)
    return {steps[at]["value"]: steps[at - 1 if at <= calm else at]["color"] for at in range(1, len(steps))}


def test_above_what_is_well_lies_below() -> None:
    assert _steps((">", 5, "red"), (">", 2, "yellow")) == [(None, "transparent"), (2, "yellow"), (5, "red")]


def test_below_the_most_urgent_lies_at_the_bottom() -> None:
    assert _steps(("<", 5, "red"), ("<", 10, "yellow")) == [(None, "red"), (5, "yellow"), (10, "transparent")]


def test_where_no_number_is_too_low_what_is_lower_is_well() -> None:
    assert _steps(("!=", 1, "red")) == [(None, "transparent"), (1, "red")]


@pytest.mark.parametrize(
    "limits",
    [
        [(">", 5, "red"), (">", 2, "yellow")],
        [("<", 5, "red"), ("<", 10, "yellow")],
        [("<=", 5, "red"), (">=", 10, "yellow")],
        [("<", 10, "red"), (">", 5, "yellow")],
        [("==", 0, "red"), ("<", 5, "yellow")],
        [("==", 0, "red"), (">", 5, "yellow")],
        [("!=", 1, "red")],
        [("==", 0, "red")],
    ],
)
def test_every_line_has_its_severitys_colour(limits: list[tuple[str, float, str]]) -> None:
    assert _lines(*limits) == {value: colour for _, value, colour in limits}


def test_of_two_severities_at_one_number_the_more_urgent_one_is_drawn() -> None:
    assert _lines((">", 5, "red"), (">", 5, "yellow")) == {5: "red"}


def test_values_ascend_as_grafana_wants_them() -> None:
    values = [
        value for value, _ in _steps(("<", 3, "red"), ("<", 4, "yellow"), (">", 8, "yellow"), (">", 9, "red"))
    ]
    assert values == [None, 3, 4, 8, 9]


def test_without_limits_nothing_is_drawn() -> None:
    assert _steps() == [(None, "transparent")]
    assert threshold_style([]) == "off"


def test_the_axis_reaches_beyond_the_lowest_and_the_highest_line() -> None:
    least, most = soft_range([DrawnLimit(">", 5, "red"), DrawnLimit("<", -2, "red")])
    assert -3 < least < -2
    assert 5 < most < 6
