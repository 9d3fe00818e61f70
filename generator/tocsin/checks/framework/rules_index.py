"""Words that are gathered from the rules of a plan, each part by itself, and looked up in all of it."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar

from tocsin.answers import answered_once
from tocsin.checks.framework.plan_slice import whole_plan
from tocsin.checks.framework.surroundings import INDEXES, PlanIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Plan

    Words = frozenset[str] | frozenset[tuple[str, ...]]
    Gather = Callable[[Share], Words]

T = TypeVar("T", str, tuple[str, ...])

GATHERERS: dict[str, Gather] = {}
"""What gathers the words of a share for each of these indexes, by its name."""


def all_words(parts: Iterable[frozenset[T]]) -> frozenset[T]:
    """The words of all parts."""
    return frozenset(chain.from_iterable(parts))


def rules_index(
    name: str, join: Callable[[Iterable[frozenset[Any]]], Words]
) -> Callable[[Gather], PlanIndex]:
    """Turn a function that gathers words from a share into an index of what `join` makes of all shares.

    It gets shares of the outline of a plan, or of the plan, with the same words in both. In whatever shares a
    plan is cut, `join` has to make the same of them. A share may be asked for its rules and for the flows
    around it, and for nothing else.
    """

    def made(gather: Gather) -> PlanIndex:
        def find(plan: Plan) -> Words:
            return join(words_by_part(plan)(name))

        GATHERERS[name] = gather
        index = INDEXES[name] = PlanIndex(name, answered_once(find))
        return index

    return made


@answered_once
def words_by_part(plan: Plan) -> Callable[[str], Sequence[Words]]:
    """What gives the words of each part of a plan for the index of a name: the plan is one part."""
    return lambda name: [GATHERERS[name](whole_plan(plan))]
