"""What the rules of inference share: the flows of the parts, and which parts are plain numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.flow.algebra import drop_labels
from tocsin.lang.flow.model import METRIC_NAME, Flow, Why
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.lang.promql.ast import LabelMatcher, Node, Span


@value_object
class Evaluation:
    """One inference over a tree, from the innermost parts outwards."""

    flows: dict[int, Flow]
    """By the identity of the node."""
    numbers: set[int]
    """The nodes that are plain numbers or strings, by identity."""
    recorded: Callable[[str, Iterable[LabelMatcher]], Flow | None]
    """The flow of the recording rules of a name, as far as they can have written what matchers ask for."""
    conventions: bool
    """Whether metric names may be trusted: `…_total` is a counter, counters are not negative."""

    def of(self, node: Node) -> Flow:
        """The flow of a part."""
        return self.flows[id(node)]

    def is_number(self, node: Node) -> bool:
        """Whether a part is a plain number (or a string): something without series."""
        return id(node) in self.numbers

    def number(self, node: Node) -> float | None:
        """The value of a part that is always the same plain number."""
        return self.of(node).value.constant if self.is_number(node) else None


def without_name(flow: Flow, what: str, span: Span) -> Flow:
    """The result of something that computes a new value, which does away with the metric's name."""
    if flow.label(METRIC_NAME).is_impossible:
        return flow
    return drop_labels(flow, [METRIC_NAME], Why(f"`{what}` removes the metric's name", span))
