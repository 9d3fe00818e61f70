"""Panels of an objective whose error budget is recorded: what is left of it, and what spent it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.burn_windows import plain
from tocsin.lang.strings import quote_string
from tocsin.plan.model import Engine
from tocsin.plan.telling_labels import AlertTexts, telling_labels
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.colours import TRANSPARENT
from tocsin.targets.grafana.dashboard import ROW_HEIGHT, graph_options, grid_place, panel_head, row
from tocsin.targets.grafana.panels import further_panel_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.plan.slo import Slo
    from tocsin.targets.grafana.context import Basis

    Step = tuple[float | None, str]

_HEIGHT = 10
OBJECTIVE_HEIGHT = ROW_HEIGHT + _HEIGHT
"""The height of the row and the panels of one objective."""
_NUMBERS = 4
"""The width of the column of numbers."""
_GRAPHS = 10
_LEAST = -1e9
"""Less than can be left of a budget. Grafana draws what has no value in the colour that begins below all."""
_LITTLE = 0.25
"""The share of the budget below which what is left is no longer shown as well."""
_BAR = "1h"
_NO_TEXTS = AlertTexts((), (), ())


def recorded_objectives(slos: Iterable[Slo]) -> list[Slo]:
    """The objectives whose error budget Prometheus has as a series."""
    return [slo for slo in slos if slo.burn is not None and slo.burn.recorded]


def objective_title(basis: Basis, slo: Slo) -> str:
    """The objective for people: what it is called, how much is promised, and over which time."""
    promised = basis.words.objective.format(objective=slo.objective_text, window=slo.window)
    return f"{' '.join(slo.title.split())}: {promised}"


def objective_panels(basis: Basis, slo: Slo, y: int, taken: set[int]) -> Iterator[dict[str, Any]]:
    """The row of an objective, from a line of the grid on: two numbers and two graphs."""
    names = ("row", "left", "month", "course", "spending")
    number, left, month, course, spending = (
        further_panel_id(f"/objective/{slo.name}/{name}", taken) for name in names
    )
    yield row(number, objective_title(basis, slo), y)
    y, half = y + ROW_HEIGHT, _HEIGHT // 2
    yield _left(basis, slo, left, grid_place(0, y, _NUMBERS, half))
    if slo.burn is not None and slo.burn.events is not None:
        yield _month(basis, slo, month, grid_place(0, y + half, _NUMBERS, _HEIGHT - half))
        yield _spending(basis, slo, spending, grid_place(_NUMBERS + _GRAPHS, y, _GRAPHS, _HEIGHT))
        yield _course(basis, slo, course, grid_place(_NUMBERS, y, _GRAPHS, _HEIGHT))
    else:
        yield _course(basis, slo, course, grid_place(_NUMBERS, y, 2 * _GRAPHS, _HEIGHT))


def budget_steps(basis: Basis) -> dict[str, Any]:
    """The colours of what is left of a budget: unknown, none, little, and well."""
    return _absolute(
        [(None, basis.neutral), (_LEAST, _worst(basis)), (0, basis.neutral), (_LITTLE, basis.calm)]
    )


def _left(basis: Basis, slo: Slo, number: int, where: dict[str, int]) -> dict[str, Any]:
    words, expr = basis.words, f"slo:budget_left:ratio{_selector(slo)}"
    return {
        **panel_head(
            number, "stat", words.budget_left, words.budget_left_about.format(window=slo.window), where
        ),
        "targets": [queries.instant_target("A", queries.PROMETHEUS, expr, _labels(basis, expr))],
        **_numbers(basis, budget_steps(basis), decimals=1),
    }


def _month(basis: Basis, slo: Slo, number: int, where: dict[str, int]) -> dict[str, Any]:
    """What was good since the first of the month, which is what reports ask for."""
    words = basis.words
    bad, total = _events(slo)
    expr = f"1 - sum_over_time({bad}[$__range]) / (sum_over_time({total}[$__range]) > 0)"
    # Where objectives differ between groups, no one number parts well from bad.
    steps: list[Step] = [(None, basis.neutral)]
    if len(slo.every_objective) == 1:
        steps = [(None, basis.neutral), (0.0, _worst(basis)), (float(slo.objective), basis.calm)]
    return {
        **panel_head(number, "stat", words.this_month, words.this_month_about, where),
        "timeFrom": "now/M",
        "hideTimeOverride": True,
        "targets": [queries.instant_target("A", queries.PROMETHEUS, expr, _labels(basis, bad))],
        **_numbers(basis, _absolute(steps), decimals=3),
    }


def _course(basis: Basis, slo: Slo, number: int, where: dict[str, int]) -> dict[str, Any]:
    words, expr = basis.words, f"slo:budget_left:ratio{_selector(slo)}"
    about = words.budget_course_about.format(window=slo.window)
    labels = _labels(basis, expr) or words.budget_left
    steps = [(None, _worst(basis)), (0.0, TRANSPARENT)]
    custom = {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 0,
        "spanNulls": False,
        "thresholdsStyle": {"mode": "dashed"},
        "axisSoftMin": -0.05,
    }
    return {
        **panel_head(number, "timeseries", words.budget_course, about, where),
        "targets": [queries.range_target("A", queries.PROMETHEUS, expr, labels)],
        **_graph(basis, {"thresholds": _absolute(steps), "max": 1, "custom": custom}, ["lastNotNull", "min"]),
    }


def _spending(basis: Basis, slo: Slo, number: int, where: dict[str, int]) -> dict[str, Any]:
    """A bar for each stretch of time, as high as the share of the whole budget that it spent.

    The budget is that of the window which ends where the graph does, so that bars can be compared and added.
    """
    words = basis.words
    bad, total = _events(slo)
    whole = f"sum_over_time({total}[{slo.window}] @ end())"
    expr = f"sum_over_time({bad}[$__interval]) / ({whole} > 0) / {_budget(slo)}"
    about = words.budget_spending_about.format(window=slo.window)
    labels = _labels(basis, bad) or words.budget_spent
    custom = {
        "drawStyle": "bars",
        # A value is about the hour before it.
        "barAlignment": -1,
        "lineWidth": 0,
        "fillOpacity": 80,
        "stacking": {"mode": "normal", "group": "A"},
        "axisSoftMin": 0,
    }
    return {
        **panel_head(number, "timeseries", words.budget_spending, about, where),
        "timeFrom": "7d",
        "interval": _BAR,
        "targets": [queries.range_target("A", queries.PROMETHEUS, expr, labels, _BAR)],
        **_graph(basis, {"custom": custom}, ["sum", "max"]),
    }


def _selector(slo: Slo) -> str:
    return f"{{slo={quote_string(slo.name)}}}"


def _events(slo: Slo) -> tuple[str, str]:
    """The recorded bad events and all events."""
    assert slo.burn is not None
    return f"slo:bad:{slo.burn.events}{_selector(slo)}", f"slo:total:{slo.burn.events}{_selector(slo)}"


def _budget(slo: Slo) -> str:
    """What may be bad, as a share: a number, or the series where it differs between groups."""
    if len(slo.every_objective) > 1:
        return f"(1 - slo:objective:ratio{_selector(slo)})"
    return f"{plain(1 - slo.objective):f}"


def _labels(basis: Basis, expr: str) -> str:
    """The labels that tell the groups of an objective apart; empty where there are none."""
    flow = basis.flows.labels(expr, Engine.PROMETHEUS)
    found = telling_labels(_NO_TEXTS, expr, Engine.PROMETHEUS, flow)
    return " ".join(f"{{{{{label}}}}}" for label in found if label not in ("slo", *basis.shared))


def _worst(basis: Basis) -> str:
    return next(iter(basis.colours.values()), "red")


def _absolute(steps: Sequence[Step]) -> dict[str, Any]:
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in steps]}


def _numbers(basis: Basis, thresholds: dict[str, Any], *, decimals: int) -> dict[str, Any]:
    return {
        "fieldConfig": {
            "defaults": {
                "unit": "percentunit",
                "decimals": decimals,
                "noValue": basis.words.no_data,
                "color": {"mode": "thresholds"},
                "thresholds": thresholds,
            },
            "overrides": [],
        },
        "options": {
            "colorMode": "background",
            "graphMode": "none",
            "justifyMode": "center",
            "orientation": "horizontal",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "auto",
        },
    }


def _graph(basis: Basis, defaults: dict[str, Any], calcs: list[str]) -> dict[str, Any]:
    return {
        "fieldConfig": {
            "defaults": {
                "unit": "percentunit",
                "noValue": basis.words.no_data,
                "color": {"mode": "palette-classic"},
                **defaults,
            },
            "overrides": [],
        },
        "options": graph_options(calcs),
    }
