"""The panels of one alert: its query with thresholds and firing periods, and the log lines behind it."""

from __future__ import annotations

import string
import zlib
from typing import TYPE_CHECKING, Any

from tocsin.lang.logql.shape import counts_lines
from tocsin.lang.promql.filtering import filtered
from tocsin.plan.model import Engine
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.axes import count_axis, other_axis, own_axis, worst_is_least
from tocsin.targets.grafana.colours import TRANSPARENT
from tocsin.targets.grafana.dashboard import graph_options
from tocsin.targets.grafana.description import alert_description
from tocsin.targets.grafana.legends import legend
from tocsin.targets.grafana.links import alert_links
from tocsin.targets.grafana.min_step import min_step
from tocsin.targets.grafana.sides import Side, fires_without_comparison, sides
from tocsin.targets.grafana.template_text import readable_template
from tocsin.targets.grafana.variables import filter_matcher

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.plan.model import Alert
    from tocsin.targets.grafana.context import Basis

_FIRING = "B"

_FIRST = "▌ "
"""Before the name of the firing periods: it sorts before letters and digits, and looks as they do."""

_FURTHER_IDS = 0x3FFFFFFF
"""How many ids further panels have, above those of the alerts' own and below what Grafana can count to."""


def alert_panel(basis: Basis, alert: Alert, place: dict[str, int]) -> dict[str, Any]:
    """The panel that the alert's `dashboard_url` leads to."""
    drawn = sides(basis, alert)
    least = worst_is_least(alert, [limit for side in drawn if side.in_unit for limit in side.limits])
    return {
        "id": alert.panel.id,
        "type": "timeseries",
        "title": panel_title(basis, alert),
        "description": alert_description(basis, alert),
        "gridPos": place,
        "datasource": queries.MIXED if alert.engine is Engine.LOKI else queries.PROMETHEUS,
        "links": alert_links(basis, alert),
        "targets": list(_targets(basis, alert, drawn)),
        "fieldConfig": {
            "defaults": _defaults(basis, alert, drawn),
            "overrides": [*_side_overrides(basis, alert, drawn), *_band_overrides(basis, alert)],
        },
        "options": graph_options(["lastNotNull", "min" if least else "max"]),
    }


def panel_title(basis: Basis, alert: Alert) -> str:
    """The alert's name, by which messages call it, and what is wrong in words."""
    words = alert.panel.title
    if words == alert.alertname:
        words = readable_template(alert.summary, basis.words.value) or alert.alertname
    words = " ".join(words.split())
    return words if _names(words, alert.alertname) else f"{alert.alertname}: {words}"


def _names(text: str, word: str) -> bool:
    """Whether a word stands in the text, and not as a piece of another word."""
    at = text.find(word)
    while at >= 0:
        beside = (text[at - 1 : at], text[at + len(word) : at + len(word) + 1])
        if not any(char.isalnum() or char == "_" for char in beside):
            return True
        at = text.find(word, at + 1)
    return False


def log_panel(
    basis: Basis, alert: Alert, position: int, number: int, place: dict[str, int]
) -> dict[str, Any]:
    """A panel with the log lines of one of the alert's log queries."""
    words = basis.words
    ordinal = f" ({position + 1})" if len(alert.log_queries) > 1 else ""
    return {
        "id": number,
        "type": "logs",
        "title": words.logs.format(alert=alert.alertname) + ordinal,
        "description": words.logs_about.format(alert=alert.alertname),
        "gridPos": place,
        "datasource": queries.LOKI,
        "links": alert_links(basis, alert),
        "targets": [queries.log_lines_target("A", queries.LOKI, alert.log_queries[position])],
        "options": {
            "dedupStrategy": "none",
            "enableLogDetails": True,
            "prettifyLogMessage": False,
            "showCommonLabels": False,
            "showLabels": False,
            "showTime": True,
            "sortOrder": "Descending",
            "wrapLogMessage": True,
        },
    }


def further_panel_id(name: str, taken: set[int]) -> int:
    """An id for a panel that is not an alert's own, from a name, clear of those taken."""
    number = zlib.crc32(name.encode()) & _FURTHER_IDS
    while _FURTHER_IDS + 1 + number in taken:
        number = (number + 1) & _FURTHER_IDS
    taken.add(_FURTHER_IDS + 1 + number)
    return _FURTHER_IDS + 1 + number


def _firing_periods(basis: Basis, alert: Alert) -> dict[str, Any]:
    matchers = {"alertname": alert.alertname, **basis.shared}
    legend = basis.words.firing.format(severity="{{severity}}")
    chosen = (filter_matcher(label) for label in alert.filters)
    expr = f"max by (severity) {queries.fired_alerts(matchers, *chosen)}"
    return queries.range_target(_FIRING, queries.PROMETHEUS, expr, legend)


def _targets(basis: Basis, alert: Alert, drawn: Sequence[Side]) -> Iterator[dict[str, Any]]:
    """Each of the panel's queries, and the firing periods last, which so do not shift the others' colours."""
    log = alert.engine is Engine.LOKI
    for ref, side in zip(_refs(), drawn, strict=False):
        expr = filtered(side.expr, alert.filters, filter_matcher)[0]
        if log and _shows_zero(side):
            expr = f"{expr} or vector(0)"
        yield queries.range_target(
            ref,
            queries.LOKI if log else queries.PROMETHEUS,
            expr,
            legend(basis, alert, side),
            min_step(side.expr, alert.engine),
        )
    yield _firing_periods(basis, alert)


