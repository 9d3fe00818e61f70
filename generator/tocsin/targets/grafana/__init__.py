"""Grafana: an overview, a dashboard for each group, and the files that provision them; for 11 and 12."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.targets.grafana.context import drawing_context
from tocsin.targets.grafana.group_dashboard import group_dashboard
from tocsin.targets.grafana.overview import overview
from tocsin.targets.grafana.provisioning import provide_dashboards, provide_datasources

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Plan

about = "dashboards for Grafana, and the files that provision them"


def emit(plan: Plan) -> Iterator[File]:
    """The overview, the dashboard of each group, and the provisioning."""
    common = drawing_context(plan)
    yield overview(common, plan)
    for group in plan.groups:
        yield group_dashboard(common, group)
    yield provide_dashboards(plan)
    yield provide_datasources(plan)
