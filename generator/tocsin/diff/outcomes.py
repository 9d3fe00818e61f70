"""All that can become of the alerts of one rule: a label that its query may give can decide the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.classes import Comparison, TooManyError
from tocsin.diff.listed import by_value, given
from tocsin.diff.trees import Trees
from tocsin.frozen import frozen
from tocsin.lang.regexes import matches_whole
from tocsin.plan.model import Route, Timing
from tocsin.routing.table import Table
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.diff.arrival import Arrival
    from tocsin.diff.classes import Case, Pair, Values

NOBODY = Table(Route((), None, None, Timing(None, None, None), False, (), (), (), Place(())))
"""What stands for the routing of files that have none: nobody is told of anything."""


@frozen
class Outcome:
    """Labels with which an alert takes one of its ways."""

    labels: Mapping[str, str]


class Outcomes:
    """The ways of alerts through one table."""

    def __init__(self, table: Table) -> None:
        self._trees = Trees(table, NOBODY)
        self._comparison = Comparison(self._trees.forest)

    def of(self, alert: Arrival) -> tuple[Outcome, ...]:
        """One outcome for each way that alerts of a rule can take, the one with the fewest labels first.

        Labels that neither the rule nor its query nor its server names count as missing.
        """
        known = alert.known
        node = given(self._trees, self._trees.old, known)
        present = {name: value for name, value in known.items() if value}
        if not node.inner:
            return (Outcome(present),)
        absent = {label: "" for label in node.inner if not alert.is_named(label) or alert.is_missing(label)}
        node = given(self._trees, node, absent)
        found: dict[Pair, dict[str, str]] = {}
        for (left,), chosen in by_value(self._trees, (node,), alert):
            try:
                classes = self._comparison.classes(left, self._trees.new)
            except TooManyError:
                return (Outcome(present),)
            for pair, one in classes.items():
                case = next((case for case in one.cases if _possible(case, alert)), None)
                if case is not None and pair not in found:
                    labels = chosen | {values.label: _example(values, alert) for values in case}
                    found[pair] = {name: value for name, value in labels.items() if value} | present
        ways = sorted(found.values(), key=lambda labels: (len(labels), sorted(labels.items())))
        return tuple(map(Outcome, ways)) or (Outcome(present),)


def _possible(case: Case, alert: Arrival) -> bool:
    return all(_can_be(values, alert) for values in case)


def _example(values: Values, alert: Arrival) -> str:
    if not values.texts:
        return values.example
    texts = alert.texts(values.label)
    return next((text for text in values.texts if text and texts.allows(text)), values.texts[0])


def _can_be(values: Values, alert: Arrival) -> bool:
    texts = alert.texts(values.label)
    if values.texts:
        return any(texts.allows(text) for text in values.texts)
    if texts.listed is None:
        return True
    return any(
        value not in values.named
        and all(matches_whole(one, value, dot_is_any=False) for one in values.matching)
        and not any(matches_whole(one, value, dot_is_any=False) for one in values.others)
        for value in texts.listed
    )
