"""What holds for every group of a spec while its plan is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.compile.addresses import base_urls
from tocsin.compile.receivers_of import receiver_finder
from tocsin.compile.routes import route_tree
from tocsin.lang.alertmanager.sections import SECTIONS
from tocsin.plan import model
from tocsin.plan.links import dashboard_url
from tocsin.plan.names import dashboard_uid, datasource_uid
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import NotifiedReceiver, Project, Route
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.base import Model
    from tocsin.spec.model import Spec


@value_object
class Frame:
    """What holds for every group."""

    project: Project
    root: Route
    flows: QueryFlows
    told: Callable[[tuple[model.Rule, ...]], tuple[tuple[NotifiedReceiver, ...], bool]]

    @classmethod
    def of(cls, spec: Spec, flows: QueryFlows) -> Frame:
        """The frame of a spec, which need not hold its groups; the flows know its recording rules."""
        root = route_tree(spec)
        return cls(_project(spec), root, flows, receiver_finder(root, flows))


def _written(section: Model | None) -> dict[str, Any] | None:
    """A section of Alertmanager's configuration, ready to be written."""
    return None if section is None else section.model_dump(mode="json", exclude_none=True)


def _project(spec: Spec) -> model.Project:
    project = spec.project
    base = base_urls(project)
    overview = project.dashboards.overview or dashboard_uid(project.name, "overview")
    return model.Project(
        name=project.name,
        title=project.title,
        language=project.language,
        timezone=project.timezone,
        urls=base,
        prometheus_uid=project.datasources.prometheus or datasource_uid(project.name, "prometheus"),
        loki_uid=project.datasources.loki or datasource_uid(project.name, "loki"),
        folder=project.dashboards.folder or project.title,
        overview=model.DashboardRef(overview, project.title, dashboard_url(base, overview)),
        alertmanager=_written(project.alertmanager) or {},
        sections={
            name: written for name in SECTIONS if (written := _written(getattr(project, name))) is not None
        },
        links=tuple(model.ProjectLink(" ".join(link.title.split()), link.url) for link in project.links),
        front_matter=project.runbooks.front_matter,
    )
