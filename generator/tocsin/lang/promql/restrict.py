"""A query for some values of a label only: matchers are put into the selectors that give the label.

What the new query returns are exactly those series of the old one whose label is among the values. Where
that cannot be had, because an operator removes the label or makes it, the query is not rewritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.lang.errors import LangError
from tocsin.lang.flow.label_values import ANY
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    String,
    Subquery,
    Unary,
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.types import is_scalar, subject_of
from tocsin.lang.tokens import SET_OPERATORS

if TYPE_CHECKING:
    from tocsin.lang.listed_labels import LabelSets, ListedValues

_MAKE_BUCKETS = frozenset({"histogram_quantile", "histogram_fraction"})
_CANNOT_FOLLOW = frozenset({"info", "histogram_quantiles"})
_CHOOSE = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


class _Edit(NamedTuple):
    """A piece of the text that another one takes the place of."""

    start: int
    end: int
    text: str


_Edits = list[_Edit] | None
"""The changes that a part needs; None where it returns nothing for these values."""


def restrict_query(text: str, sets: LabelSets) -> str | None:
    """The query for the series of some label sets; None where it never returns any of them.

    LangError with the place in the query where a label is lost.
    """
    for label, values in sorted(sets.items()):
        edits = _Restriction(text, label, values).edits(parse_promql(text))
        if edits is None:
            return None
        for edit in sorted(set(edits), reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
    return text


class _Restriction:
    """One label of one query, and the values of which its series are wanted."""

    def __init__(self, text: str, label: str, values: ListedValues) -> None:
        self._text, self._label, self._values = text, label, values

    def edits(self, node: Node) -> _Edits:
        """What to change so that a part returns the wanted series only."""
        match node:
            case Selector():
                return [self._with_matcher(node)] if self._selects(node) else None
            case Range():
                return self.edits(node.selector)
            case Paren() | Unary() | Subquery():
                return self.edits(node.expr)
            case Aggregation():
                return self._aggregation(node)
            case Binary():
                return self._binary(node)
            case Call():
                return self._call(node)
            case Number() | String():
                raise self._lost("a number has no labels", node.span)

    def _lost(self, reason: str, span: tuple[int, int], help_: str | None = None) -> LangError:
        advice = help_ or "write another alert for these values, with a query of its own"
        return LangError(f"{reason}, so that `{self._label}` cannot tell its series apart", span, advice)

    def _selects(self, node: Selector) -> bool:
        """Whether the matchers of a selector let any of the wanted values through."""
        possible = ANY
        for one in node.matchers:
            if one.name == self._label:
                possible = possible.narrowed(one.op, one.value)
        if not self._values.is_all_but:
            return any(map(possible.allows, self._values.texts))
        for text in self._values.texts:
            possible = possible.narrowed("!=", text)
        return not possible.is_empty

    def _with_matcher(self, node: Selector) -> _Edit:
        matcher = self._values.matcher(self._label)
        start, end = node.span
        if node.matchers:
            at = node.matchers[-1].value_span[1]
            return _Edit(at, at, f",{matcher}")
        written = self._text[start:end]
        if not written.endswith("}"):
            return _Edit(end, end, f"{{{matcher}}}")
        inside = written.rstrip("}").rstrip()
        comma = "" if inside.endswith(("{", ",")) else ","
        return _Edit(end - 1, end - 1, f"{comma}{matcher}")

    def _without_label(self) -> _Edits:
        """What a part needs that has no series with the label."""
        return [] if self._values.allows("") else None

    def _call(self, node: Call) -> _Edits:
        if node.function in ("label_replace", "label_join"):
            made = node.arguments[1]
            if not isinstance(made, String) or made.value == self._label:
                raise self._lost(f"`{node.function}` makes the label", node.name_span)
            return self.edits(node.arguments[0])
        if node.function in ("absent", "absent_over_time"):
            return self._absent(node)
        if node.function in _CANNOT_FOLLOW or (node.function in _MAKE_BUCKETS and self._label == "le"):
            raise self._lost(f"`{node.function}` decides about labels", node.name_span)
        if is_scalar(node):
            raise self._lost(f"`{node.function}` has no labels", node.name_span)
        subject = subject_of(node)
        return self._without_label() if subject is None else self.edits(subject)

    def _absent(self, node: Call) -> _Edits:
        """It has the labels that its selector asks for by `=`."""
        inner: Node = node.arguments[0]
        while isinstance(inner, Paren):
            inner = inner.expr
        inner = inner.selector if isinstance(inner, Range) else inner
        asked = (
            [one for one in inner.matchers if one.name == self._label] if isinstance(inner, Selector) else []
        )
        if any(one.op != "=" for one in asked) or len(asked) > 1:
            raise self._lost(f"`{node.function}` returns something where series are missing", node.name_span)
        text = asked[0].value if asked else ""
        return [] if self._values.allows(text) else None

    def _aggregation(self, node: Aggregation) -> _Edits:
        grouping = node.grouping
        if node.op == "count_values" and isinstance(node.param, String) and node.param.value == self._label:
            raise self._lost("`count_values` makes the label", node.op_span)
        kept = grouping is not None and (self._label in grouping.labels) == (grouping.how == "by")
        if kept:
            return self.edits(node.expr)
        if node.op in _CHOOSE:
            raise self._lost(
                f"`{node.op}` chooses among all series", node.op_span, f"write `{node.op} by ({self._label})`"
            )
        if grouping is not None and grouping.how == "without":
            raise self._lost(
                f"`{node.op} without` removes the label",
                grouping.span,
                f"take `{self._label}` out of the list",
            )
        labels = ", ".join((*(() if grouping is None else grouping.labels), self._label))
        raise self._lost(
            f"`{node.op}` removes the label",
            node.op_span if grouping is None else grouping.span,
            f"write `{node.op} by ({labels}) (…)`",
        )

    def _binary(self, node: Binary) -> _Edits:
        left_is_number, right_is_number = is_scalar(node.left), is_scalar(node.right)
        if left_is_number and right_is_number:
            raise self._lost("a number has no labels", node.span)
        if left_is_number or right_is_number:
            return self.edits(node.right if left_is_number else node.left)
        matching = node.matching
        is_matched = (self._label in matching.labels) == (matching.how == "on")
        if matching.fill_left is not None or matching.fill_right is not None:
            raise self._lost("`fill` makes series that are on one side only", node.op_span)
        if node.op == "or":
            return self._or(node, is_matched)
        if node.op in SET_OPERATORS:
            # The left side alone decides about the labels; what stands right may hold more.
            left = self.edits(node.left)
            right = self._perhaps(node.right) if is_matched and node.op == "and" else []
            return None if left is None or right is None else [*left, *right]
        many, one = (node.right, node.left) if matching.many == "right" else (node.left, node.right)
        if matching.many is not None and self._label in matching.include:
            return self.edits(one)
        if is_matched:
            return self._either(node.left, node.right)
        if matching.many is not None:
            return self.edits(many)
        raise self._lost(
            f"`{node.op}` matches its sides without the label, and drops it",
            node.op_span if matching.span is None else matching.span,
            f"match by `{self._label}` as well",
        )

    def _perhaps(self, node: Node) -> _Edits:
        """The changes of a side that need not be restricted; none where it cannot be."""
        try:
            return self.edits(node)
        except LangError:
            return []

    def _either(self, left: Node, right: Node) -> _Edits:
        """The changes of two sides whose series agree in the label: restricting one of them is enough."""
        try:
            first = self.edits(left)
        except LangError:
            return self.edits(right)
        second = self._perhaps(right)
        return None if first is None or second is None else [*first, *second]

    def _or(self, node: Binary, is_matched: bool) -> _Edits:
        if not is_matched:
            raise self._lost("`or` compares its sides without the label", node.op_span)
        left, right = self.edits(node.left), self.edits(node.right)
        if left is None or right is None:
            if left is not None:
                return [*left, _Edit(node.left.span[1], node.right.span[1], "")]
            return None if right is None else [*right, _Edit(node.left.span[0], node.right.span[0], "")]
        return [*left, *right]
