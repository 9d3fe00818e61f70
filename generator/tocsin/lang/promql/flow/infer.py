"""The inference: from the text of a PromQL expression to the flow of its result and of every part."""

from __future__ import annotations

from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from tocsin.lang.errors import LangError
from tocsin.lang.flow.algebra import no_labels, not_always, replace_reasons, union, unknown_flow, with_label
from tocsin.lang.flow.label_values import MISSING, single_value
from tocsin.lang.flow.model import Flow, LabelFact, Why
from tocsin.lang.flow.value_range import exact_range
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
    walk,
)
from tocsin.lang.promql.flow.aggregations import aggregation_flow
from tocsin.lang.promql.flow.evaluation import Evaluation
from tocsin.lang.promql.flow.functions import call_flow
from tocsin.lang.promql.flow.operators import binary_flow, unary_flow
from tocsin.lang.promql.flow.selectors import selector_flow
from tocsin.lang.promql.parser import compared_query, parse_promql
from tocsin.lang.promql.types import Type, type_of_call
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tocsin.lang.promql.ast import LabelMatcher

_DEEPEST = 20
_MOST_QUERIES = 65536


@value_object
class Flows:
    """The flows of all parts of one expression."""

    tree: Node
    result: Flow
    """The flow of the whole expression."""
    by_node: Mapping[int, Flow] = field(repr=False)

    def of(self, node: Node) -> Flow:
        """The flow of a node of `tree`; a range has that of its selector or inner expression."""
        return self.by_node[id(node)]


@value_object
class RecordedExpression:
    """A recording rule: what it evaluates, and the labels that it sets (an empty value removes one)."""

    name: str
    expr: str
    labels: Mapping[str, str] = field(default_factory=dict)
    infer: Callable[[], Flow] | None = None
    """What infers the flow of an expression in another language than PromQL; it may raise LangError."""


class Recordings:
    """The recording rules that write the metrics of one system; their flows are computed once, when asked.

    A metric that one of them writes is taken to have no other source, unless its rule reads it: then it
    is there before, and the rule says nothing of it. Neither does one whose expression is wrong.
    """

    def __init__(self, rules: Iterable[RecordedExpression] = ()) -> None:
        self._rules: dict[str, list[RecordedExpression]] = {}
        for rule in rules:
            self._rules.setdefault(rule.name, []).append(rule)
        self._by_label: dict[tuple[str, str], dict[str | None, list[RecordedExpression]]] = {}
        self._known: dict[tuple[str, tuple[int, ...], bool], Flow | None] = {}
        self._reading_themselves: set[str] = set()
        self._open: list[str] = []
        self._queries: dict[tuple[int, bool], Flows] = {}

    def __contains__(self, name: object) -> bool:
        return name in self._rules

    def are_read_by(self, query: Node) -> bool:
        """Whether a query reads a metric that one of the rules writes."""
        if not self._rules:
            return False
        return any(isinstance(part, Selector) and part.name in self._rules for part in walk(query))

    def rules(self, name: str) -> tuple[RecordedExpression, ...]:
        """The rules that write a metric."""
        return tuple(self._rules.get(name, ()))

    def flow(
        self, name: str, matchers: Iterable[LabelMatcher] = (), *, conventions: bool = False
    ) -> Flow | None:
        """What the selected series of this name can look like; None where no rule records it.

        A rule that sets a label to another value than a matcher asks for is not among those that are read.
        """
        if name in self._open:
            self._reading_themselves.add(name)
        if name not in self._rules or name in self._open or len(self._open) >= _DEEPEST:
            return None
        rules = self._selected(name, matchers)
        key = name, tuple(map(id, rules)) if len(rules) < len(self._rules[name]) else (), conventions
        if key not in self._known:
            self._open.append(name)
            try:
                united = self._united(name, rules, conventions)
            finally:
                self._open.pop()
            self._known[key] = None if name in self._reading_themselves else united
        return self._known[key]

    def _selected(self, name: str, matchers: Iterable[LabelMatcher]) -> list[RecordedExpression]:
        """The rules of a name that can have written what the matchers ask for; all, where none can have."""
        every = rules = self._rules[name]
        for matcher in matchers:
            if len(rules) > 1 and matcher.op == "=" and matcher.value:
                if rules is every:
                    rules = self._with_value(name, matcher.name, matcher.value)
                else:
                    rules = [
                        rule
                        for rule in rules
                        if rule.labels.get(matcher.name, matcher.value) == matcher.value
                    ]
        return rules or every

    def _with_value(self, name: str, label: str, value: str) -> list[RecordedExpression]:
        """The rules of a name that set a label to a value, or leave it to their expression."""
        if (name, label) not in self._by_label:
            by_value: dict[str | None, list[RecordedExpression]] = {}
            for rule in self._rules[name]:
                by_value.setdefault(rule.labels.get(label), []).append(rule)
            self._by_label[name, label] = by_value
        by_value = self._by_label[name, label]
        return [*by_value.get(value, ()), *by_value.get(None, ())]

    def flows(self, query: Node, *, conventions: bool = False) -> Flows:
        """The flows of a query that several expressions have in common."""
        # While a rule that may read itself is followed, nothing is final.
        if self._open:
            return _inferred(query, self, conventions, {})
        key = id(query), conventions
        if key not in self._queries:
            if len(self._queries) >= _MOST_QUERIES:
                self._queries.clear()
            # The flows hold the tree, so that its identity stays its own.
            self._queries[key] = _inferred(query, self, conventions, {})
        return self._queries[key]

    def _united(self, name: str, rules: Iterable[RecordedExpression], conventions: bool) -> Flow:
        flows = [self._one(rule, conventions) for rule in rules]
        result = flows[0]
        for other in flows[1:]:
            result = union(result, other)
        return with_label(
            result, "__name__", single_value(name), Why(f"`{name}` is a recording rule", (0, 0))
        )

    def _one(self, rule: RecordedExpression, conventions: bool) -> Flow:
        try:
            if rule.infer is None:
                flow = promql_flow(rule.expr, self, conventions=conventions)
            else:
                flow = rule.infer()
        except LangError:
            return unknown_flow(Why(f"`{rule.name}` may carry it", (0, 0)))
        for label, value in rule.labels.items():
            flow = with_label(flow, label, single_value(value), Why(f"the rule sets `{label}`", (0, 0)))
        # The places in the rule's own text mean nothing to a reader of another query.
        return replace_reasons(
            replace(flow, always=False),
            lambda why: Why(f"the recording rule `{rule.name}` decides it: {why.sentence}", (0, 0)),
        )


