"""Grafana: overviews, a dashboard for each group, and the files that provision them; for 11 and 12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.targets.grafana.context import drawing_context
from tocsin.targets.grafana.group_dashboard import group_dashboard
from tocsin.targets.grafana.objectives import recorded_objectives
from tocsin.targets.grafana.objectives_overview import objectives_overview
from tocsin.targets.grafana.overview import overview
from tocsin.targets.grafana.provisioning import provide_dashboards, provide_datasources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Plan

about = "dashboards for Grafana, and the files that provision them"


def emit(plan: Plan) -> Iterator[File]:
    """The overview, the dashboard of each group, that of the objectives, and the provisioning."""
    common = drawing_context(plan)
    yield overview(common, plan)
    objectives = recorded_objectives(plan.slos)
    for group in plan.groups:
        names = {alert.name for alert in group.alerts}
        own = [
            slo
            for slo in objectives
            if slo.burn is not None and names & {one.alert for one in slo.burn.tiers}
        ]
        yield group_dashboard(common, group, own)
    if objectives:
        yield objectives_overview(common, objectives)
    yield provide_dashboards(plan)
    yield provide_datasources(plan)
