"""The overview's panels about the time behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.grafana import queries

if TYPE_CHECKING:
    from tocsin.targets.grafana.context import Basis


_BLIND = "absent(up) and on () group(up @ end())"
"""While Prometheus, which has targets at the end of the graph, had none: it did not run, or asked nobody."""


def timeline(basis: Basis, number: int, where: dict[str, int], only: tuple[str, ...]) -> dict[str, Any]:
    """When each alert fired, in the colour of its most urgent severity at the time.

    State timelines show a fault instead of `noValue` where a query returns nothing: here the times in which
    nothing fired are a row of their own, but not those without data, of which nobody knows what fired.
    """
    words = basis.words
    # The most urgent severity gets the highest number, so that `max` lets it win.
    weights = {name: len(basis.severities) - position for position, name in enumerate(basis.severities)}
    weighed = " or ".join(queries.constant(weight, "severity", name) for name, weight in weights.items())
    expr = (
        "max by (alertname) (\n"
        f"  {queries.fired_alerts(basis.shared, *only)}\n"
        f"  * on (severity) group_left () ({weighed})\n"
        f") or on () ({queries.constant(0, 'alertname', words.nothing_fired)} unless on () ({_BLIND}))"
    )
    options = {
        str(weight): {
            "text": basis.severity_title(name),
            "color": basis.colours[name],
            "index": position,
        }
        for position, (name, weight) in enumerate(weights.items())
    }
    options["0"] = {"text": words.nothing_fired, "color": basis.calm, "index": len(options)}
    return {
        "id": number,
        "type": "state-timeline",
        "title": words.timeline,
        "description": words.timeline_about,
        "gridPos": where,
        "datasource": queries.PROMETHEUS,
        "targets": [queries.range_target("A", queries.PROMETHEUS, expr, "{{alertname}}")],
        "fieldConfig": {
            "defaults": {
                "unit": "none",
                # With `thresholds` Grafana would replace the values, and so the colours of the mapping.
                "color": {"mode": "fixed", "fixedColor": basis.neutral},
                "mappings": [{"type": "value", "options": options}],
                "custom": {"fillOpacity": 70, "lineWidth": 0, "spanNulls": False},
            },
            "overrides": [],
        },
        "options": {
            "alignValue": "left",
            "legend": {"showLegend": False, "displayMode": "list", "placement": "bottom"},
            "mergeValues": True,
            "perPage": 20,
            "rowHeight": 0.8,
            "showValue": "never",
            "tooltip": {"mode": "single", "sort": "none"},
        },
    }


def history(basis: Basis, number: int, where: dict[str, int], only: tuple[str, ...]) -> dict[str, Any]:
    """How many alerts fired at each time, stacked by severity; nought is a number too."""
    words = basis.words
    # One query a severity: Prometheus orders series by their labels, and panels draw them in that order.
    targets = [
        queries.range_target(
            f"severity{position}",
            queries.PROMETHEUS,
            f"count by (severity) {queries.fired_alerts({**basis.shared, 'severity': name}, *only)}"
            f" or {queries.constant(0, 'severity', name)}",
            "{{severity}}",
        )
        for position, name in enumerate(basis.severities)
    ]
    return {
        "id": number,
        "type": "timeseries",
        "title": words.history,
        "description": words.history_about,
        "gridPos": where,
        "datasource": queries.PROMETHEUS,
        "targets": targets,
        "fieldConfig": {
            "defaults": {
                "unit": "short",
                "decimals": 0,
                "min": 0,
                "color": {"mode": "fixed", "fixedColor": basis.neutral},
                "custom": {
                    "drawStyle": "bars",
                    "barWidthFactor": 1,
                    "lineWidth": 0,
                    "fillOpacity": 80,
                    "stacking": {"mode": "normal", "group": "A"},
                    "axisSoftMax": 1,
                },
            },
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": name},
                    "properties": [
                        {"id": "displayName", "value": basis.severity_title(name)},
                        {"id": "color", "value": {"mode": "fixed", "fixedColor": colour}},
                    ],
                }
                for name, colour in basis.colours.items()
            ],
        },
        "options": {
            "legend": {"showLegend": True, "displayMode": "list", "placement": "bottom", "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }
