"""The check of conditions that hold whatever is measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import (
    is_comparison,
    query_nodes,
    strip_parentheses,
    threshold,
)
from tocsin.checks.framework.rules import alerting_rules
from tocsin.checks.query.percentages import per_cent_of_ratio, ratio_help, units_by_place
from tocsin.checks.query.state_series import unchosen_state
from tocsin.checks.query.threshold_units import unit_mismatch
from tocsin.diagnostics.model import Level
from tocsin.lang.comparisons import OPPOSITE
from tocsin.lang.flow.value_range import exact_range
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.clock import PASSED
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.comparisons import Comparison
    from tocsin.lang.flow.value_range import ValueRange
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Rule
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.source.place import Place

# They count what is there: "at least one" is how one asks whether there is anything.
_EXISTENCE = frozenset(
    {"count", "group", "count_over_time", "present_over_time", "absent", "absent_over_time", "vector"}
)


@check_shares("query/always", Level.WARNING)
def always(share: Share) -> Iterator[Finding]:
    """The condition of an alert always holds, whatever is measured.

    Why:
        The alert fires as long as there is any data, so it says nothing, and people stop to look at it.

    Fix:
        Compare with a number that is not reached on a good day.

    Bad:
        - alert: Errors
          expr: rate(errors_total[5m]) >= 0

    Good:
        - alert: Errors
          expr: rate(errors_total[5m]) > 0
    """
    known = share.around.flows
    units = units_by_place(share)
    in_per_cent: set[Place] = set()
    for _, rule in alerting_rules(share):
        if rule.engine is not Engine.PROMETHEUS:
            continue
        flows = known.flows(rule.expr, conventions=True)
        if flows is None or flows.result.empty is not None:
            continue
        found = list(result_conditions(flows.tree))
        held = {id(one): list(_holds_always(rule, one, flows, known)) for one in found}
        for condition in found:
            if len(found) > 1 and _limits_again(condition, found, rule, held):
                continue
            for finding in held[id(condition)]:
                limit = per_cent_of_ratio(condition, flows)
                unit = units.get(rule.place)
                if limit is None:
                    yield _with_unit(finding, rule, condition, unit)
                # The severities of one alert share the unit, which is the cause.
                elif unit != "percent" or rule.place not in in_per_cent:
                    yield replace(finding, help=ratio_help(limit, unit))
                    in_per_cent.add(rule.place)
        yield from _covering(rule, flows)


def _covering(rule: Rule, flows: Flows) -> Iterator[Finding]:
    """The `or` of two comparisons of one value of which at least one holds: `hour() > 5 or hour() < 8`."""
    for node in (one for one in _deciding_operators(flows.tree) if one.op == "or"):
        one, other = threshold(strip_parentheses(node.left)), threshold(strip_parentheses(node.right))
        if one is None or other is None or _words(one[0], rule) != _words(other[0], rule):
            continue
        if {one[1].rstrip("="), other[1].rstrip("=")} != {"<", ">"}:
            continue
        left: ValueRange | None = flows.of(_of_flows(one[0])).value.without_nan()
        for _, op, limit, _ in (one, other):
            left = None if left is None else left.narrowed(OPPOSITE[op], exact_range(limit))
        if left is not None:
            continue
        yield Finding(
            "one of these comparisons always holds: together they take every value",
            at=expr_piece(rule, node.op_span),
            help="join them with `and` for what lies between the two",
            about=rule.place,
        )


def _with_unit(finding: Finding, rule: Rule, condition: promql.Binary, unit: str | None) -> Finding:
    """The finding with the reason and the help of `query/unit`, where the unit is why it always holds."""
    compared = threshold(condition)
    found = None if compared is None else unit_mismatch(*compared[:3], unit)
    if compared is None or found is None:
        return finding
    measured = (expr_piece(rule, _of_flows(compared[0]).span), found.measured)
    return replace(finding, also=(measured,), help=found.help)


def is_always_met(rule: Rule, flows: Flows, known: QueryFlows) -> bool:
    """Whether some comparison of the rule holds whatever is measured, as `query/always` reports it."""
    conditions = result_conditions(flows.tree)
    return any(True for one in conditions for _ in _holds_always(rule, one, flows, known))


def result_conditions(tree: promql.Node) -> Iterator[promql.Binary]:
    """The comparisons of which a result has to meet one or all; not those behind `unless`."""
    return (node for node in _deciding_operators(tree) if is_comparison(node))


def _deciding_operators(tree: promql.Node) -> Iterator[promql.Binary]:
    """The comparisons, and the `and`, `or` and `unless` around them, that decide a result, from the left."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, promql.Paren):
            waiting.append(node.expr)
        elif isinstance(node, promql.Binary) and is_comparison(node):
            yield node
        elif isinstance(node, promql.Binary) and node.op in ("and", "or", "unless"):
            yield node
            waiting += [node.left] if node.op == "unless" else [node.right, node.left]


