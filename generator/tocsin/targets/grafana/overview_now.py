"""Panels about what fires now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.strings import quote_string
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.dashboard import panel_head
from tocsin.targets.grafana.links import dashboard_of, name_links

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.plan.model import Group
    from tocsin.targets.grafana.context import Basis

_DASHBOARD = "tocsin_dashboard"
"""A label that only the overview's table has."""


def by_severity(basis: Basis, number: int, where: dict[str, int], only: tuple[str, ...]) -> dict[str, Any]:
    """How many alerts fire in each severity; nought is a number too."""
    targets, overrides = [], []
    for position, name in enumerate(basis.severities):
        ref = f"severity{position}"
        expr = _count(basis, {"alertstate": "firing", "severity": name}, only)
        targets.append(queries.instant_target(ref, queries.PROMETHEUS, expr, name))
        steps = [{"color": basis.calm, "value": None}, {"color": basis.colours[name], "value": 1}]
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
    head = panel_head(number, "stat", words.by_severity, words.by_severity_about, where)
    return {**head, "targets": targets, **_numbers(basis, overrides)}


def pending(basis: Basis, number: int, where: dict[str, int], only: tuple[str, ...]) -> dict[str, Any]:
    """How many alerts wait for their `for` to pass."""
    words = basis.words
    head = panel_head(number, "stat", words.pending, words.pending_about, where)
    expr = _count(basis, {"alertstate": "pending"}, only)
    target = queries.instant_target("A", queries.PROMETHEUS, expr, words.pending)
    return {**head, "targets": [target], **_numbers(basis, [])}


def by_team(
    basis: Basis, teams: Mapping[str, str], number: int, where: dict[str, int], only: tuple[str, ...]
) -> dict[str, Any]:
    """How many alerts fire for each of the teams, given by name with their titles.

    Grafana names a bar only where there are several: a team for which nothing fires has a bar as well.
    """
    words = basis.words
    firing = f"count by (team) ({_firing(basis, only)})"
    zeros = [queries.constant(0, "team", name) for name in teams]
    head = panel_head(number, "bargauge", words.by_team, words.by_team_about, where)
    return {
        **head,
        "targets": [
            queries.instant_target(
                "A", queries.PROMETHEUS, f"sort_desc({' or '.join([firing, *zeros])})", "{{team}}"
            )
        ],
        "fieldConfig": {
            "defaults": {
                "unit": "short",
                "decimals": 0,
                "min": 0,
                "color": {"mode": "fixed", "fixedColor": basis.neutral},
            },
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": name},
                    "properties": [{"id": "displayName", "value": title}],
                }
                for name, title in teams.items()
            ],
        },
        "options": {
            "displayMode": "basic",
            "minVizHeight": 16,
            "orientation": "horizontal",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
            "showUnfilled": True,
            "valueMode": "color",
        },
    }


def firing_table(
    basis: Basis,
    groups: Sequence[Group],
    teams: Mapping[str, str],
    number: int,
    where: dict[str, int],
    only: tuple[str, ...],
    *,
    elsewhere: bool,
) -> dict[str, Any]:
    """Those alerts of groups that fire, the most urgent first, since when, and with which labels.

    Where the dashboards of the groups are `elsewhere`, the alerts' names lead there.
    """
    words, alerts = basis.words, [alert for group in groups for alert in group.alerts]
    names = {"severity": words.severity, "alertname": words.alert, "team": words.team, "Value": words.since}
    hidden = ["Time", "__name__", "alertstate", *basis.shared]
    if len(teams) < 2:
        hidden.append("team")
    base = basis.project.urls.runbooks
    own_pages = all(alert.runbook.page.url == f"{base}/{alert.alertname}.md" for alert in alerts)
    head = panel_head(number, "table", words.now, words.now_about, where)
    expr = "\nor ".join(_since(basis, name, only) for name in basis.severities)
    if elsewhere:
        expr = _with_dashboards(expr, groups)
    return {
        **head,
        "targets": [queries.table_target("A", queries.PROMETHEUS, expr)],
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
            "defaults": {"noValue": words.nothing_fires, "custom": {"filterable": True, "minWidth": 120}},
            "overrides": [
                # Without this the text for an empty table would stand in each empty cell as well.
                {
                    "matcher": {"id": "byRegexp", "options": "/.*/"},
                    "properties": [{"id": "noValue", "value": "-"}],
                },
                _column(
                    words.alert,
                    links=[
                        *([dashboard_of(basis, _DASHBOARD)] if elsewhere else ()),
                        *name_links(basis, own_pages=own_pages),
                    ],
                    **{"custom.width": _width(alert.alertname for alert in alerts)},
                ),
                _column(
                    words.severity,
                    mappings=[_titles({x: basis.severity_title(x) for x in basis.severities}, basis.colours)],
                    **{
                        "custom.cellOptions": {"type": "color-text"},
                        "custom.width": _width(map(basis.severity_title, basis.severities)),
                    },
                ),
                _column(
                    words.team, mappings=[_titles(teams, {})], **{"custom.width": _width(teams.values())}
                ),
                *([_column(_DASHBOARD, **{"custom.hidden": True})] if elsewhere else ()),
                _column(words.since, unit="dateTimeFromNow", **{"custom.width": 150, "custom.align": "left"}),
            ],
        },
        "options": {"showHeader": True, "cellHeight": "sm", "sortBy": []},
    }


def _with_dashboards(expr: str, groups: Iterable[Group]) -> str:
    """The alerts with the uid of their group's dashboard as a label, for a link to find it there."""
    for group in groups:
        names = quote_string(queries.any_alert(alert.alertname for alert in group.alerts))
        uid = quote_string(group.dashboard.uid)
        expr = f'label_replace(\n{expr},\n"{_DASHBOARD}", {uid}, "alertname", {names}\n)'
    return expr


def _since(basis: Basis, severity: str, only: tuple[str, ...]) -> str:
    """Since when each alert of one severity fires, in milliseconds, the newest first."""
    began = queries.alert_state_selector("ALERTS_FOR_STATE", {**basis.shared, "severity": severity}, *only)
    firing = _firing(basis, only, severity=severity)
    return f"sort_desc({began} * 1000 and ignoring (alertstate) {firing})"


def _firing(basis: Basis, only: tuple[str, ...], **labels: str) -> str:
    return queries.alert_state_selector("ALERTS", {"alertstate": "firing", **labels, **basis.shared}, *only)


def _count(basis: Basis, labels: Mapping[str, str], only: tuple[str, ...]) -> str:
    return f"count({queries.alert_state_selector('ALERTS', {**labels, **basis.shared}, *only)}) or vector(0)"


def _width(texts: Iterable[str]) -> int:
    """Wide enough for the longest of the texts and the sign of the filter, within bounds; in pixels."""
    return min(440, max(100, 8 * max(map(len, texts), default=0) + 40))


def _numbers(basis: Basis, overrides: list[dict[str, Any]]) -> dict[str, Any]:
    """Large numbers, calm while they are nought."""
    steps = [{"color": basis.calm, "value": None}, {"color": basis.neutral, "value": 1}]
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


def _titles(titles: Mapping[str, str], colours: Any) -> dict[str, Any]:
    """A value mapping from names to titles, in colours where there are any."""
    options: dict[str, Any] = {}
    for position, (name, title) in enumerate(titles.items()):
        options[name] = {"text": title, "index": position}
        if name in colours:
            options[name]["color"] = colours[name]
    return {"type": "value", "options": options}
