"""Differences found along the paths that a change touches, for trees with too many combinations to list.

Every node that only one of the trees has is reached, alone and together with every other node of both trees.
What is found is true, as Alertmanager's own walk decides it; combinations of three and more nodes are not all
tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.classes import MOST_CASES, Classes, FoundClasses, LabelCondition, stop_difference
from tocsin.lang.automata import UndecidedError, UnsupportedError, witness

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.diff.build_dag import Trees
    from tocsin.diff.classes import Marks
    from tocsin.diff.route_dag import DagNode, Forest, Literal


MOST_TRIES = 50_000
"""So many label sets are tried."""


def classes_along_paths(trees: Trees, marks: Marks) -> Classes:
    """The differing classes that label sets on the paths of changed nodes show."""
    examples = _Examples(trees.forest)
    left, right = dict.fromkeys(_paths(trees.old, ())), dict.fromkeys(_paths(trees.new, ()))
    nowhere: tuple[tuple[Literal, ...], int, bool] = ((), 0, False)
    changed = [path for path in (*left, *right) if (path in left) != (path in right)]
    everything = [*left, *(path for path in right if path not in left)]
    found: Classes = {}
    tries = 0
    for one in changed or [nowhere]:
        for other in [nowhere, *everything]:
            tries += 1
            if tries > MOST_TRIES:
                return found
            labels = examples.labels(one[0], other[0])
            if labels is None:
                continue
            pair = stop_difference(*trees.stops(labels), marks)
            if pair is not None:
                known = found.setdefault(pair, FoundClasses())
                case = tuple(
                    LabelCondition(name, (value,), (), (), value) for name, value in sorted(labels.items())
                )
                if len(known.cases) < MOST_CASES and case not in known.cases:
                    known.cases.append(case)
                known.count = len(known.cases)
    return found


def _paths(node: DagNode, above: tuple[Literal, ...]) -> Iterator[tuple[tuple[Literal, ...], int, bool]]:
    """What is asked on the way to each node below, with its own stop and whether it lets alerts go on."""
    for child in node.children:
        asked = (*above, *sorted(child.asks))
        yield asked, child.stop, child.continues
        yield from _paths(child, asked)


class _Examples:
    """Labels that meet what nodes ask."""

    def __init__(self, forest: Forest) -> None:
        self._forest = forest
        self._values: dict[tuple[frozenset[int], frozenset[int]], str | None] = {}

    def labels(self, *paths: Iterable[Literal]) -> dict[str, str] | None:
        """Labels that meet all that is asked on some paths; None when there are none."""
        asked: dict[str, dict[int, bool]] = {}
        for path in paths:
            for number, wanted in path:
                label = self._forest.space.label(number)
                if asked.setdefault(label, {}).setdefault(number, wanted) != wanted:
                    return None
        found: dict[str, str] = {}
        for label, numbers in asked.items():
            value = self._value(
                frozenset(one for one, wanted in numbers.items() if wanted),
                frozenset(one for one, wanted in numbers.items() if not wanted),
            )
            if value is None:
                return None
            if value:
                found[label] = value
        return found

    def _value(self, wanted: frozenset[int], others: frozenset[int]) -> str | None:
        key = (wanted, others)
        if key not in self._values:
            self._values[key] = self._found(wanted, others)
        return self._values[key]

    def _found(self, wanted: frozenset[int], others: frozenset[int]) -> str | None:
        conditions = self._forest.space.conditions
        must, must_not = [conditions[one] for one in wanted], [conditions[one] for one in others]
        texts = [one.texts for one in must if one.texts is not None]
        if texts or not must:
            named = frozenset.intersection(*texts) if texts else frozenset(("", "other", "another", "else"))
            for value in sorted(named):
                if all(one.holds(value) for one in must) and not any(one.holds(value) for one in must_not):
                    return value
            return None
        excluded = [text for one in must_not for text in one.texts or ()]
        patterns = [one.pattern for one in must_not if one.texts is None]
        try:
            return witness([one.pattern for one in must], patterns, excluded)
        except (UndecidedError, UnsupportedError):
            return None