def _limits_again(
    condition: promql.Binary, all_: list[promql.Binary], rule: Rule, held: dict[int, list[Finding]]
) -> bool:
    """Whether it is the harmless end of an interval: `hour() >= 22 and hour() < 24`.

    Where each end always holds, the first is reported.
    """
    mine = threshold(condition)
    alike = [
        one
        for one in all_
        if mine is not None
        and (its := threshold(one)) is not None
        and _words(its[0], rule) == _words(mine[0], rule)
    ]
    return len(alike) > 1 and (condition is not alike[0] or not all(held[id(one)] for one in alike))


def _words(node: object, rule: Rule) -> str:
    start, end = strip_parentheses(_of_flows(node)).span
    return "".join(rule.expr[start:end].split())


def _holds_always(rule: Rule, condition: promql.Binary, flows: Flows, known: QueryFlows) -> Iterator[Finding]:
    compared = threshold(condition)
    operator = None if compared is None else next((op for op in _OPERATORS if op == compared[1]), None)
    if compared is None or operator is None:
        return
    states = unchosen_state(strip_parentheses(compared[0]))
    if states is not None and exact_range(0).always_holds(operator, exact_range(compared[2])):
        label, state = states
        yield Finding(
            f"this comparison always holds: of the series for each `{label}`, all but one are 0",
            at=expr_piece(rule, condition.op_span),
            help=f'choose one of them, as by `{label}="{state}"`',
            about=rule.place,
        )
        return
    flow = flows.of(_of_flows(compared[0]))
    value = flow.value.without_nan()
    # `…_info` is always 1: whoever compares it asks for the labels.
    # What was started in this very moment is the exception that nobody means.
    is_age = flow.value_why.reason == PASSED and (operator, compared[2]) == (">", 0)
    asked: Comparison = ">=" if is_age else operator
    if value.constant is not None or not value.always_holds(asked, exact_range(compared[2])):
        return
    if not _has_condition(compared[0], flows, known):
        also = () if flow.value_why.span == (0, 0) else ((flow.value_why.span, flow.value_why.reason),)
        yield Finding(
            f"this comparison always holds, as the left side is {flow.value.described()}",
            at=expr_piece(rule, condition.op_span),
            also=tuple((expr_piece(rule, span), text) for span, text in also),
            help="compare with a number that is not reached on a good day",
            about=rule.place,
        )


_OPERATORS: tuple[Literal["==", "!=", ">", "<", ">=", "<="], ...] = ("==", "!=", ">", "<", ">=", "<=")


def _of_flows(node: object) -> promql.Node:
    assert isinstance(node, promql.Node)
    return node


def _is_chosen_by_rule(name: str | None, known: QueryFlows) -> bool:
    """Whether a metric is recorded by a rule that chooses its series, or may do so."""
    if name is None or name not in known.recordings:
        return False
    for rule in known.recordings.rules(name):
        flows = None if rule.infer is not None else known.flows(rule.expr, conventions=True)
        if flows is None or _has_condition(flows.tree, flows, known):
            return True
    return False


def _has_condition(node: object, flows: Flows, known: QueryFlows) -> bool:
    """Whether the part that is compared already chooses its series by their values, or counts them."""
    # A 0 that fills in for nothing chooses nothing.
    fills = any(isinstance(part, promql.Binary) and part.op == "or" for part in query_nodes(_of_flows(node)))
    return any(
        is_comparison(part)
        # Of `…_info`, which is always 1, the labels are asked: a sum of them is a count.
        or (isinstance(part, promql.Selector) and flows.of(part).value.constant is not None)
        or (isinstance(part, promql.Binary) and part.op in ("and", "unless"))
        or (
            isinstance(part, promql.Call)
            and part.function in _EXISTENCE
            and not (fills and part.function == "vector")
        )
        or (isinstance(part, promql.Aggregation) and part.op in _EXISTENCE)
        or (isinstance(part, promql.Selector) and _is_chosen_by_rule(part.name, known))
        for part in query_nodes(_of_flows(node))
    )
