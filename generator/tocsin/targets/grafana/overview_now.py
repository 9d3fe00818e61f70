"""The overview's panels about this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.grafana import queries
from tocsin.targets.grafana.colours import CALM
from tocsin.targets.grafana.links import name_links

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Plan, Team
    from tocsin.targets.grafana.context import Basis


def by_severity(basis: Basis, number: int, where: dict[str, int]) -> dict[str, Any]:
    """How many alerts fire in each severity; nought is a number too."""
    targets, overrides = [], []
    for position, name in enumerate(basis.severities):
        ref = f"severity{position}"
        targets.append(
            queries.instant_target(ref, basis.prometheus, _count(basis, "firing", severity=name), name)
        )
        steps = [{"color": CALM, "value": None}, {"color": basis.colours[name], "value": 1}]
        overrides.append(
            {
                "matcher": {"id": "byFrameRefID", "options": ref},
                "properties": [
                    {"id": "displayName", "value": basis.severity_title(name)},
                    {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}},
                ],
            }
        )
    words = basis.words
    head = _head(number, "stat", words.by_severity, words.by_severity_about, where, basis)
    return {**head, "targets": targets, **_numbers(overrides)}


def pending(basis: Basis, number: int, where: dict[str, int]) -> dict[str, Any]:
    """How many alerts wait for their `for` to pass."""
    words = basis.words
    head = _head(number, "stat", words.pending, words.pending_about, where, basis)
    target = queries.instant_target("A", basis.prometheus, _count(basis, "pending"), words.pending)
    return {**head, "targets": [target], **_numbers([])}


def by_team(basis: Basis, teams: Iterable[Team], number: int, where: dict[str, int]) -> dict[str, Any]:
    """How many alerts fire for each team that has any."""
    words = basis.words
    selector = queries.alert_state_selector("ALERTS", {"alertstate": "firing", **basis.shared})
    expr = f"sort_desc(count by (team) ({selector}))"
    head = _head(number, "bargauge", words.by_team, words.by_team_about, where, basis)
    return {
        **head,
        "targets": [queries.instant_target("A", basis.prometheus, expr, "{{team}}")],
        "fieldConfig": {
            "defaults": {
                "unit": "short",
                "decimals": 0,
                "min": 0,
                "noValue": words.nothing_fires,
                "color": {"mode": "fixed", "fixedColor": "orange"},
            },
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": team.name},
                    "properties": [{"id": "displayName", "value": team.title}],
                }
                for team in teams
            ],
        },
        "options": {
            "displayMode": "basic",
            "orientation": "horizontal",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "showUnfilled": True,
            "valueMode": "color",
        },
    }


def firing_table(basis: Basis, plan: Plan, number: int, where: dict[str, int]) -> dict[str, Any]:
    """The alerts that fire, since when, and with which labels."""
    words = basis.words
    began = queries.alert_state_selector("ALERTS_FOR_STATE", basis.shared)
    firing = queries.alert_state_selector("ALERTS", {"alertstate": "firing", **basis.shared})
    names = {"severity": words.severity, "alertname": words.alert, "team": words.team, "Value": words.since}
    hidden = ["Time", "__name__", "alertstate", *basis.shared]
    base = plan.project.urls.runbooks
    own_pages = all(
        alert.runbook.page.url == f"{base}/{alert.name}.md" for group in plan.groups for alert in group.alerts
    )
    head = _head(number, "table", words.now, words.now_about, where, basis)
    return {
        **head,
        "targets": [
            queries.table_target("A", basis.prometheus, f"{began} * 1000 and ignoring (alertstate) {firing}")
        ],
        "transformations": [
            {
                "id": "organize",
                "options": {
                    "excludeByName": dict.fromkeys(hidden, True),
                    "indexByName": {name: position for position, name in enumerate(names)},
                    "renameByName": names,
                },
            }
        ],
        "fieldConfig": {
            "defaults": {"noValue": words.nothing_fires, "custom": {"filterable": True}},
            "overrides": [
                _column(words.alert, links=name_links(basis, own_pages=own_pages)),
                _column(
                    words.severity,
                    mappings=[_titles({x: basis.severity_title(x) for x in basis.severities}, basis.colours)],
                    **{"custom.cellOptions": {"type": "color-text"}, "custom.width": 160},
                ),
                _column(words.team, mappings=[_titles({team.name: team.title for team in plan.teams}, {})]),
                _column(words.since, unit="dateTimeFromNow"),
            ],
        },
        "options": {"showHeader": True, "sortBy": [{"displayName": words.since, "desc": True}]},
    }


def _count(basis: Basis, state: str, **labels: str) -> str:
    selector = queries.alert_state_selector("ALERTS", {"alertstate": state, **labels, **basis.shared})
    return f"count({selector}) or vector(0)"


def _head(
    number: int, kind: str, title: str, about: str, where: dict[str, int], basis: Basis
) -> dict[str, Any]:
    return {
        "id": number,
        "type": kind,
        "title": title,
        "description": about,
        "gridPos": where,
        "datasource": basis.prometheus,
    }


def _numbers(overrides: list[dict[str, Any]]) -> dict[str, Any]:
    """Large numbers, calm while they are nought."""
    steps = [{"color": CALM, "value": None}, {"color": "blue", "value": 1}]
    return {
        "fieldConfig": {
            "defaults": {
                "unit": "short",
                "decimals": 0,
                "color": {"mode": "thresholds"},
                "thresholds": {"mode": "absolute", "steps": steps},
            },
            "overrides": overrides,
        },
        "options": {
            "colorMode": "background",
            "graphMode": "none",
            "justifyMode": "center",
            "orientation": "vertical",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "textMode": "value_and_name" if overrides else "value",
        },
    }


def _column(name: str, **properties: Any) -> dict[str, Any]:
    return {
        "matcher": {"id": "byName", "options": name},
        "properties": [{"id": key, "value": value} for key, value in properties.items()],
    }


def _titles(titles: dict[str, str], colours: Any) -> dict[str, Any]:
    """A value mapping from names to titles, in colours where there are any."""
    options: dict[str, Any] = {}
    for position, (name, title) in enumerate(titles.items()):
        options[name] = {"text": title, "index": position}
        if name in colours:
            options[name]["color"] = colours[name]
    return {"type": "value", "options": options}
