"""Checks of an alerting rule as a whole: its condition, and what its texts say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.alert.returned_series import Decider, choices, compares_the_other, tells_truth
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import logql_tree, promql_tree
from tocsin.checks.framework.query_units import (
    is_bool,
    is_comparison,
    measured_part,
    metric_names,
    query_nodes,
    rule_tree,
    strip_parentheses,
)
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.flow.value_range import TRUTH
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.conventions import conventional_range
from tocsin.lang.regexes import literal_texts
from tocsin.lang.tokens import SET_OPERATORS
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Rule
    from tocsin.plan.query_flows import QueryFlows


_TRUTHS = frozenset({"true", "false", "yes", "no", "on", "off"})
_OF_STATE = frozenset({"state", "status", "health", "condition"})
_BAD = regex_on_use(
    r"(?i)(?:\^?\(?(?:\?:)?(?:warn(?:ing)?|crit(?:ical)?|err(?:or)?|fail(?:ed|ing|ure)?|unhealthy|degraded|bad"
    r"|faulty?|offline|down|broken|non-?recoverable)\)?\$?\|?)+"
)
"""States that are bad news in themselves, one or several."""
_ALL_KNOWN = 4
"""Who excludes so many values by name asks for those that nobody has thought of."""


@check_shares("alert/no-condition", Level.WARNING)
def no_condition(share: Share) -> Iterator[Finding]:
    """An alert has no condition: it fires for whatever the query returns, be it 0.

    Why:
        Every series that a query returns is an alert. A query that measures something returns its series
        on good days too, so the alert fires as long as there are any. `or` binds looser than a comparison:
        `a or b > 0` compares `b` only, and fires for every series of `a`.

    Fix:
        Compare the value: `pg_up == 0`, `(a or b) > 0`. Where a metric is there only when something is
        wrong, `> 0` changes nothing and says so.

    Bad:
        - alert: PostgresDown
          expr: pg_up

    Good:
        - alert: PostgresDown
          expr: pg_up == 0
    """
    known = share.around.flows
    for _, rule in alerting_rules(share):
        if rule.engine is Engine.LOKI:
            yield from _number_beside_logs(rule)
        top = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        if top is None or is_comparison(strip_parentheses(top)) or is_bool(strip_parentheses(top)):
            continue
        flows = known.flows(rule.expr, conventions=True)
        # Without a metric it is there at any time, as a watchdog has to be.
        if flows is None or flows.result.empty is not None or not metric_names(flows.tree):
            continue
        chosen = choices(flows, known)
        if chosen[id(flows.tree)] <= Decider.PRESENCE:
            yield from _unread_bools(rule, flows.tree, known)
            continue
        part = _without_condition(flows.tree, chosen)
        # `alert/bool` reports a comparison that gives 1 or 0 for each series of a result.
        if any(map(is_bool, _returned(part))) or (
            _is_asked_by_label(part) and not _is_compared_beside(part, flows.tree)
        ):
            continue
        if part is strip_parentheses(flows.tree):
            yield Finding(
                f"`{rule.alert}` compares nothing: it fires for every series, whatever its value",
                at=rule.written.expr,
                help=_comparison_for(part, rule),
                about=rule.place,
            )
        else:
            constant = chosen[id(part)] is Decider.CONSTANT
            what = "it is always there" if constant else "it fires for every series, whatever its value"
            yield Finding(
                f"this side of the `or` of `{rule.alert}` compares nothing: {what}",
                at=expr_piece(rule, part.span),
                help=_help_with_or(flows, part, constant=constant),
                about=rule.place,
            )


def _number_beside_logs(rule: Rule) -> Iterator[Finding]:
    """The side of an `or` that is there without any line: `count_over_time(…) or vector(0)`."""
    top = logql_tree(rule.expr) if "vector" in rule.expr else None
    sides = [] if top is None else list(_returned(top))
    for side in sides if len(sides) > 1 else ():
        if isinstance(side, logql.Vector):
            yield Finding(
                f"this side of the `or` of `{rule.alert}` compares nothing: it is always there",
                at=expr_piece(rule, side.span),
                help="compare the whole, as in `(… or vector(0)) == 0`, or leave it out",
                about=rule.place,
            )


def _unread_bools(rule: Rule, top: promql.Node, known: QueryFlows) -> Iterator[Finding]:
    """The metrics before `and` or `unless` that a rule records as 1 or 0, and nothing reads the number."""
    for part in _returned(top):
        name = part.name if isinstance(part, promql.Selector) and part is not strip_parentheses(top) else None
        if name is None or name not in known.recordings:
            continue
        trees = [promql_tree(one.expr) for one in known.recordings.rules(name)]
        if all(tree is not None and is_bool(strip_parentheses(tree)) for tree in trees):
            yield Finding(
                f"`{rule.alert}` fires whether `{name}` is 1 or 0: its rule records both, with `bool`",
                at=expr_piece(rule, part.span),
                help=f"compare it: `{rule.expr[slice(*part.span)]} == 1`",
                about=rule.place,
            )


def _is_compared_beside(part: promql.Node, tree: promql.Node) -> bool:
    """Whether the other side of an `or` compares the same metric, so that its value is what is asked."""
    return any(
        isinstance(node, promql.Binary)
        and node.op == "or"
        and part in (_inner(node.left), _inner(node.right))
        and compares_the_other(_inner(node.left), _inner(node.right))
        for node in promql.walk(tree)
    )


def _is_asked_by_label(part: Node) -> bool:
    """Whether a label says what is wrong, as in `up{vault_sealed="true"}`: to be there is the condition.

    So does a label that is none of the values that are known: `mode!~"user|system|idle|iowait"`.
    """
    if any(map(is_bool, query_nodes(part))):
        return False
    selectors = [one for one in query_nodes(part) if isinstance(one, promql.Selector)]
    # A condition of a node is there at any time, as 1 or 0.
    if any(conventional_range(one.name or "") == TRUTH and one.name != "up" for one in selectors):
        return False
    return bool(selectors) and all(
        any(_says_what_is_wrong(one) for one in selector.matchers) for selector in selectors
    )


def _says_what_is_wrong(matcher: promql.LabelMatcher) -> bool:
    if matcher.name in _OF_STATE and _BAD.fullmatch(matcher.value):
        return matcher.op in ("=", "=~")
    if matcher.op == "=":
        return matcher.value.lower() in _TRUTHS
    known = literal_texts(matcher.value) if matcher.op == "!~" else None
    return known is not None and len(known) >= _ALL_KNOWN


@check_shares("alert/bool", Level.ERROR, of_one_text=True)
def returns_bool(share: Share) -> Iterator[Finding]:
    """An alert's condition is a comparison with `bool`, which also returns what does not hold.

    Why:
        With `bool` a comparison returns 1 or 0 for each series instead of leaving out those for which it
        does not hold. Each of them is an alert, whether 1 or 0.

    Fix:
        Leave `bool` out.

    Bad:
        - alert: Full
          expr: disk_used_ratio > bool 0.9

    Good:
        - alert: Full
          expr: disk_used_ratio > 0.9
    """
    for _, rule in alerting_rules(share):
        node = rule_tree(rule)
        for top in () if node is None else _returned(node):
            if not isinstance(top, promql.Binary | logql.Binary) or not is_bool(top):
                continue
            if not any(map(is_comparison, query_nodes(top))):
                yield Finding(
                    f"`{rule.alert}` fires for every series: `bool` returns 0 instead of nothing",
                    at=expr_piece(rule, top.op_span),
                    help="leave `bool` out",
                    about=rule.place,
                )


def _returned(node: Node) -> Iterator[Node]:
    """The parts whose series a query returns: the sides of `or`, the left sides of `and` and `unless`."""
    waiting = [strip_parentheses(node)]
    while waiting:
        one = waiting.pop()
        if isinstance(one, promql.Binary | logql.Binary) and one.op in SET_OPERATORS:
            waiting += (
                [strip_parentheses(one.right), strip_parentheses(one.left)]
                if one.op == "or"
                else [strip_parentheses(one.left)]
            )
        else:
            yield one


def _without_condition(node: promql.Node, chosen: dict[int, Decider]) -> promql.Node:
    """The part that lets every series through: a side of `or`, or all."""
    found = _inner(node)
    while isinstance(found, promql.Binary) and found.op == "or":
        sides = (_inner(found.left), _inner(found.right))
        if chosen[id(found)] is Decider.VALUE and compares_the_other(*sides):
            return sides[is_comparison(sides[0])]
        # Where neither side compares, the whole has no condition.
        if all(chosen[id(side)] > Decider.PRESENCE for side in sides):
            return found
        found = max(sides, key=lambda side: chosen[id(side)])
    return found


def _inner(node: promql.Node) -> promql.Node:
    while isinstance(node, promql.Paren):
        node = node.expr
    return node


def _comparison_for(part: promql.Node, rule: Rule) -> str:
    if any(isinstance(one, promql.Binary) and is_bool(one) for one in promql.walk(part)):
        return "leave `bool` out, and join the comparisons with `and`; or compare the result, as in `== 1`"
    value = measured_part(part)
    if isinstance(value, promql.Selector) and tells_truth(value):
        return f"compare the value: `{rule.expr[slice(*value.span)]} == 0`"
    if isinstance(value, promql.Aggregation) and value.op in ("count", "group"):
        return "compare with the expected number: a count of existing series is always above 0"
    return "add a comparison, such as `> 0`"


def _help_with_or(flows: Flows, part: promql.Node, *, constant: bool) -> str:
    for node in promql.walk(flows.tree):
        if isinstance(node, promql.Binary) and node.op == "or" and _inner(node.left) is part:
            other = _inner(node.right)
            if isinstance(other, promql.Binary) and other is node.right and is_comparison(other):
                said = f"`or` binds looser than `{other.op}`"
                if flows.of(other.left).always and not flows.of(part).has_one_series:
                    return f"{said}: compare this side, and leave the other one out, which always holds"
                return f"{said}: write `(… or …) {other.op} …`"
    return "leave it out" if constant else "compare it too: each side of `or` has a condition of its own"
