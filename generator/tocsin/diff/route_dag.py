"""Route trees of which a part is already decided; two that are the same are one object.

A node's own matchers are its parent's business: a node answers for alerts that have reached it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.diff.conditions import Space, TruthAssignment

Literal = tuple[int, bool]
COMMON = -1
"""Where alerts stop in both trees alike; how often they do is of no interest."""
NO_LABELS: frozenset[str] = frozenset()
NO_ASKS: frozenset[Literal] = frozenset()
# With fewer children an index costs more than it saves.
_MANY = 12


class DagNode:
    """A node: where alerts stop that no child takes, what it asks for, and what is below it."""

    __slots__ = ("asks", "children", "continues", "inner", "labels", "number", "stop")

    def __init__(
        self,
        number: int,
        stop: int,
        asks: frozenset[Literal],
        continues: bool,
        children: tuple[DagNode, ...],
        labels: tuple[frozenset[str], frozenset[str]],
    ) -> None:
        self.number = number
        self.stop = stop
        self.asks = asks
        self.continues = continues
        self.children = children
        self.inner, self.labels = labels


class Forest:
    """All nodes of one comparison."""

    def __init__(self, space: Space) -> None:
        self.space = space
        self.work = 0
        """How many children have been looked at: the measure of what a comparison costs."""
        self._nodes: dict[tuple[int, frozenset[Literal], bool, tuple[int, ...]], DagNode] = {}
        self._given: dict[tuple[int, TruthAssignment], DagNode] = {}
        self._indexes: dict[tuple[int, str], tuple[dict[int, list[int]], list[int]]] = {}
        self._conditions: dict[tuple[int, str], frozenset[int]] = {}
        self._outcomes: dict[int, tuple[int, ...]] = {}

    def node(
        self, stop: int, asks: frozenset[Literal], continues: bool, children: Iterable[DagNode]
    ) -> DagNode:
        """The node with these parts, without what can have no effect."""
        kept = _without_needless(_effective(children))
        if kept and kept[-1].continues:
            last = kept[-1]
            kept[-1] = self.node(last.stop, last.asks, False, last.children)
        if len(kept) == 1 and not kept[0].asks:
            only = kept[0]
            return self.node(only.stop, asks, continues, only.children)
        key = (stop, asks, continues, tuple(child.number for child in kept))
        found = self._nodes.get(key)
        if found is None:
            self.work += len(kept)
            inner = NO_LABELS.union(*(child.labels for child in kept))
            own = frozenset(self.space.label(number) for number, _ in asks)
            labels = (inner, inner | own if own else inner)
            found = self._nodes[key] = DagNode(len(self._nodes), stop, asks, continues, tuple(kept), labels)
        return found

    def common(self, node: DagNode) -> DagNode:
        """A node that does the same in both trees: all that is of interest is whether it takes an alert."""
        return self.node(COMMON, node.asks, node.continues, ())

    def given(self, node: DagNode, truth: TruthAssignment) -> DagNode:
        """What is left of a node when so much is known of a label; the node's own matchers stay."""
        if truth.label not in node.inner:
            return node
        key = (node.number, truth)
        found = self._given.get(key)
        if found is None:
            kept = []
            for child in self._candidates(node, truth):
                self.work += 1
                after = self._child(child, truth)
                if after is None:
                    continue
                kept.append(after)
                if not after.asks and not after.continues:
                    break
            found = self._given[key] = self.node(node.stop, node.asks, node.continues, kept)
        return found

    def conditions(self, node: DagNode, label: str) -> frozenset[int]:
        """The conditions on a label that are asked below a node."""
        if label not in node.inner:
            return frozenset()
        key = (node.number, label)
        found = self._conditions.get(key)
        if found is None:
            own = {
                number
                for child in node.children
                for number, _ in child.asks
                if self.space.label(number) == label
            }
            below = (self.conditions(child, label) for child in node.children if label in child.inner)
            found = self._conditions[key] = frozenset(own).union(*below)
        return found

    def telling(self, old: DagNode, new: DagNode, truth: TruthAssignment) -> int | None:
        """An open condition that may tell the two apart: one of the first child that only one of them has."""
        left, right = set(old.children), set(new.children)
        own = [child for child in old.children if child not in right]
        own += [child for child in new.children if child not in left]
        for children in (own, old.children, new.children):
            for child in children:
                if (found := self._open(child, truth)) is not None:
                    return found
        return None

    def _open(self, child: DagNode, truth: TruthAssignment) -> int | None:
        for number, _ in sorted(child.asks):
            if number in truth.open:
                return number
        if truth.label in child.inner:
            for below in child.children:
                if (found := self._open(below, truth)) is not None:
                    return found
        return None

    def needless(self, old: DagNode, new: DagNode, truth: TruthAssignment) -> frozenset[int]:
        """Open conditions that may be taken not to hold, as both trees do the same where one of them does.

        Each is all that a common child asks which stands before the first difference and lets nothing go on.
        """
        found: set[int] = set()
        for left, right in zip(old.children, new.children, strict=False):
            if left is not right:
                break
            if left.stop == COMMON and not left.continues and len(left.asks) == 1:
                ((number, wanted),) = left.asks
                if wanted and number in truth.open:
                    found.add(number)
        return frozenset(found)

    def outcome(self, node: DagNode) -> tuple[int, ...]:
        """Where all alerts stop, when a node asks nothing any more."""
        found = self._outcomes.get(node.number)
        if found is None:
            stops: list[int] = []
            for child in node.children:
                stops += self.outcome(child)
                if not child.continues:
                    break
            found = self._outcomes[node.number] = tuple(stops) or (node.stop,)
        return found

    def _child(self, child: DagNode, truth: TruthAssignment) -> DagNode | None:
        if truth.label not in child.labels:
            return child
        asks = child.asks
        left: list[Literal] = []
        for number, wanted in asks:
            if self.space.label(number) != truth.label or number in truth.open:
                left.append((number, wanted))
            elif (number in truth.true) != wanted:
                return None
        after = self.given(child, truth)
        if len(left) == len(asks):
            return after
        return self.node(after.stop, frozenset(left), after.continues, after.children)

    def _candidates(self, node: DagNode, truth: TruthAssignment) -> Iterator[DagNode]:
        if len(node.children) < _MANY:
            yield from node.children
            return
        key = (node.number, truth.label)
        if key not in self._indexes:
            self._indexes[key] = self._index(node, truth.label)
        index, rest = self._indexes[key]
        wanted = [at for number in (*truth.true, *truth.open) for at in index.get(number, ())]
        for at in sorted((*rest, *wanted)) if wanted else rest:
            yield node.children[at]

    def _index(self, node: DagNode, label: str) -> tuple[dict[int, list[int]], list[int]]:
        """The places of children by a condition on the label that has to hold for them, and all others."""
        index: dict[int, list[int]] = {}
        rest: list[int] = []
        for at, child in enumerate(node.children):
            own = [number for number, wanted in child.asks if wanted and self.space.label(number) == label]
            if own:
                index.setdefault(min(own), []).append(at)
            else:
                rest.append(at)
        return index, rest


def _without_needless(children: list[DagNode]) -> list[DagNode]:
    """The children without those that stand for what is common, and add nothing to what another one says."""
    kept: list[DagNode] = []
    said = False
    for child in children:
        plain = child.stop == COMMON and not child.children
        if plain and child.continues and said:
            continue
        said = said or (plain and not child.asks)
        kept.append(child)
    last = kept[-1] if kept else None
    if last is not None and last.stop == COMMON and not last.children and not last.asks:
        while len(kept) > 1 and kept[-2].stop == COMMON and not kept[-2].children:
            del kept[-2]
    return kept


def _effective(children: Iterable[DagNode]) -> list[DagNode]:
    """The children up to the first one that takes everything."""
    kept: list[DagNode] = []
    for child in children:
        kept.append(child)
        if not child.asks and not child.continues:
            break
    return kept
