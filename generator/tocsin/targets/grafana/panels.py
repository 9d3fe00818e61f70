"""The panels of one alert: its query with thresholds and firing periods, and the log lines behind it."""

from __future__ import annotations

import math
import zlib
from typing import TYPE_CHECKING, Any

from tocsin.plan.model import Engine
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.colours import TRANSPARENT
from tocsin.targets.grafana.description import alert_description
from tocsin.targets.grafana.links import alert_links
from tocsin.targets.grafana.thresholds import DrawnLimit, soft_range, threshold_steps, threshold_style

if TYPE_CHECKING:
    from tocsin.plan.model import Alert
    from tocsin.targets.grafana.context import Basis

_FIRING = "B"

_LOG_IDS = 0x3FFFFFFF
"""How many ids log panels have, above those of the alerts' own panels and below what Grafana can count to."""


def alert_panel(basis: Basis, alert: Alert, place: dict[str, int]) -> dict[str, Any]:
    """The panel that the alert's `dashboard_url` leads to."""
    log = alert.engine is Engine.LOKI
    return {
        "id": alert.panel.id,
        "type": "timeseries",
        "title": alert.panel.title,
        "description": alert_description(basis, alert),
        "gridPos": place,
        "datasource": queries.MIXED if log else queries.PROMETHEUS,
        "links": alert_links(basis, alert),
        "targets": [
            queries.range_target(
                "A", queries.LOKI if log else queries.PROMETHEUS, alert.query, _legend(alert)
            ),
            _firing_periods(basis, alert),
        ],
        "fieldConfig": {"defaults": _defaults(basis, alert), "overrides": _overrides(basis, alert)},
        "options": {
            "legend": {
                "showLegend": True,
                "displayMode": "table",
                "placement": "bottom",
                "calcs": ["lastNotNull", "max"],
            },
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def log_panel(
    basis: Basis, alert: Alert, position: int, number: int, place: dict[str, int]
) -> dict[str, Any]:
    """A panel with the log lines of one of the alert's log queries."""
    words = basis.words
    ordinal = f" ({position + 1})" if len(alert.log_queries) > 1 else ""
    return {
        "id": number,
        "type": "logs",
        "title": words.logs.format(alert=alert.panel.title) + ordinal,
        "description": words.logs_about.format(alert=alert.name),
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


def log_panel_id(alert: str, position: int, taken: set[int]) -> int:
    """An id for a log panel, from the alert's name and the query's place, clear of those taken."""
    number = zlib.crc32(f"{alert}/logs/{position}".encode()) & _LOG_IDS
    while _LOG_IDS + 1 + number in taken:
        number = (number + 1) & _LOG_IDS
    return _LOG_IDS + 1 + number


def _legend(alert: Alert) -> str:
    # Only Prometheus' datasource knows `__auto`; Loki's shows all labels when nothing is said.
    fallback = "" if alert.engine is Engine.LOKI else "__auto"
    return alert.legend or " ".join(f"{{{{{label}}}}}" for label in alert.per) or fallback


def _firing_periods(basis: Basis, alert: Alert) -> dict[str, Any]:
    matchers = {"alertname": alert.name, **basis.shared}
    legend = basis.words.firing.format(severity="{{severity}}")
    expr = f"max by (severity) {queries.fired_alerts(matchers)}"
    return queries.range_target(_FIRING, queries.PROMETHEUS, expr, legend)


def _limits(basis: Basis, alert: Alert) -> list[DrawnLimit]:
    return [
        DrawnLimit(rule.comparison, rule.threshold, basis.colours.get(rule.severity, "red"))
        for rule in alert.rules
        if rule.comparison is not None and rule.threshold is not None and math.isfinite(rule.threshold)
    ]


def _defaults(basis: Basis, alert: Alert) -> dict[str, Any]:
    limits = _limits(basis, alert)
    custom: dict[str, Any] = {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 0,
        "showPoints": "auto",
        "spanNulls": False,
        "thresholdsStyle": {"mode": threshold_style(limits)},
    }
    if limits:
        lowest, highest = soft_range(limits)
        if alert.unit.kind == "boolean":
            lowest, highest = min(lowest, 0.0), max(highest, 1.0)
        custom["axisSoftMin"], custom["axisSoftMax"] = lowest, highest
    defaults: dict[str, Any] = {
        "unit": alert.unit.grafana,
        "color": {"mode": "palette-classic"},
        "thresholds": {"mode": "absolute", "steps": threshold_steps(limits)},
        "custom": custom,
    }
    if alert.minimum is not None:
        defaults["min"] = alert.minimum
    if alert.maximum is not None:
        defaults["max"] = alert.maximum
    return defaults


def _overrides(basis: Basis, alert: Alert) -> list[dict[str, Any]]:
    """The firing periods as a pale band over the whole height, in the colour of their severity."""
    names = dict.fromkeys(rule.severity for rule in alert.rules)
    coloured = [
        {
            "matcher": {"id": "byName", "options": basis.words.firing.format(severity=name)},
            "properties": [
                {"id": "color", "value": {"mode": "fixed", "fixedColor": basis.colours.get(name, "red")}},
                {
                    "id": "displayName",
                    "value": basis.words.firing.format(severity=basis.severity_title(name)),
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
