"""What Prometheus' configuration says of rules: how often they run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from tocsin.plan.model import Plan, RuleGroup


def evaluated_every(plan: Plan, group: RuleGroup) -> str | None:
    """How often a group is evaluated; None where nobody says."""
    if group.interval is not None or plan.server is None or group.engine is not Engine.PROMETHEUS:
        return group.interval
    return plan.server.evaluation_interval
