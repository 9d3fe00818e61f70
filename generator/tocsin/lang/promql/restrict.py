"""A query for some values of a label only: matchers are put into the selectors that give the label.

What the new query returns are exactly those series of the old one whose label is among the values. Where
that cannot be had, because an operator removes the label or makes it, the query is not rewritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from tocsin.lang.restriction import Edit, Edits, Restriction, restricted_text

if TYPE_CHECKING:
    from tocsin.lang.listed_labels import LabelSets, ListedValues

_MAKE_BUCKETS = frozenset({"histogram_quantile", "histogram_fraction"})
_CANNOT_FOLLOW = frozenset({"info", "histogram_quantiles"})


def restrict_query(text: str, sets: LabelSets) -> str | None:
    """The query for the series of some label sets; None where it never returns any of them.

    LangError with the place in the query where a label is lost.
    """
    return restricted_text(text, sets, _edits)


def _edits(text: str, label: str, values: ListedValues) -> Edits:
    return _Restriction(text, label, values).edits(parse_promql(text))


class _Restriction(Restriction[Node]):
    """One label of one query of PromQL."""

    def edits(self, node: Node) -> Edits:
        """What to change so that a part returns the wanted series only."""
        match node:
            case Selector():
                return [self._with_matcher(node)] if self.selects(node.matchers) else None
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
                raise self.lost("a number has no labels", node.span)

    def is_number(self, node: Node) -> bool:
        """Whether a part is a scalar."""
        return is_scalar(node)

    def span_of(self, node: Node) -> tuple[int, int]:
        """Where a part stands."""
        return node.span

    def _with_matcher(self, node: Selector) -> Edit:
        matcher = self.values.matcher(self.label)
        start, end = node.span
        if node.matchers:
            at = node.matchers[-1].value_span[1]
            return Edit(at, at, f",{matcher}")
        written = self.text[start:end]
        if not written.endswith("}"):
            return Edit(end, end, f"{{{matcher}}}")
        inside = written.rstrip("}").rstrip()
        comma = "" if inside.endswith(("{", ",")) else ","
        return Edit(end - 1, end - 1, f"{comma}{matcher}")

    def _call(self, node: Call) -> Edits:
        if node.function in ("label_replace", "label_join"):
            made = node.arguments[1]
            if not isinstance(made, String) or made.value == self.label:
                raise self.lost(f"`{node.function}` makes the label", node.name_span)
            return self.edits(node.arguments[0])
        if node.function in ("absent", "absent_over_time"):
            return self._absent(node)
        if node.function in _CANNOT_FOLLOW or (node.function in _MAKE_BUCKETS and self.label == "le"):
            raise self.lost(f"`{node.function}` decides about labels", node.name_span)
        if is_scalar(node):
            raise self.lost(f"`{node.function}` has no labels", node.name_span)
        subject = subject_of(node)
        return self.without_label() if subject is None else self.edits(subject)

    def _absent(self, node: Call) -> Edits:
        """It has the labels that its selector asks for by `=`."""
        inner: Node = node.arguments[0]
        while isinstance(inner, Paren):
            inner = inner.expr
        inner = inner.selector if isinstance(inner, Range) else inner
        asked = (
            [one for one in inner.matchers if one.name == self.label] if isinstance(inner, Selector) else []
        )
        if any(one.op != "=" for one in asked) or len(asked) > 1:
            raise self.lost(f"`{node.function}` returns something where series are missing", node.name_span)
        text = asked[0].value if asked else ""
        return [] if self.values.allows(text) else None

    def _aggregation(self, node: Aggregation) -> Edits:
        if node.op == "count_values" and isinstance(node.param, String) and node.param.value == self.label:
            raise self.lost("`count_values` makes the label", node.op_span)
        return self.aggregation(node)

    def _binary(self, node: Binary) -> Edits:
        if node.matching.fill_left is not None or node.matching.fill_right is not None:
            raise self.lost("`fill` makes series that are on one side only", node.op_span)
        return self.binary(node)
