"""What every dashboard of a plan is drawn with, settled once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.targets.grafana import queries
from tocsin.targets.grafana.colours import severity_colours
from tocsin.translations.dashboards import WORDS, DashboardWords
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Plan, Project, Severity


@value_object
class Basis:
    """Words, colours, datasources and the labels that tell this plan's alerts from others."""

    project: Project
    words: DashboardWords
    severities: Mapping[str, Severity]
    """By name, the most urgent first."""
    colours: Mapping[str, str]
    """By severity."""
    prometheus: Mapping[str, str]
    loki: Mapping[str, str]
    shared: Mapping[str, str]
    """Labels that all rules carry alike."""

    def severity_title(self, name: str) -> str:
        """A severity for people, with its icon."""
        severity = self.severities.get(name)
        return name if severity is None else f"{severity.icon} {severity.title}".strip()


def drawing_context(plan: Plan) -> Basis:
    """The basis of a plan's dashboards."""
    project = plan.project
    return Basis(
        project=project,
        words=WORDS[project.language],
        severities={severity.name: severity for severity in plan.severities},
        colours=severity_colours(plan.severities),
        prometheus=queries.prometheus(project.prometheus_uid),
        loki=queries.loki(project.loki_uid),
        shared=queries.shared_labels(plan),
    )
