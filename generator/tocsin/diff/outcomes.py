"""All that can become of the alerts of one rule: a label that its query may give can decide the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.diff.classes import Comparison, TooManyError
from tocsin.diff.hits import given, known_labels, result_flow
from tocsin.diff.trees import Trees
from tocsin.lang.regexes import matches_whole
from tocsin.plan.model import Route, Timing
from tocsin.routing.table import Table
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.diff.classes import Case, Values
    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import Rule

NOBODY = Table(Route((), None, None, Timing(None, None, None), False, (), (), (), Place(())))
"""What stands for the routing of files that have none: nobody is told of anything."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Labels with which an alert takes one of its ways, and what these labels have to be for it."""

    labels: Mapping[str, str]
    case: Case


class Outcomes:
    """The ways of alerts through one table."""

    def __init__(self, table: Table) -> None:
        self._trees = Trees(table, NOBODY)
        self._comparison = Comparison(self._trees.forest)

    def of(self, rule: Rule) -> tuple[Outcome, ...]:
        """One outcome for each way that alerts of the rule can take, the one with the fewest labels first.

        Labels that neither the rule nor its query names count as missing.
        """
        known = known_labels(rule)
        node = given(self._trees, self._trees.old, known)
        if not node.inner:
            return (Outcome(known, ()),)
        flow = result_flow(rule)
        templated = rule.labels.keys() - known.keys()
        absent = {
            label: ""
            for label in node.inner
            if label not in templated
            and (flow is None or label not in flow.labels or flow.label(label).is_impossible)
        }
        node = given(self._trees, node, absent)
        try:
            classes = self._comparison.classes(node, self._trees.new)
        except TooManyError:
            return (Outcome(known, ()),)
        found = []
        for one in classes.values():
            case = next((case for case in one.cases if _possible(case, flow, templated)), None)
            if case is not None:
                labels = {values.label: _example(values, flow) for values in case}
                labels = {name: value for name, value in labels.items() if value}
                found.append(Outcome({**labels, **known}, case))
        found.sort(key=lambda one: (len(one.labels), sorted(one.labels.items())))
        return tuple(found) or (Outcome(known, ()),)


def _possible(case: Case, flow: Flow | None, templated: set[str]) -> bool:
    return all(values.label in templated or flow is None or _can_be(values, flow) for values in case)


def _example(values: Values, flow: Flow | None) -> str:
    if flow is None or not values.texts:
        return values.example
    fact = flow.label(values.label)
    return next((text for text in values.texts if text and fact.texts.allows(text)), values.texts[0])


def _can_be(values: Values, flow: Flow) -> bool:
    fact = flow.label(values.label)
    if values.texts:
        return any(fact.texts.allows(text) for text in values.texts)
    if fact.values is None:
        return True
    return any(
        value not in values.named
        and all(matches_whole(one, value, dot_is_any=False) for one in values.matching)
        and not any(matches_whole(one, value, dot_is_any=False) for one in values.others)
        for value in fact.values
    )
