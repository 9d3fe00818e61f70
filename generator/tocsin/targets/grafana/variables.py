"""The variables of dashboards: the datasources, the alerts that a dashboard is about, and what filters it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.grafana.queries import LOKI, PROMETHEUS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Project
    from tocsin.targets.grafana.context import Basis

_HIDDEN = 2
_ALL = "$__all"

KEEP_DATASOURCES = "${prometheus_datasource:queryparam}"
"""In an address: the datasource that was chosen."""


def datasource_variables(project: Project, *, logs: bool) -> list[dict[str, Any]]:
    """The datasources, at first those of the project; Grafana takes its first one where there is no such."""
    chosen = [_datasource(PROMETHEUS, project.prometheus_uid)]
    return [*chosen, _datasource(LOKI, project.loki_uid)] if logs else chosen


def alerts_variable(names: Iterable[str]) -> dict[str, Any]:
    """The alerts that a dashboard is about, as a regular expression."""
    value = "|".join(sorted(set(names)))
    return {
        "type": "constant",
        "name": "alerts",
        "hide": _HIDDEN,
        "skipUrlSync": True,
        "query": value,
        "current": {"selected": False, "text": value, "value": value},
        "options": [{"selected": True, "text": value, "value": value}],
    }


def teams_variable(basis: Basis, teams: Mapping[str, str]) -> dict[str, Any]:
    """A choice among teams, given by name with their titles."""
    listed = ((title.replace(",", "\\,").replace(" : ", ": "), name) for name, title in teams.items())
    return {
        "type": "custom",
        "name": "team",
        "label": basis.words.team,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "query": ",".join(f"{title} : {name}" for title, name in listed),
        "current": {"selected": True, "text": ["All"], "value": [_ALL]},
        "options": [
            {"selected": True, "text": "All", "value": _ALL},
            *({"selected": False, "text": title, "value": name} for name, title in teams.items()),
        ],
    }


def _datasource(source: Mapping[str, str], uid: str) -> dict[str, Any]:
    kind = source["type"]
    return {
        "type": "datasource",
        "name": f"{kind}_datasource",
        "label": f"{kind.title()} data source",
        "query": kind,
        "regex": "",
        "multi": False,
        "includeAll": False,
        "refresh": 1,
        "current": {"selected": True, "text": uid, "value": uid},
        "options": [],
    }
