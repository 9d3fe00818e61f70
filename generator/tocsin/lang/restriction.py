"""Restricting a query to some values of a label: what PromQL and LogQL have in common.

What the new query returns are exactly those series of the old one whose label is among the values. Where
that cannot be had, because an operator removes the label or makes it, the query is not rewritten.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

from tocsin.lang.errors import LangError
from tocsin.lang.flow.label_values import ANY
from tocsin.lang.tokens import SET_OPERATORS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.lang.listed_labels import LabelSets, ListedValues

    Span = tuple[int, int]

N = TypeVar("N")
N_co = TypeVar("N_co", covariant=True)
_CHOOSE = frozenset({"topk", "bottomk", "limitk", "limit_ratio", "approx_topk"})


class Edit(NamedTuple):
    """A piece of the text that another one takes the place of."""

    start: int
    end: int
    text: str


Edits = list[Edit] | None
"""The changes that a part needs; None where it returns nothing for these values."""


class Condition(Protocol):
    """A matcher, as both languages have it."""

    @property
    def name(self) -> str:
        """Of the label."""

    @property
    def op(self) -> Operator:
        """Its operator."""

    @property
    def value(self) -> str:
        """The text or the pattern."""


class Grouped(Protocol):
    """The labels behind `by` or `without`, as both languages have them."""

    @property
    def how(self) -> str:
        """`by` or `without`."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names."""

    @property
    def span(self) -> Span:
        """Where it stands."""


class Aggregated(Protocol[N_co]):
    """An aggregation, as both languages have it."""

    @property
    def op(self) -> str:
        """Its name."""

    @property
    def expr(self) -> N_co:
        """What it aggregates."""

    @property
    def grouping(self) -> Grouped | None:
        """By which labels."""

    @property
    def op_span(self) -> Span:
        """Where its name stands."""


class Matched(Protocol):
    """How an operator pairs series, as both languages have it."""

    @property
    def how(self) -> str | None:
        """`on` or `ignoring`."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The names behind it."""

    @property
    def many(self) -> str | None:
        """The side of which several series may match."""

    @property
    def include(self) -> tuple[str, ...]:
        """The labels that come from the other side."""

    @property
    def span(self) -> Span | None:
        """Where it stands."""


class Joined(Protocol[N_co]):
    """An operator between two expressions, as both languages have it."""

    @property
    def op(self) -> str:
        """Its sign or name."""

    @property
    def left(self) -> N_co:
        """The left side."""

    @property
    def right(self) -> N_co:
        """The right side."""

    @property
    def matching(self) -> Matched:
        """How the sides are paired."""

    @property
    def op_span(self) -> Span:
        """Where the operator stands."""

    @property
    def span(self) -> Span:
        """Where all of it stands."""


