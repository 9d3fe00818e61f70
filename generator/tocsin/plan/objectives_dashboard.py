"""The dashboard of the objectives: its name and address, for everything that draws it or links to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.links import dashboard_url
from tocsin.plan.model import DashboardRef
from tocsin.plan.names import dashboard_uid
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from tocsin.plan.model import Project


def objectives_dashboard(project: Project) -> DashboardRef:
    """The dashboard of all objectives whose error budget is recorded."""
    uid = dashboard_uid(project.name, "slos-overview")
    title = f"{project.title}: {TEXTS[project.language].dashboards.budgets}"
    return DashboardRef(uid, title, dashboard_url(project.urls, uid))
