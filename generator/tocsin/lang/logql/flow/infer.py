"""The inference: from the text of a LogQL expression to the flow of its result and of every part."""

from __future__ import annotations

from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.flow.algebra import no_labels
from tocsin.lang.flow.model import Flow, Why
from tocsin.lang.flow.value_range import exact_range
from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    Drop,
    LabelFilter,
    LabelMatcher,
    LabelReplace,
    LogQuery,
    Node,
    Number,
    Paren,
    RangeAggregation,
    Vector,
    conditions,
    walk,
    without_parentheses,
)
from tocsin.lang.logql.flow.lines import ERROR, query_lines
from tocsin.lang.logql.flow.series import aggregation_flow, binary_flow, range_flow, replace_flow
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.tokens import COMPARISONS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.lang.logql.ast import SingleCondition, Stage
    from tocsin.lang.logql.flow.lines import Lines


@value_object
class Flows:
    """The flows of all parts of one expression."""

    tree: Node
    result: Flow
    """The flow of the whole expression; that of a log query tells the labels of its lines."""
    by_node: Mapping[int, Flow] = field(repr=False)

    def of(self, node: Node) -> Flow:
        """The flow of a node of `tree`."""
        return self.by_node[id(node)]


def logql_flow(query: str | Node) -> Flow:
    """What the result of a query can look like; LangError for a text that is no LogQL.

    Every fact holds whatever lines there are; its places are those of the text that was parsed.
    """
    return logql_flows(query).result


def logql_flows(query: str | Node) -> Flows:
    """The flows of a query and of every part of it; LangError for a text that is no LogQL."""
    return _flows_of_text(query) if isinstance(query, str) else _infer(query, {})


@lru_cache(maxsize=65536)
def _flows_of_text(text: str) -> Flows:
    tree = parse_logql(text)
    return _infer(tree, _of_query(tree, text))


def _of_query(tree: Node, text: str) -> Mapping[int, Flow]:
    """The flows of the query of `query op number`, where expressions with other numbers share its tree."""
    if not isinstance(tree, Binary) or tree.returns_bool or tree.op not in COMPARISONS:
        return {}
    if not isinstance(tree.right, Number):
        return {}
    try:
        query = _flows_of_text(text[: tree.op_span[0]].rstrip(" \t\r\n"))
    except LangError:
        return {}
    return query.by_node if query.tree is tree.left else {}


def _infer(tree: Node, known: Mapping[int, Flow]) -> Flows:
    """The flows of a tree; those of the left side of a comparison with a number may be known."""
    nodes = [tree, tree.right] if known and isinstance(tree, Binary) else list(walk(tree))
    keeps_errors = any(_asks_for_errors(node) for node in nodes)
    around = {id(without_parentheses(node.expr)): node for node in nodes if isinstance(node, Aggregation)}
    flows = dict(known)
    lines: dict[int, Lines] = {}
    # Inner parts come before outer ones, without recursion: a chain of operators is as deep as it is long.
    for node in reversed(nodes):
        if isinstance(node, LogQuery):
            lines[id(node)] = query_lines(node, keeps_errors=keeps_errors)
        flows[id(node)] = _flow(node, flows, lines, around)
    return Flows(tree, flows[id(tree)], flows)


def _flow(
    node: Node, flows: Mapping[int, Flow], lines: Mapping[int, Lines], around: Mapping[int, Aggregation]
) -> Flow:
    match node:
        case LogQuery():
            return lines[id(node)].flow
        case RangeAggregation():
            return range_flow(node, lines[id(node.range.query)], around.get(id(node)))
        case Aggregation():
            return aggregation_flow(node, flows[id(node.expr)])
        case Binary():
            return binary_flow(node, flows[id(node.left)], flows[id(node.right)])
        case LabelReplace():
            return replace_flow(node, flows[id(node.expr)])
        case Paren():
            return flows[id(node.expr)]
        case Vector():
            why = Why("`vector` has no labels", node.span)
            return replace(no_labels(why), value=exact_range(node.value), value_why=why, always=True)
        case Number():
            why = Why("a number has no labels", node.span)
            return replace(no_labels(why), value=exact_range(node.value), value_why=why, always=True)


def _asks_for_errors(node: Node) -> bool:
    """Whether lines with errors may be counted: a part groups by `__error__`, asks for it, or drops it."""
    match node:
        case Aggregation(grouping=grouping) | RangeAggregation(grouping=grouping) if grouping is not None:
            if ERROR in grouping.labels:
                return True
    if isinstance(node, RangeAggregation):
        return any(_names_errors(condition) for condition in _conditions(node))
    if isinstance(node, LogQuery) and any(_takes_errors_away(stage) for stage in node.stages):
        return True
    return isinstance(node, LogQuery) and any(
        _names_errors(condition)
        for stage in node.stages
        if isinstance(stage, LabelFilter)
        for condition in conditions(stage.condition)
    )


def _takes_errors_away(stage: Stage) -> bool:
    """Whether a line with an error goes on without it."""
    return isinstance(stage, Drop) and any(label.name == ERROR for label in stage.labels)


def _conditions(node: RangeAggregation) -> Iterator[SingleCondition]:
    for stage in node.range.unwrap.filters if node.range.unwrap is not None else ():
        yield from conditions(stage.condition)


def _names_errors(condition: SingleCondition) -> bool:
    if condition.name != ERROR:
        return False
    return not (isinstance(condition, LabelMatcher) and condition.op == "=" and not condition.value)
