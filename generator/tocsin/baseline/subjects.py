"""The subjects that a plan has, to tell one that was moved from one that is still at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.subject import Subject, subject_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.source.place import Place, Sources

KNOWN = frozenset(
    ("alert", "record", "group", "receiver", "route", "inhibition", "time_interval", "dashboard", "slo")
)
"""The kinds of which a plan has all; of others nobody knows what is not there."""


def subjects(plan: Plan, sources: Sources) -> Iterator[Subject]:
    """What can be accepted in a plan by a name of its own."""
    for place in _places(plan):
        found = subject_at(place.path, sources)
        if found is not None:
            yield found


def _places(plan: Plan) -> Iterator[Place]:
    for group in plan.rule_groups:
        yield group.place
        yield from (rule.place for rule in group.rules)
    yield from () if plan.route is None else (route.place for route in plan.route.nodes())
    yield from (one.place for one in plan.inhibitions)
    yield from (one.place for one in plan.dashboards)
    yield from (one.place for one in plan.slos)
    yield from (one.place for one in plan.receivers if one.place is not None)
    yield from (one.place for one in plan.time_intervals if one.place is not None)
