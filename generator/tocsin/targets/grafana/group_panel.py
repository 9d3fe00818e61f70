"""A panel of a group's dashboard that belongs to no alert."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.plan.model import Engine
from tocsin.plan.telling_labels import AlertTexts, telling_labels
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.min_step import min_step

if TYPE_CHECKING:
    from tocsin.plan.model import GroupPanel
    from tocsin.targets.grafana.context import Basis


def group_panel(basis: Basis, panel: GroupPanel, number: int, place: dict[str, int]) -> dict[str, Any]:
    """The panel: its series over time, without limits."""
    engine = panel.query.engine or Engine.PROMETHEUS
    source = queries.LOKI if engine is Engine.LOKI else queries.PROMETHEUS
    expr = panel.query.expr
    ends = (("min", panel.minimum), ("max", panel.maximum))
    return {
        "id": number,
        "type": "timeseries",
        "title": " ".join(panel.title.split()),
        "description": panel.description or expr,
        "gridPos": place,
        "datasource": source,
        "targets": [
            queries.range_target("A", source, expr, _legend(basis, panel, engine), min_step(expr, engine))
        ],
        "fieldConfig": {
            "defaults": {
                "color": {"mode": "palette-classic"},
                "unit": panel.unit.grafana,
                **{key: value for key, value in ends if value is not None},
                "noValue": basis.words.no_lines if engine is Engine.LOKI else basis.words.no_data,
                "custom": {
                    "drawStyle": "line",
                    "lineWidth": 1,
                    "fillOpacity": 0,
                    "showPoints": "auto",
                    "spanNulls": False,
                },
            },
            "overrides": [],
        },
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


def _legend(basis: Basis, panel: GroupPanel, engine: Engine) -> str:
    """The author's legend, else the labels that tell the series apart, else the title."""
    if panel.query.legend:
        return panel.query.legend
    flow = basis.flows.labels(panel.query.expr, engine)
    labels = telling_labels(AlertTexts((), (), ()), panel.query.expr, engine, flow)
    return " ".join(f"{{{{{label}}}}}" for label in labels) or panel.title
