"""The times at which alerts fired, drawn on every panel of their dashboard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.grafana import queries

if TYPE_CHECKING:
    from tocsin.targets.grafana.context import Basis

_STEP = "60s"


def firing_annotations(basis: Basis) -> list[dict[str, Any]]:
    """For each severity, when which of the dashboard's alerts fired; each can be switched off."""
    return [_firing(basis, name) for name in basis.severities]


def _firing(basis: Basis, severity: str) -> dict[str, Any]:
    matchers = {"alertstate": "firing", "severity": severity, **basis.shared}
    expr = f"max by (alertname) ({queries.alert_state_selector('ALERTS', matchers, queries.OWN_ALERTS)})"
    name = basis.words.firing.format(severity=basis.severity_title(severity))
    return {
        "name": name,
        "datasource": queries.PROMETHEUS,
        "enable": True,
        "hide": False,
        "iconColor": basis.colours[severity],
        # Grafana 11 asks the expression of the annotation, later releases that of its target.
        "expr": expr,
        "step": _STEP,
        "target": {
            "refId": "Anno",
            "datasource": queries.PROMETHEUS,
            "editorMode": "code",
            "expr": expr,
            "interval": _STEP,
            "legendFormat": "",
        },
        "titleFormat": "{{alertname}}",
        "textFormat": name,
        "tagKeys": "",
        "useValueForTime": False,
    }
