"""The whole spec: exactly what an author may write, nothing derived."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from pydantic import Field

from tocsin.spec.alerts import Group, RecordingGroup
from tocsin.spec.base import Model, RouteName, Slug
from tocsin.spec.delivery import Deliver
from tocsin.spec.integrations import Receiver
from tocsin.spec.notifications import Notifications
from tocsin.spec.policy import Policy
from tocsin.spec.project import Environment, Project
from tocsin.spec.routing import Routing, Severity, Team
from tocsin.spec.runbook import Escalation, Procedure
from tocsin.spec.slos import Slo


class Spec(Model):
    """Everything about the alerting of one system; any file of the spec may hold any of these keys."""

    project: Project = Field(description="The system and what holds for all of it.")
    severities: dict[Slug, Severity] = Field(description="Steps of urgency, by label value.")
    teams: dict[Slug, Team] = Field(default_factory=dict, description="Owners of alerts, by label value.")
    receivers: dict[RouteName, Receiver] = Field(description="Channels, by receiver name.")
    routing: Routing = Field(description="Who is notified of what.")
    notifications: Notifications = Field(
        default_factory=Notifications, description="The texts of notifications, and templates for them."
    )
    groups: dict[Slug, Group] = Field(default_factory=dict, description="Groups of alerts, by name.")
    recordings: dict[Slug, RecordingGroup] = Field(
        default_factory=dict, description="Groups of recording rules, by name."
    )
    slos: dict[Slug, Slo] = Field(default_factory=dict, description="Service level objectives, by name.")
    procedures: dict[Slug, Procedure] = Field(
        default_factory=dict, description="General procedures, by page name."
    )
    escalation: Escalation = Field(default_factory=Escalation, description="Who takes over when.")
    deliver: Deliver = Field(
        default_factory=Deliver, description="Further forms of the output, beside the plain files."
    )
    environments: dict[Slug, Environment] = Field(
        default_factory=dict,
        description="Where the system runs; each has an output of its own. Commands about one of "
        "them take the first where none is named.",
        examples=[{"production": {}, "staging": {"labels": {"env": "staging"}}}],
    )
    policy: Policy | None = Field(None, description="The team's own rules for its alerts.")

    @cached_property
    def answers(self) -> dict[Any, Any]:
        """What functions that are `answered_once` were asked of it, with the answers."""
        return {}
