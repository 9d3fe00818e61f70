"""The plan itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import KeepsAnswers
from tocsin.plan.model.targets import Targets
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.plan.model.alerts import Group
    from tocsin.plan.model.delivery import Kubernetes, Ruler
    from tocsin.plan.model.plain import Dashboard, FurtherConfiguration, MarkdownFile, TemplateGlob
    from tocsin.plan.model.policy import Allowance, Policy
    from tocsin.plan.model.project import Project, Severity, Team
    from tocsin.plan.model.routing import Inhibition, Receiver, Route, RoutingCase, Server, TimeInterval
    from tocsin.plan.model.rules import RuleGroup
    from tocsin.plan.model.runbooks import Escalation, Procedure
    from tocsin.plan.slo import Slo


ANY_RELEASE = Targets()


@value_object
class Plan(KeepsAnswers):
    """All that the outputs and the checks are made of.

    A spec becomes a whole plan. Files that a team already has become one with holes: there are no `groups`,
    severities and teams, only `rule_groups`; `route` is None without an Alertmanager configuration; and an
    expression may be one that its engine refuses. Targets take whole plans only.
    """

    project: Project
    severities: tuple[Severity, ...]
    """The most urgent first."""
    teams: tuple[Team, ...]
    receivers: tuple[Receiver, ...]
    route: Route | None
    """None where no Alertmanager configuration was read."""
    time_intervals: tuple[TimeInterval, ...]
    inhibitions: tuple[Inhibition, ...]
    groups: Sequence[Group]
    rule_groups: Sequence[RuleGroup]
    procedures: tuple[Procedure, ...]
    escalation: Escalation
    policy: Policy | None = None
    allowances: tuple[Allowance, ...] = ()
    templates: tuple[TemplateGlob, ...] = ()
    """Those of notifications that a plain Alertmanager configuration loads, in its order."""
    templates_are_elsewhere: bool = False
    """Whether all receivers are of AlertmanagerConfigs, whose Alertmanager is not seen."""
    aside: tuple[FurtherConfiguration, ...] = ()
    """Further plain Alertmanager configurations, which no alert is followed through."""
    routing_cases: tuple[RoutingCase, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    """Plain ones; those of a spec are its groups'."""
    markdown: tuple[MarkdownFile, ...] = ()
    """The Markdown files in the repository of plain files."""
    repositories: tuple[str, ...] = ()
    """The addresses of that repository, such as `github.com/owner/name`."""
    slos: tuple[Slo, ...] = ()
    """By name."""
    server: Server | None = None
    """None where nobody showed Prometheus' configuration."""
    targets: Targets = ANY_RELEASE
    kubernetes: Kubernetes | None = None
    """None where no objects for a cluster are asked for."""
    rulers: tuple[Ruler, ...] = ()
    """Those that rules are delivered to, each of another engine."""
    is_filled_in_later: bool = False
    """Whether another program, such as Flux, fills in the variables of plain files before they are used."""
    alerts_of_clusters: frozenset[str] = frozenset()
    """The names of alerts that each cluster evaluates, where this is what stands over all of them."""
