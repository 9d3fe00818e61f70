"""The overview dashboard: what fires now, what has fired, and the way to everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.grafana import overview_history, overview_now
from tocsin.targets.grafana.dashboard import WIDTH, dashboard_file, grid_place
from tocsin.targets.grafana.links import dashboard_links, relative_address
from tocsin.targets.grafana.template_text import plain_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.files import File
    from tocsin.plan.model import Group, Plan
    from tocsin.targets.grafana.context import Basis


def overview(basis: Basis, plan: Plan) -> File:
    """The overview of a plan."""
    half = WIDTH // 2
    panels = [
        overview_now.by_severity(basis, 1, grid_place(0, 0, 9, 5)),
        overview_now.pending(basis, 2, grid_place(9, 0, 3, 5)),
        overview_now.by_team(basis, plan.teams, 3, grid_place(half, 0, half, 5)),
        overview_now.firing_table(basis, plan, 4, grid_place(0, 5, WIDTH, 10)),
        overview_history.timeline(basis, 5, grid_place(0, 15, WIDTH, 10)),
        overview_history.history(basis, 6, grid_place(0, 25, half, 10)),
        _groups(basis, plan.groups, 7, grid_place(half, 25, half, 10)),
    ]
    return dashboard_file(
        basis, basis.project.overview, basis.words.overview, dashboard_links(basis, overview=None), panels
    )


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
    url = group.dashboard.url or relative_address(group.dashboard)
    about = " ".join((group.description or "").strip().partition("\n\n")[0].split())
    return f"- [{plain_markdown(group.title)}]({url}) ({number})" + (f": {about}" if about else "")