def _shows_zero(side: Side) -> bool:
    """Whether a log query is drawn as 0 where it finds no line: without, the last value shown is an old one.

    A rule that fires below its limit is silent there, so that a 0 would be beyond a line and nothing fires.
    """
    above = all(limit.comparison in (">", ">=") and limit.value >= 0 for limit in side.limits)
    return above and counts_lines(side.expr)


def _refs() -> Iterator[str]:
    return (letter for letter in string.ascii_uppercase if letter != _FIRING)


def _defaults(basis: Basis, alert: Alert, drawn: Sequence[Side]) -> dict[str, Any]:
    limits = tuple(dict.fromkeys(limit for side in drawn if side.in_unit for limit in side.limits))
    own = [side for side in drawn if side.in_unit]
    if own:
        axis = own_axis(basis, alert, limits, positive=_is_positive(basis, alert, own))
    else:
        axis = count_axis(tuple(dict.fromkeys(limit for side in drawn for limit in side.limits)))
    custom = {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 0,
        "showPoints": "auto",
        "spanNulls": False,
        **axis.pop("custom"),
    }
    return {
        "color": _colour(basis, alert, drawn),
        # Where there are no decimals, Grafana writes it at every tick that falls between whole numbers.
        **({} if axis.get("decimals") == 0 else {"noValue": _emptiness(basis, alert, drawn)}),
        **axis,
        "custom": custom,
    }


def _colour(basis: Basis, alert: Alert, drawn: Sequence[Side]) -> dict[str, str]:
    """The colours of series; the only one of a panel has one that no severity has."""
    if len(drawn) == 1 and "{{" not in legend(basis, alert, drawn[0]):
        return {"mode": "fixed", "fixedColor": basis.neutral}
    return {"mode": "palette-classic"}


def _emptiness(basis: Basis, alert: Alert, drawn: Sequence[Side]) -> str:
    """What it means that the queries of a panel return nothing."""
    if alert.engine is Engine.LOKI:
        return basis.words.no_data if all(map(_shows_zero, drawn)) else basis.words.no_lines
    return basis.words.no_match if fires_without_comparison(alert) else basis.words.no_data


def _is_positive(basis: Basis, alert: Alert, drawn: Iterable[Side]) -> bool:
    """Whether neither a value nor a limit of some queries is likely to be below zero."""
    return all(
        _begins_at_zero(basis, alert, side) and all(limit.value >= 0 for limit in side.limits)
        for side in drawn
    )


def _begins_at_zero(basis: Basis, alert: Alert, side: Side) -> bool:
    if side.in_unit and alert.unit.kind not in ("none", "temperature"):
        return True
    flows = basis.flows.flows(side.expr, conventions=True) if alert.engine is Engine.PROMETHEUS else None
    flow = basis.flows.labels(side.expr, alert.engine) if flows is None else flows.result
    return flow is not None and flow.value.low >= 0


def _side_overrides(basis: Basis, alert: Alert, drawn: Sequence[Side]) -> Iterator[dict[str, Any]]:
    """The axes of queries that measure something else, and the look of a query that is a limit."""
    alone = not any(side.in_unit for side in drawn)
    for ref, side in zip(_refs(), drawn, strict=False):
        properties: dict[str, Any] = {}
        if not side.in_unit and not alone:
            axis = other_axis(side.name, side.limits, positive=_is_positive(basis, alert, [side]))
            custom = axis.pop("custom")
            properties = {**axis, **{f"custom.{name}": value for name, value in custom.items()}}
        if side.is_limit:
            colour = basis.colours.get(alert.rules[0].severity, "red")
            properties |= {
                "color": {"mode": "fixed", "fixedColor": colour},
                "custom.lineStyle": {"fill": "dash", "dash": [10, 10]},
            }
        if properties:
            yield {
                "matcher": {"id": "byFrameRefID", "options": ref},
                "properties": [{"id": name, "value": value} for name, value in properties.items()],
            }


def _band_overrides(basis: Basis, alert: Alert) -> list[dict[str, Any]]:
    """The firing periods as a pale band over the whole height, in the colour of their severity."""
    names = dict.fromkeys(rule.severity for rule in alert.rules)
    coloured = [
        {
            "matcher": {"id": "byName", "options": basis.words.firing.format(severity=name)},
            "properties": [
                {"id": "color", "value": {"mode": "fixed", "fixedColor": basis.colours.get(name, "red")}},
                {
                    "id": "displayName",
                    "value": _FIRST + basis.words.firing.format(severity=basis.severity_title(name)),
                },
            ],
        }
        for name in names
    ]
    return [_band(basis.words.fires), *coloured]


def _band(fires: str) -> dict[str, Any]:
    nothing = {"mode": "absolute", "steps": [{"color": TRANSPARENT, "value": None}]}
    properties = {
        "unit": "none",
        "min": 0,
        "max": 1,
        "mappings": [{"type": "value", "options": {"1": {"text": fires, "index": 0}}}],
        "thresholds": nothing,
        "custom.thresholdsStyle": {"mode": "off"},
        "custom.drawStyle": "bars",
        "custom.barWidthFactor": 1,
        "custom.lineWidth": 0,
        "custom.fillOpacity": 20,
        "custom.axisPlacement": "hidden",
        "custom.axisSoftMin": 0,
        "custom.axisSoftMax": 1,
    }
    return {
        "matcher": {"id": "byFrameRefID", "options": _FIRING},
        "properties": [{"id": name, "value": value} for name, value in properties.items()],
    }
