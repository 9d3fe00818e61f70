"""How often rules run, by their groups and Prometheus' configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.plan.model import Engine, Recording, Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Plan, RuleGroup, Server


def evaluating_groups(plan: Plan, engine: Engine) -> dict[str, RuleGroup]:
    """The rule group of each alert of a spec that an engine evaluates, by what the spec calls the alert."""
    return {
        rule.alert_key: group
        for group in plan.rule_groups
        if group.engine is engine
        for rule in group.rules
        if isinstance(rule, Rule)
    }


def evaluated_every(server: Server | None, group: RuleGroup) -> str | None:
    """How often a group is evaluated; None where nobody says."""
    if group.interval is not None or server is None or group.engine is not Engine.PROMETHEUS:
        return group.interval
    return server.evaluation_interval if server.evaluates(group.place) else None


def recorded_every(
    recordings: Iterable[tuple[RuleGroup, Recording]], server: Server | None
) -> dict[str, int]:
    """The milliseconds between two samples of each recorded metric, where that is known."""
    found: dict[str, int] = {}
    for group, rule in recordings:
        every = evaluated_every(server, group) if group.engine is Engine.PROMETHEUS else None
        if every is not None:
            interval = parse_duration(every)
            found[rule.record] = min(interval, found.get(rule.record, interval))
    return found
