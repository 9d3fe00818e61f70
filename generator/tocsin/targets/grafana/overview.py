"""The overview dashboard: what fires now, what has fired, and the way to everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.grafana import overview_history, overview_now, queries
from tocsin.targets.grafana.dashboard import WIDTH, dashboard_file, grid_place
from tocsin.targets.grafana.links import KEEP_DATASOURCES, dashboard_links, relative_address
from tocsin.targets.grafana.template_text import plain_markdown
from tocsin.targets.grafana.variables import (
    alerts_variable,
    datasource_variables,
    teams_variable,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Alert, Group, Plan
    from tocsin.targets.grafana.context import Basis


def overview(basis: Basis, plan: Plan) -> File:
    """The overview of a plan."""
    half = WIDTH // 2
    alerts = [alert for group in plan.groups for alert in group.alerts]
    teams = _owners(plan, alerts)
    several = len(teams) > 1
    only = (queries.OWN_ALERTS, 'team=~"$team"') if several else (queries.OWN_ALERTS,)
    top = max(5, min(len(teams), 10))
    split = half if several else WIDTH
    panels = [
        overview_now.by_severity(basis, 1, grid_place(0, 0, split * 3 // 4, top), only),
        overview_now.pending(basis, 2, grid_place(split * 3 // 4, 0, split - split * 3 // 4, top), only),
        *([overview_now.by_team(basis, teams, 3, grid_place(half, 0, half, top), only)] if several else ()),
        overview_now.firing_table(
            basis, plan.groups, teams, 4, grid_place(0, top, WIDTH, 10), only, elsewhere=True
        ),
        overview_history.timeline(basis, 5, grid_place(0, top + 10, WIDTH, 10), only),
        overview_history.history(basis, 6, grid_place(0, top + 20, half, 10), only),
        _groups(basis, plan.groups, 7, grid_place(half, top + 20, half, 10)),
    ]
    variables = [
        *datasource_variables(basis.project, logs=False),
        alerts_variable(alert.alertname for alert in alerts),
        *([teams_variable(basis, teams)] if several else ()),
    ]
    links = dashboard_links(basis, overview=None)
    return dashboard_file(basis, basis.project.overview, basis.words.overview, links, panels, variables)


def _owners(plan: Plan, alerts: Iterable[Alert]) -> dict[str, str]:
    """The teams that own alerts, by name with their titles, in the plan's order."""
    owners = {alert.team for alert in alerts}
    return {team.name: team.title for team in plan.teams if team.name in owners}


def _groups(basis: Basis, groups: Sequence[Group], number: int, where: dict[str, int]) -> dict[str, Any]:
    return {
        "id": number,
        "type": "text",
        "title": basis.words.groups,
        "description": basis.words.groups_about,
        "gridPos": where,
        "options": {"mode": "markdown", "content": "\n".join(_entry(basis, group) for group in groups)},
    }


def _entry(basis: Basis, group: Group) -> str:
    """A line about a group: its dashboard, how many alerts it has, and the first paragraph about it."""
    words, count = basis.words, len(group.alerts)
    number = (words.one_alert if count == 1 else words.many_alerts).format(count=count)
    url = (
        f"{group.dashboard.url or relative_address(group.dashboard)}?${{__url_time_range}}&{KEEP_DATASOURCES}"
    )
    about = " ".join((group.description or "").strip().partition("\n\n")[0].split())
    return f"- [{plain_markdown(group.title)}]({url}) ({number})" + (f": {about}" if about else "")