def restricted_text(
    text: str, sets: LabelSets, edits_of: Callable[[str, str, ListedValues], Edits]
) -> str | None:
    """The query for the series of some label sets; None where it never returns any of them.

    `edits_of` says what to change in a text for some values of one label.
    """
    for label, values in sorted(sets.items()):
        edits = edits_of(text, label, values)
        if edits is None:
            return None
        for edit in sorted(set(edits), reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class Restriction(ABC, Generic[N]):
    """One label of one query, and the values of which its series are wanted."""

    def __init__(self, text: str, label: str, values: ListedValues) -> None:
        self.text, self.label, self.values = text, label, values

    @abstractmethod
    def edits(self, node: N) -> Edits:
        """What to change so that a part returns the wanted series only."""

    @abstractmethod
    def is_number(self, node: N) -> bool:
        """Whether a part is a number, without series."""

    @abstractmethod
    def span_of(self, node: N) -> Span:
        """Where a part stands."""

    def lost(self, reason: str, span: Span, help_: str | None = None) -> LangError:
        """That the series of a part cannot be told apart by the label."""
        advice = help_ or "write another alert for these values, with a query of its own"
        return LangError(f"{reason}, so that `{self.label}` cannot tell its series apart", span, advice)

    def selects(self, matchers: Iterable[Condition]) -> bool:
        """Whether the matchers of a selector let any of the wanted values through."""
        possible = ANY
        for one in matchers:
            if one.name == self.label:
                possible = possible.narrowed(one.op, one.value)
        if not self.values.is_all_but:
            return any(map(possible.allows, self.values.texts))
        for text in self.values.texts:
            possible = possible.narrowed("!=", text)
        return not possible.is_empty

    def without_label(self) -> Edits:
        """What a part needs that has no series with the label."""
        return [] if self.values.allows("") else None

    def aggregation(self, node: Aggregated[N]) -> Edits:
        """The changes of an aggregation that keeps the label."""
        grouping = node.grouping
        if grouping is not None and (self.label in grouping.labels) == (grouping.how == "by"):
            return self.edits(node.expr)
        raise self.removed(node.op, grouping, node.op_span)

    def removed(self, op: str, grouping: Grouped | None, op_span: Span) -> LangError:
        """That an aggregation removes the label."""
        if op in _CHOOSE:
            return self.lost(f"`{op}` chooses among all series", op_span, f"write `{op} by ({self.label})`")
        if grouping is not None and grouping.how == "without":
            return self.lost(
                f"`{op} without` removes the label",
                grouping.span,
                f"take `{self.label}` out of the list",
            )
        labels = ", ".join((*(() if grouping is None else grouping.labels), self.label))
        return self.lost(
            f"`{op}` removes the label",
            op_span if grouping is None else grouping.span,
            f"write `{op} by ({labels}) (…)`",
        )

    def binary(self, node: Joined[N]) -> Edits:
        """The changes of an operator between two expressions."""
        left_is_number, right_is_number = self.is_number(node.left), self.is_number(node.right)
        if left_is_number and right_is_number:
            raise self.lost("a number has no labels", node.span)
        if left_is_number or right_is_number:
            return self.edits(node.right if left_is_number else node.left)
        matching = node.matching
        is_matched = (self.label in matching.labels) == (matching.how == "on")
        if node.op == "or":
            return self._or(node, is_matched)
        if node.op in SET_OPERATORS:
            # The left side alone decides about the labels; what stands right may hold more.
            left = self.edits(node.left)
            right = self._perhaps(node.right) if is_matched and node.op == "and" else []
            return None if left is None or right is None else [*left, *right]
        many, one = (node.right, node.left) if matching.many == "right" else (node.left, node.right)
        if matching.many is not None and self.label in matching.include:
            return self.edits(one)
        if is_matched:
            return self._either(node.left, node.right)
        if matching.many is not None:
            return self.edits(many)
        raise self.lost(
            f"`{node.op}` matches its sides without the label, and drops it",
            node.op_span if matching.span is None else matching.span,
            f"match by `{self.label}` as well",
        )

    def _perhaps(self, node: N) -> Edits:
        """The changes of a side that need not be restricted; none where it cannot be."""
        try:
            return self.edits(node)
        except LangError:
            return []

    def _either(self, left: N, right: N) -> Edits:
        """The changes of two sides whose series agree in the label: restricting one of them is enough."""
        try:
            first = self.edits(left)
        except LangError:
            return self.edits(right)
        second = self._perhaps(right)
        return None if first is None or second is None else [*first, *second]

    def _or(self, node: Joined[N], is_matched: bool) -> Edits:
        if not is_matched:
            raise self.lost("`or` compares its sides without the label", node.op_span)
        left, right = self.edits(node.left), self.edits(node.right)
        if left is None or right is None:
            left_span, right_span = self.span_of(node.left), self.span_of(node.right)
            if left is not None:
                return [*left, Edit(left_span[1], right_span[1], "")]
            return None if right is None else [*right, Edit(left_span[0], right_span[0], "")]
        return [*left, *right]
