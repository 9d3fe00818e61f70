"""The two sides of an inhibition, and where each is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition, Plan


def written_inhibitions(plan: Plan) -> Iterator[Inhibition]:
    """The inhibitions that somebody wrote as such; those of a spec follow from its alerts."""
    for rule in plan.inhibitions:
        if len(rule.source_written) == len(rule.source) and len(rule.target_written) == len(rule.target):
            yield rule


def sides(rule: Inhibition) -> tuple[tuple[str, tuple[Matcher, ...], tuple[Place, ...]], ...]:
    """Both sides, each with what to call it."""
    return (
        ("source", rule.source, rule.source_written),
        ("target", rule.target, rule.target_written),
    )


def at_source(rule: Inhibition) -> Place:
    """The first matcher of the source; of the target where it has none."""
    return next(iter((*rule.source_written, *rule.target_written)), rule.place)


def at_target(rule: Inhibition) -> Place:
    """The first matcher of the target."""
    return rule.target_written[0] if rule.target_written else at_source(rule)


def at_equal(rule: Inhibition, label: str) -> Place:
    """The place of a label in `equal`."""
    return Place((*rule.place.path, "equal", rule.equal.index(label)))
