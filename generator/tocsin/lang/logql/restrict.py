"""A query of logs for some values of a label only: matchers in its selectors, or filters behind its stages.

A filter of labels sees what a label is in the end, wherever it comes from: the stream, the line, or a stage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    Drop,
    Keep,
    LabelFormat,
    LabelReplace,
    LogQuery,
    Node,
    Number,
    Paren,
    RangeAggregation,
    Vector,
    is_number,
)
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.restriction import Edit, Edits, Restriction, restricted_text
from tocsin.lang.strings import quote_string

if TYPE_CHECKING:
    from tocsin.lang.listed_labels import LabelSets, ListedValues
    from tocsin.lang.logql.ast import Stage


def restrict_log_query(text: str, sets: LabelSets) -> str | None:
    """The query for the series of some label sets; None where it never returns any of them.

    LangError with the place in the query where a label is lost.
    """
    return restricted_text(text, sets, _edits)


def _edits(text: str, label: str, values: ListedValues) -> Edits:
    return _Restriction(text, label, values).edits(parse_logql(text))


class _Restriction(Restriction[Node]):
    """One label of one query of LogQL."""

    def edits(self, node: Node) -> Edits:
        """What to change so that a part returns the wanted series only."""
        match node:
            case LogQuery():
                return self._lines(node)
            case RangeAggregation():
                return self._range(node)
            case Paren():
                return self.edits(node.expr)
            case Aggregation():
                return self.aggregation(node)
            case Binary():
                return self.binary(node)
            case LabelReplace():
                if node.target.value == self.label:
                    raise self.lost("`label_replace` makes the label", node.op_span)
                return self.edits(node.expr)
            case Vector():
                return self.without_label()
            case Number():
                raise self.lost("a number has no labels", node.span)

    def is_number(self, node: Node) -> bool:
        """Whether Loki folds a part into a number."""
        return is_number(node)

    def span_of(self, node: Node) -> tuple[int, int]:
        """Where a part stands."""
        return node.span

    def _range(self, node: RangeAggregation) -> Edits:
        if node.op == "absent_over_time":
            raise self.lost("`absent_over_time` returns something where lines are missing", node.op_span)
        unwrap = node.range.unwrap
        if unwrap is not None and unwrap.label == self.label:
            raise self.lost("`unwrap` takes the label away", unwrap.label_span)
        grouping = node.grouping
        if grouping is not None and (self.label in grouping.labels) != (grouping.how == "by"):
            raise self.removed(node.op, grouping, node.op_span)
        return self.edits(node.range.query)

    def _lines(self, node: LogQuery) -> Edits:
        if self._is_of_streams(node):
            if not self.selects(node.selector.matchers):
                return None
            if any(one.name == self.label for one in node.selector.matchers):
                end = node.selector.matchers[-1].value_span[1]
                return [Edit(end, end, f",{self.values.matcher(self.label)}")]
        end = (node.stages[-1] if node.stages else node.selector).span[1]
        return [Edit(end, end, f" | {self._filter()}")]

    def _filter(self) -> str:
        """The filter of labels; without a pattern, as Loki searches for some of them anywhere in a value."""
        texts = sorted(self.values.texts)
        if self.values.is_all_but:
            return " | ".join(f"{self.label}!={quote_string(text)}" for text in texts)
        return " or ".join(f"{self.label}={quote_string(text)}" for text in texts)

    def _is_of_streams(self, node: LogQuery) -> bool:
        """Whether a label that the selector names is in the end as the stream has it.

        A parser gives its own label of that name another one.
        """
        return not any(isinstance(one, Drop | Keep) or self._is_written_by(one) for one in node.stages)

    def _is_written_by(self, stage: Stage) -> bool:
        """Whether a stage gives the label another value, or another name."""
        return isinstance(stage, LabelFormat) and any(
            self.label in (one.label, one.source) for one in stage.assignments
        )
