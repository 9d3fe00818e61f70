"""What a check of shares may know of the rest of its plan: what every share knows, and answers to questions.

The questions are noted: while their answers and the share stay the same, so does what the check finds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tocsin.answers import answered_once
from tocsin.plan.parts import outline_of, recordings_with_groups
from tocsin.plan.query_flows import query_flows
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan, Recording, RuleGroup, Server, Targets
    from tocsin.plan.query_flows import QueryFlows

T = TypeVar("T", str, tuple[str, ...])


@value_object
class PlanIndex:
    """Words, or tuples of words, of which a check asks only whether a plan has them anywhere.

    They are gathered from the outline of the plan (`outline_of`).
    """

    name: str
    find: Callable[[Plan], frozenset[str] | frozenset[tuple[str, ...]]]


INDEXES: dict[str, PlanIndex] = {}
"""All of them by name, as far as the modules of their checks were loaded."""


def plan_index(name: str) -> Callable[[Callable[[Plan], frozenset[T]]], PlanIndex]:
    """Turn a function that gathers words from a plan into an index, which asks it once for each plan."""

    def made(find: Callable[[Plan], frozenset[T]]) -> PlanIndex:
        index = PlanIndex(name, answered_once(find))
        INDEXES[name] = index
        return index

    return made


class Surroundings:
    """The rest of a plan around a share of it."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._outline = outline_of(plan)
        self.answers: dict[tuple[str, str | tuple[str, ...]], bool] = {}
        """Of the indexes that were asked, by name: whether they hold what they were asked for."""
        self.is_open = False
        """Whether all of the plan was asked for."""
        self.reads_outline = False
        """Whether its outline was asked for."""

    @property
    def flows(self) -> QueryFlows:
        """The label flow of queries, which knows the recording rules of the plan."""
        return query_flows(self._outline)

    @property
    def recordings(self) -> tuple[tuple[RuleGroup, Recording], ...]:
        """The recording rules of the plan, each with its group."""
        return recordings_with_groups(self._outline)

    @property
    def server(self) -> Server | None:
        """The configuration of the Prometheus that evaluates the rules, where somebody showed it."""
        return self._plan.server

    @property
    def targets(self) -> Targets:
        """The releases that the files are for."""
        return self._plan.targets

    @property
    def is_filled_in_later(self) -> bool:
        """Whether another program fills in the variables of the files before they are used."""
        return self._plan.is_filled_in_later

    @property
    def severities(self) -> tuple[str, ...]:
        """The names of the severities, the most urgent first."""
        return tuple(severity.name for severity in self._plan.severities)

    def has(self, index: PlanIndex, item: str | tuple[str, ...]) -> bool:
        """Whether the plan has something anywhere."""
        answer = self.answers[index.name, item] = item in index.find(self._outline)
        return answer

    def whole_outline(self) -> Plan:
        """All of it without the texts of alerts (`outline_of`): what is found is right for this outline."""
        self.reads_outline = True
        return self._outline

    def whole_plan(self) -> Plan:
        """All of it: what is found then is right for this plan alone."""
        self.is_open = True
        return self._plan
