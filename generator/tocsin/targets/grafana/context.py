"""What all dashboards of a plan share, decided once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.query_flows import query_flows
from tocsin.plan.severities import shown_severities
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.colours import NEUTRAL, calm_colour, severity_colours
from tocsin.translations import TEXTS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Plan, Project, Severity
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.translations.model import DashboardWords


@value_object
class Basis:
    """Words, colours, datasources and the labels that tell this plan's alerts from others."""

    project: Project
    words: DashboardWords
    severities: Mapping[str, Severity]
    """By name, the most urgent first."""
    colours: Mapping[str, str]
    """By severity."""
    neutral: str
    """What is neither well nor a severity."""
    calm: str
    """What is well."""
    shared: Mapping[str, str]
    """Labels with the same value on all rules."""
    flows: QueryFlows
    """What queries return."""

    def severity_title(self, name: str) -> str:
        """A severity for people, with its icon."""
        severity = self.severities.get(name)
        return name if severity is None else f"{severity.icon} {severity.title}".strip()


def drawing_context(plan: Plan) -> Basis:
    """The basis of a plan's dashboards."""
    project, words = plan.project, TEXTS[plan.project.language].dashboards
    severities = shown_severities(plan, words.no_severity)
    colours = dict.fromkeys(severities, NEUTRAL) | severity_colours(plan.severities)
    return Basis(
        project=project,
        words=words,
        severities=severities,
        colours=colours,
        neutral=NEUTRAL,
        calm=calm_colour(colours),
        shared=queries.shared_labels(plan),
        flows=query_flows(plan),
    )
