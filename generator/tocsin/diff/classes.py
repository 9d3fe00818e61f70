"""All classes of label sets that two trees treat differently, found label by label and not by trying.

For each label the values that the two trees tell apart are gone through: every text that a matcher names, the
missing value, and every combination of patterns that some other value meets. What is left of the trees is
compared as objects, and where it is the same nothing below can differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.diff.route_dag import COMMON
from tocsin.lang.automata import UndecidedError, UnsupportedError, compatible, witness
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.diff.conditions import TruthAssignment
    from tocsin.diff.route_dag import DagNode, Forest

MOST_CASES = 200
"""So many cases of one class are kept; all are counted."""

MOST_WORK = 500_000
"""So many children are looked at before a comparison is given up: about two seconds."""

_WORK_OF_A_SEARCH = 200
_WORK_OF_A_PAIR = 10

Pair = tuple[tuple[int, ...], tuple[int, ...]]
"""Where the alerts of a class stop in one tree alone; marks below COMMON stand for receivers of both."""

Marks = Mapping[int, int]
"""For stops of receivers of which it counts whether both trees notify them: a number below COMMON."""


class TooManyError(Exception):
    """The trees allow more combinations than can be gone through."""


@value_object
class LabelCondition:
    """What a case asks of one label: one of some texts, or one that meets patterns and not others."""

    label: str
    texts: tuple[str, ...]
    matching: tuple[str, ...]
    others: tuple[str, ...]
    example: str
    named: frozenset[str] = frozenset()
    """Without `texts`: those that matchers name, of which it is none."""


Case = tuple[LabelCondition, ...]


@dataclass(slots=True)
class FoundClasses:
    """Some cases of one class, each a condition on labels; what a case does not name may be anything."""

    cases: list[Case] = field(default_factory=list)
    count: int = 0


Classes = dict[Pair, FoundClasses]
_NONE: Classes = {}
_NO_MARKS: Marks = {}


class Comparison:
    """The comparison of pairs of nodes of one forest."""

    def __init__(self, forest: Forest, most_work: int = MOST_WORK, marks: Marks = _NO_MARKS) -> None:
        self._forest = forest
        self._marks = marks
        self._marked: dict[int, DagNode] = {}
        self._most_work = forest.work + most_work
        self._known: dict[tuple[int, int], Classes] = {}
        self._witnesses: dict[tuple[frozenset[int], frozenset[int], str, int], str | None] = {}
        self.undecided: set[str] = set()
        """Labels with a combination of patterns that may be impossible; it is taken as possible."""

    def classes(self, old: DagNode, new: DagNode) -> Classes:
        """The differing classes, by where their alerts stopped and do no more, and where they stop now."""
        if old is new:
            return _NONE
        key = (old.number, new.number)
        if key not in self._known:
            self._known[key] = self._classes(old, new)
        return self._known[key]

    def _classes(self, old: DagNode, new: DagNode) -> Classes:
        if self._forest.work > self._most_work:
            raise TooManyError
        old, new = self._without_common(old, new)
        labels = old.inner | new.inner
        if old is new:
            return _NONE
        if not labels:
            pair = stop_difference(self._forest.outcome(old), self._forest.outcome(new), self._marks)
            return _NONE if pair is None else {pair: FoundClasses([()], 1)}
        label = max(labels, key=lambda one: (self._forest.space.width(one), one))
        asked = self._forest.conditions(old, label) | self._forest.conditions(new, label)
        found: Classes = {}
        texts = self._forest.space.texts(asked)
        groups: dict[tuple[int, int], tuple[DagNode, DagNode, list[str]]] = {}
        for text in texts:
            truth = self._forest.space.at(label, text, asked)
            left, right = self._forest.given(old, truth), self._forest.given(new, truth)
            if left is not right:
                groups.setdefault((left.number, right.number), (left, right, []))[2].append(text)
        for left, right, values in groups.values():
            example = next((value for value in values if value), "")
            _extend(found, self.classes(left, right), LabelCondition(label, tuple(values), (), (), example))
        truth = self._forest.space.elsewhere(label, asked)
        self._elsewhere(old, new, truth, asked, found)
        return found

    def _without_common(self, old: DagNode, new: DagNode) -> tuple[DagNode, DagNode]:
        """The nodes, in which children that both have, and that both are asked, stand for what is common.

        Those before the first difference always are. Those after the last one are when everything between
        lets alerts go on.
        """
        left, right = old.children, new.children
        shorter = min(len(left), len(right))
        first = 0
        while first < shorter and left[first] is right[first]:
            first += 1
        last = 0
        while last < shorter - first and left[-1 - last] is right[-1 - last]:
            last += 1
        between = (*left[first : len(left) - last], *right[first : len(right) - last])
        if not all(child.continues for child in between):
            last = 0
        if not first and not last:
            return old, new
        # Who is taken by one of the former and goes no further is treated alike: no receiver counts there.
        before = [
            self._with_marks(child) if child.continues else self._forest.common(child)
            for child in left[:first]
        ]
        after = [self._with_marks(child) for child in left[len(left) - last :]]

        def shortened(node: DagNode) -> DagNode:
            kept = [*before, *node.children[first : len(node.children) - last], *after]
            return self._forest.node(node.stop, node.asks, node.continues, kept)

        return shortened(old), shortened(new)

    def _with_marks(self, node: DagNode) -> DagNode:
        """What stands for a node that does the same in both trees, with the marks of its stops."""
        found = self._marked.get(node.number)
        if found is None:
            children = [self._with_marks(child) for child in node.children] if self._marks else []
            stop = node.stop if node.stop < COMMON else self._marks.get(node.stop, COMMON)
            if stop == COMMON and all(child.stop == COMMON and not child.children for child in children):
                children = []
            found = self._marked[node.number] = self._forest.node(stop, node.asks, node.continues, children)
        return found

    def _elsewhere(
        self, old: DagNode, new: DagNode, truth: TruthAssignment, asked: frozenset[int], found: Classes
    ) -> None:
        """Values that no matcher names: one open pattern after the other is taken to match, and not to."""
        if truth.true:
            truth = type(truth)(truth.label, truth.true, self._compatible(truth))
        while True:
            if self._forest.work > self._most_work:
                raise TooManyError
            left, right = self._forest.given(old, truth), self._forest.given(new, truth)
            if left is right:
                return
            if needless := self._forest.needless(left, right, truth):
                truth = type(truth)(truth.label, truth.true, truth.open - needless)
                continue
            number = self._forest.telling(left, right, truth)
            if number is None:
                self._settled(left, right, truth, asked, found)
                return
            matching = type(truth)(truth.label, truth.true | {number}, truth.open - {number})
            if (
                self._forest.given(left, matching) is not self._forest.given(right, matching)
                and self._example(matching, asked) is not None
            ):
                self._elsewhere(left, right, matching, asked, found)
            old, new = left, right
            truth = type(truth)(truth.label, truth.true, truth.open - {number})

    def _compatible(self, truth: TruthAssignment) -> frozenset[int]:
        """The open patterns that some value can meet together with each of those that hold."""
        conditions = self._forest.space.conditions
        self._forest.work += _WORK_OF_A_PAIR * len(truth.open) * len(truth.true)
        return frozenset(
            one
            for one in truth.open
            if all(compatible(conditions[one].pattern, conditions[other].pattern) for other in truth.true)
        )

    def _settled(
        self, left: DagNode, right: DagNode, truth: TruthAssignment, asked: frozenset[int], found: Classes
    ) -> None:
        inner = self.classes(left, right)
        # That no pattern matches is always worth saying; of patterns, one case of a class is enough.
        if not inner or (truth.true and all(pair in found for pair in inner)):
            return
        example = self._example(truth, asked)
        if example is None:
            return
        conditions = self._forest.space.conditions
        others = sorted(
            one
            for one in asked
            if one not in truth.true and one not in truth.open and conditions[one].texts is None
        )
        values = LabelCondition(
            truth.label,
            (),
            tuple(conditions[one].pattern for one in sorted(truth.true)),
            tuple(conditions[one].pattern for one in others),
            example,
            frozenset(self._forest.space.texts(asked)),
        )
        _extend(found, inner, values)

    def _example(self, truth: TruthAssignment, asked: frozenset[int]) -> str | None:
        """A value that no matcher names, meets what is true, and not what is decided to be false."""
        space = self._forest.space
        patterns = frozenset(one for one in asked if space.conditions[one].texts is None)
        others = patterns - truth.true - truth.open
        texts = space.texts(asked)
        key = (truth.true, others, truth.label, hash(tuple(texts)))
        if key not in self._witnesses:
            self._forest.work += _WORK_OF_A_SEARCH
            try:
                self._witnesses[key] = witness(
                    [space.conditions[one].pattern for one in sorted(truth.true)],
                    [space.conditions[one].pattern for one in sorted(others)],
                    texts,
                )
            except (UndecidedError, UnsupportedError):
                self.undecided.add(truth.label)
                self._witnesses[key] = "?"
        return self._witnesses[key]


def stop_difference(old: tuple[int, ...], new: tuple[int, ...], marks: Marks = _NO_MARKS) -> Pair | None:
    """The stops that one side has more often than the other one; None where there are none.

    With the marks of the stops that both have, where their receiver is one of those. All in a fixed order.
    """
    left, right = Counter(old), Counter(new)
    lost, gained = (
        sorted(stop for stop in side.elements() if stop > COMMON) for side in (left - right, right - left)
    )
    if not lost and not gained:
        return None
    concerned = {marks[stop] for stop in (*lost, *gained) if stop in marks}
    both = (marks.get(stop, stop) for stop in (left & right).elements())
    shared = sorted(mark for mark in both if mark in concerned)
    return (*shared, *lost), (*shared, *gained)


def _extend(found: Classes, inner: Classes, values: LabelCondition) -> None:
    for pair, more in inner.items():
        known = found.setdefault(pair, FoundClasses())
        room = MOST_CASES - len(known.cases)
        known.cases += [(values, *case) for case in more.cases[:room]] if room > 0 else []
        known.count += more.count