_NO_RECORDINGS = Recordings()


def promql_flow(
    query: str | Node, recordings: Recordings = _NO_RECORDINGS, *, conventions: bool = False
) -> Flow:
    """What the result of a query can look like; LangError for a text that is no PromQL.

    Without `conventions` every fact holds whatever samples there are. With them, facts may rest on what
    metric names promise: `…_total`, `…_count`, `…_bucket` and what `rate` reads are never negative,
    `up` is 0 or 1, `…_info` is 1. A check that must be sure asks without.
    """
    return promql_flows(query, recordings, conventions=conventions).result


def promql_flows(
    query: str | Node, recordings: Recordings = _NO_RECORDINGS, *, conventions: bool = False
) -> Flows:
    """The flows of a query and of every part of it; LangError for a text that is no PromQL."""
    if isinstance(query, str):
        tree = parse_promql(query)
        if not recordings.are_read_by(tree):
            return _flows_of_text(query, conventions)
        query = tree
    return _infer(query, recordings, conventions)


@lru_cache(maxsize=65536)
def _flows_of_text(text: str, conventions: bool) -> Flows:
    return _infer(parse_promql(text), _NO_RECORDINGS, conventions)


def _infer(tree: Node, recordings: Recordings, conventions: bool) -> Flows:
    query = compared_query(tree)
    known = {} if query is None else recordings.flows(query, conventions=conventions).by_node
    return _inferred(tree, recordings, conventions, known)


def _inferred(tree: Node, recordings: Recordings, conventions: bool, known: Mapping[int, Flow]) -> Flows:
    """The flows of a tree; those of a part of it may be known, if it is no plain number."""

    def recorded(name: str, matchers: Iterable[LabelMatcher]) -> Flow | None:
        return recordings.flow(name, matchers, conventions=conventions)

    evaluation = Evaluation(dict(known), set(), recorded, conventions)
    flows, numbers = evaluation.flows, evaluation.numbers
    nodes = [tree, tree.right] if known and isinstance(tree, Binary) else list(walk(tree))
    # Inner parts come before outer ones, without recursion: a chain of operators is as deep as it is long.
    for node in reversed(nodes):
        kind = type(node)
        flow = _FLOWS[kind](node, evaluation)
        flows[id(node)] = not_always(flow) if flow.empty is not None else flow
        if kind not in _SERIES and _is_number(node, evaluation):
            numbers.add(id(node))
    return Flows(tree, flows[id(tree)], flows)


def _number_flow(node: Number, _: Evaluation) -> Flow:
    why = Why("a number has no labels", node.span)
    return Flow(LabelFact(MISSING, why), why, value=exact_range(node.value), always=True)


def _string_flow(node: String, _: Evaluation) -> Flow:
    return no_labels(Why("a string has no labels", node.span))


def _subquery_flow(node: Subquery, evaluation: Evaluation) -> Flow:
    # A range may be too short to hold a step.
    return not_always(evaluation.of(node.expr))


# By the type itself, as for the children of a node: every part of every query is asked.
_FLOWS: dict[type, Callable[[Any, Evaluation], Flow]] = {
    Number: _number_flow,
    String: _string_flow,
    Selector: selector_flow,
    Range: lambda node, evaluation: evaluation.of(node.selector),
    Paren: lambda node, evaluation: evaluation.of(node.expr),
    Subquery: _subquery_flow,
    Unary: unary_flow,
    Call: call_flow,
    Aggregation: aggregation_flow,
    Binary: binary_flow,
}


# What is never a plain number; most parts of a query are of these.
_SERIES = frozenset({Selector, Range, Aggregation})


def _is_number(node: Node, evaluation: Evaluation) -> bool:
    match node:
        case Number() | String():
            return True
        case Call():
            return type_of_call(node) is Type.SCALAR
        case Paren() | Unary():
            return evaluation.is_number(node.expr)
        case Binary():
            return evaluation.is_number(node.left) and evaluation.is_number(node.right)
        case _:
            return False
