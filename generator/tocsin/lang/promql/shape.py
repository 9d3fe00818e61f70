"""The shape of a PromQL expression: its threshold, the metrics it reads, the labels of its result."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

import promql_parser

from tocsin.lang import expression
from tocsin.lang.labels import ANY_LABELS, NO_LABELS, Matching, ResultLabels, of_operator
from tocsin.lang.promql.prepare import parse
from tocsin.lang.promql.tokens import tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "ResultLabels",
    "metric_names",
    "needs_parentheses",
    "result_labels",
    "split_comparison",
    "with_comparison",
]


def needs_parentheses(text: str) -> bool:
    """Whether `text > 2` would be read otherwise than `(text) > 2`."""
    return expression.needs_parentheses(text, tokenize)


def with_comparison(text: str, op: str, number_text: str) -> str:
    """The rule's expression: the query compared with the number, the author's lines and comments kept."""
    return expression.with_comparison(text, op, number_text, tokenize)


def split_comparison(text: str) -> tuple[str, str, str] | None:
    """The query, operator and number of `query op number`; None for an expression of another form."""
    return expression.split_comparison(text, tokenize)


def metric_names(text: str) -> tuple[str, ...]:
    """The metrics that the expression selects by name, sorted; the expression has to be valid."""
    names: set[str] = set()
    for node in _walk(parse(text)):
        if isinstance(node, promql_parser.VectorSelector):
            if node.name:
                names.add(node.name)
            names.update(m.value for m in _equalities(node) if m.name == "__name__" and m.value)
    return tuple(sorted(names))


@lru_cache(maxsize=65536)
def result_labels(text: str) -> ResultLabels:
    """The labels that the expression's result can have; the expression has to be valid."""
    try:
        return _labels(parse(text))
    except RecursionError:
        return ANY_LABELS


def _walk(root: Any) -> Iterator[Any]:
    waiting = [root]
    while waiting:
        node = waiting.pop()
        yield node
        if isinstance(node, promql_parser.BinaryExpr):
            waiting += [node.lhs, node.rhs]
        elif isinstance(node, promql_parser.Call):
            waiting += node.args
        elif isinstance(node, promql_parser.MatrixSelector):
            waiting.append(node.vector_selector)
        elif isinstance(node, promql_parser.AggregateExpr):
            waiting += [node.expr] if node.param is None else [node.expr, node.param]
        elif isinstance(node, promql_parser.ParenExpr | promql_parser.UnaryExpr | promql_parser.SubqueryExpr):
            waiting.append(node.expr)


def _labels(node: Any) -> ResultLabels:
    if isinstance(node, promql_parser.VectorSelector):
        return _of_selector(node)
    if isinstance(node, promql_parser.MatrixSelector):
        return _of_selector(node.vector_selector)
    if isinstance(node, promql_parser.ParenExpr | promql_parser.UnaryExpr | promql_parser.SubqueryExpr):
        return _labels(node.expr)
    if isinstance(node, promql_parser.AggregateExpr):
        return _of_aggregation(node)
    if isinstance(node, promql_parser.Call):
        return _of_call(node)
    if isinstance(node, promql_parser.BinaryExpr):
        return _of_binary(node)
    return NO_LABELS


def _equalities(selector: Any) -> list[Any]:
    """The `=` matchers that hold for every series; alternatives, joined by `or`, promise nothing."""
    if selector.matchers.or_matchers:
        return []
    return [matcher for matcher in selector.matchers.matchers if matcher.op == promql_parser.MatchOp.Equal]


def _of_selector(selector: Any) -> ResultLabels:
    sure = (m.name for m in _equalities(selector) if m.value and m.name != "__name__")
    return ResultLabels(frozenset(sure), open=True)


def _of_aggregation(node: Any) -> ResultLabels:
    inner = _labels(node.expr)
    op = str(node.op)
    if op in ("topk", "bottomk", "limitk", "limit_ratio"):
        return inner
    if node.modifier is None:
        result = NO_LABELS
    elif node.modifier.type == promql_parser.AggModifierType.By:
        result = inner.keep(node.modifier.labels)
    else:
        result = inner.drop(node.modifier.labels)
    if op == "count_values":
        name = _string(node.param)
        if name is None:
            return ANY_LABELS
        return ResultLabels(result.known | {name}, result.open, result.removed - {name})
    return result


def _of_call(node: Any) -> ResultLabels:
    name = node.func.name
    if name in ("absent", "absent_over_time"):
        return _of_absent(node.args[0])
    subject = next((arg for arg in node.args if not _is_plain(arg)), None)
    if subject is None or node.func.return_type == promql_parser.ValueType.Scalar or name == "vector":
        return NO_LABELS
    labels = _labels(subject)
    if name in ("histogram_quantile", "histogram_fraction"):
        return labels.drop(["le"])
    if name == "histogram_quantiles":
        added = _string(node.args[1]) if len(node.args) > 1 else None
        return ANY_LABELS if added is None else labels.drop(["le"]).possibly([added])
    if name in ("label_replace", "label_join"):
        target = _string(node.args[1])
        return ANY_LABELS if target is None else labels.possibly([target])
    if name == "info":
        return ResultLabels(labels.known if labels.open else frozenset(), open=True)
    return labels


def _of_absent(argument: Any) -> ResultLabels:
    """`absent` makes its series of the selector's `=` matchers, and of nothing when there is no selector."""
    while isinstance(argument, promql_parser.ParenExpr):
        argument = argument.expr
    if isinstance(argument, promql_parser.MatrixSelector):
        argument = argument.vector_selector
    if not isinstance(argument, promql_parser.VectorSelector):
        return NO_LABELS
    if argument.matchers.or_matchers:
        return ANY_LABELS
    return ResultLabels(_of_selector(argument).known)


def _of_binary(node: Any) -> ResultLabels:
    left_is_number, right_is_number = _is_plain(node.lhs), _is_plain(node.rhs)
    if left_is_number or right_is_number:
        if left_is_number and right_is_number:
            return NO_LABELS
        return _labels(node.rhs if left_is_number else node.lhs)
    return of_operator(str(node.op), _labels(node.lhs), _labels(node.rhs), _matching(node.modifier))


def _matching(modifier: Any) -> Matching:
    if modifier is None:
        return Matching()
    how: Literal["on", "ignoring"] | None = None
    labels: frozenset[str] = frozenset()
    if modifier.matching is not None:
        how = "on" if modifier.matching.type == promql_parser.LabelModifierType.Include else "ignoring"
        labels = frozenset(modifier.matching.labels)
    cards = promql_parser.VectorMatchCardinality
    many: Literal["left", "right"] | None = None
    if modifier.card == cards.ManyToOne:
        many = "left"
    elif modifier.card == cards.OneToMany:
        many = "right"
    return Matching(how, labels, many, frozenset(modifier.group_labels or ()))


def _is_plain(node: Any) -> bool:
    """Whether this is a number or a string: something without series and labels."""
    if isinstance(node, promql_parser.ParenExpr | promql_parser.UnaryExpr):
        return _is_plain(node.expr)
    if isinstance(node, promql_parser.BinaryExpr):
        return _is_plain(node.lhs) and _is_plain(node.rhs)
    if isinstance(node, promql_parser.Call):
        return bool(node.func.return_type == promql_parser.ValueType.Scalar)
    return isinstance(node, promql_parser.NumberLiteral | promql_parser.StringLiteral)


def _string(node: Any) -> str | None:
    """The value of a string argument."""
    return str(node.val) if isinstance(node, promql_parser.StringLiteral) else None
