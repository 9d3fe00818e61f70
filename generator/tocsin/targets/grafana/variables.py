"""The variables of dashboards: the datasources, the alerts that a dashboard is about, and what filters it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.promql.shape import metric_names
from tocsin.targets.grafana.queries import LOKI, PROMETHEUS, any_alert

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Alert, Project
    from tocsin.targets.grafana.context import Basis

_HIDDEN = 2
_ALL = "$__all"


def datasource_variables(project: Project, *, logs: bool) -> list[dict[str, Any]]:
    """The datasources, at first those of the project; Grafana takes its first one where there is no such."""
    chosen = [_datasource(PROMETHEUS, project.prometheus_uid)]
    return [*chosen, _datasource(LOKI, project.loki_uid)] if logs else chosen


def alerts_variable(names: Iterable[str]) -> dict[str, Any]:
    """The alerts that a dashboard is about, as a regular expression."""
    value = any_alert(names)
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


def filter_variables(alerts: Iterable[Alert]) -> list[dict[str, Any]]:
    """A choice for each label by which panels of the alerts can be filtered, the most shared one first."""
    metrics: dict[str, list[str]] = {}
    for alert in alerts:
        for label in alert.filters:
            metrics.setdefault(label, []).append(alert.query)
    ordered = sorted(metrics, key=lambda label: (-len(metrics[label]), label))
    return [_label(label, metrics[label]) for label in ordered]


def filter_matcher(label: str) -> str:
    """The matcher that restricts a label to what is chosen."""
    return f'{label}=~"${label}"'


def _label(label: str, queried: Iterable[str]) -> dict[str, Any]:
    names = sorted({name for query in queried for name in metric_names(query)})
    series = names[0] if len(names) == 1 else f'{{__name__=~"{"|".join(names)}"}}'
    query = f"label_values({series}, {label})" if names else f"label_values({label})"
    return {
        "type": "query",
        "name": label,
        "label": label,
        "datasource": PROMETHEUS,
        "definition": query,
        "query": {"qryType": 1, "query": query, "refId": "PrometheusVariableQueryEditor-VariableQuery"},
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "current": {"selected": True, "text": ["All"], "value": [_ALL]},
        "options": [],
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
