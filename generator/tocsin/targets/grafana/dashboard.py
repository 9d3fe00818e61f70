"""The frame that all generated dashboards have, and the places of panels on its grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.files import File
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.links import dashboard_tags
from tocsin.text.json import json_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.plan.model import DashboardRef
    from tocsin.targets.grafana.context import Basis

WIDTH = 24
"""Columns of Grafana's grid."""

ROW_HEIGHT = 1
"""Grafana draws every row that high."""

_SCHEMA = 39


def dashboard_file(
    basis: Basis,
    ref: DashboardRef,
    description: str,
    links: Sequence[dict[str, Any]],
    panels: Sequence[dict[str, Any]],
    variables: Sequence[dict[str, Any]],
    annotations: Sequence[dict[str, Any]] = (),
    refresh: str = "1m",
) -> File:
    """A dashboard as the file that Grafana's provisioning reads."""
    return File(
        f"grafana/dashboards/{ref.uid}.json",
        json_bytes(
            {
                "id": None,
                "uid": ref.uid,
                "title": ref.title,
                "description": description,
                "tags": dashboard_tags(basis.project),
                "schemaVersion": _SCHEMA,
                "version": 1,
                "editable": False,
                "graphTooltip": 1,
                "timezone": "browser",
                "time": {"from": "now-6h", "to": "now"},
                "refresh": refresh,
                "timepicker": {},
                "fiscalYearStartMonth": 0,
                "annotations": {"list": [_ANNOTATIONS, *annotations]},
                "templating": {"list": variables},
                "links": links,
                "panels": panels,
            }
        ),
    )


def grid_place(x: int, y: int, width: int, height: int) -> dict[str, int]:
    """A panel's place on the grid."""
    return {"x": x, "y": y, "w": width, "h": height}


def row(number: int, title: str, y: int) -> dict[str, Any]:
    """The heading of the panels below it, with which they are folded."""
    return {
        "id": number,
        "type": "row",
        "title": title,
        "collapsed": False,
        "gridPos": grid_place(0, y, WIDTH, ROW_HEIGHT),
        "panels": [],
    }


_ANNOTATIONS = {
    "builtIn": 1,
    "datasource": {"type": "grafana", "uid": "-- Grafana --"},
    "enable": True,
    "hide": True,
    "iconColor": "rgba(0, 211, 255, 1)",
    "name": "Annotations & Alerts",
    "type": "dashboard",
}


def panel_head(number: int, kind: str, title: str, about: str, where: dict[str, int]) -> dict[str, Any]:
    """What every panel that asks Prometheus begins with."""
    return {
        "id": number,
        "type": kind,
        "title": title,
        "description": about,
        "gridPos": where,
        "datasource": queries.PROMETHEUS,
    }


def graph_options(calcs: Sequence[str]) -> dict[str, Any]:
    """How a graph names its series: a table below it with some numbers of each, and all of them at a time."""
    return {
        "legend": {
            "showLegend": True,
            "displayMode": "table",
            "placement": "bottom",
            "calcs": calcs,
            "sortBy": "Name",
            "sortDesc": False,
        },
        "tooltip": {"mode": "multi", "sort": "desc"},
    }
