"""What decides whether a query returns a series: its value, that it is there at all, or nothing.

Only PromQL is looked at: a log query returns nothing where there are no lines.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.query_units import (
    is_bool,
    is_comparison,
    is_number,
    measured_part,
    strip_parentheses,
    threshold,
)
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.conventions import conventional_range
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from tocsin.checks.framework.query_units import Node
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.query_flows import QueryFlows


class Decider(IntEnum):
    """By what the series of a result are chosen, from the surest choice to none."""

    CONDITION = 0
    """Something leaves series out: a comparison, `absent`, a recording rule that may have done so."""
    PRESENCE = 1
    """That the series is there can be the condition, as in `pod_status{reason="Evicted"}`."""
    METRIC = 2
    """Every series of a metric whose name does not tell what its values mean."""
    CONSTANT = 3
    """A number that is there at any time, such as `vector(0)`."""
    VALUE = 4
    """Every series, though what it tells is its value: a counter, `up`, a rate, a sum, a quotient."""


_ASKING = frozenset({"absent", "absent_over_time"})
_COUNTING = frozenset({"count_over_time", "present_over_time"})
_SAME_SERIES = frozenset(
    {
        *("label_replace", "label_join", "sort", "sort_desc", "sort_by_label", "sort_by_label_desc", "info"),
        *("last_over_time", "first_over_time", "max_over_time", "min_over_time", "abs", "ceil", "floor"),
        *("round", "sgn", "clamp", "clamp_max", "clamp_min"),
    }
)
_OF_TRUTH = regex_on_use(r"(?:^|_)(?:up|ok|healthy|alive|online|reachable)$|^probe_success$")
_COMPUTING = frozenset({"sum", "avg", "stddev", "stdvar", "quantile"})
_MEASURING = regex_on_use(
    r"_(?:up|seconds|milliseconds|ratio|percent|percentage|celsius|sum|load(?:1|5|15)"
    r"|succeeded|success|ready|connected|synced|available|reachable)$"
)
# Labels that say whose series it is, and not in which state something is.
_WHOSE = regex_on_use(
    r"(?:exported_|kubernetes_)?(?:job|instance|cluster|env|environment|namespace|service|app|application|team|region|zone"
    r"|dc|datacenter|host|hostname|node|container|pod|device|mountpoint|tenant|project|role)",
    re.IGNORECASE,
)


def choices(flows: Flows, known: QueryFlows, seen: frozenset[str] = frozenset()) -> dict[int, Decider]:
    """The choice of every part of a query, by the identity of the node; `flows` are by convention.

    `seen` are recorded metrics whose rules are being followed.
    """
    found: dict[int, Decider] = {}
    # Inner parts come before outer ones, without recursion: a chain of operators is as deep as it is long.
    for node in reversed(list(promql.walk(flows.tree))):
        found[id(node)] = _choice(node, found, flows, known, seen)
    return found


def _choice(
    node: promql.Node, found: dict[int, Decider], flows: Flows, known: QueryFlows, seen: frozenset[str]
) -> Decider:
    match node:
        case promql.Number() | promql.String():
            return Decider.CONSTANT
        case promql.Selector():
            return _of_selector(node, flows, known, seen)
        case promql.Range():
            return found[id(node.selector)]
        case promql.Paren() | promql.Subquery():
            return found[id(node.expr)]
        case promql.Unary():
            return found[id(node.expr)] if node.sign == "+" else _computed(found[id(node.expr)])
        case promql.Call():
            return _of_call(node, [found[id(one)] for one in node.arguments])
        case promql.Aggregation():
            inner = found[id(node.expr)]
            is_count = flows.of(node.expr).value.constant is not None
            return _computed(inner) if node.op in _COMPUTING and not is_count else inner
        case promql.Binary():
            if is_bool(node) and _reads_foreign(node, known):
                return Decider.VALUE
            return _of_operator(node, found[id(node.left)], found[id(node.right)], flows)


def _of_selector(node: promql.Selector, flows: Flows, known: QueryFlows, seen: frozenset[str]) -> Decider:
    name = node.name
    if name is None or name.startswith("ALERTS"):
        return Decider.CONDITION
    if name in known.recordings:
        return _recorded(known, name, seen)
    if ":" in name:
        return Decider.CONDITION
    # `…_info` is always 1: whoever asks for it asks for its labels.
    if flows.of(node).value.constant is not None or name.endswith(("_created", "_metadata", "_labels")):
        return Decider.PRESENCE
    if not conventional_range(name).is_unbounded or _MEASURING.search(name):
        return Decider.VALUE
    if all(_WHOSE.fullmatch(one.name) for one in node.matchers):
        return Decider.METRIC
    return Decider.PRESENCE


def _reads_foreign(node: promql.Binary, known: QueryFlows) -> bool:
    """Whether all that is compared comes from recording rules which are not here: the value is asked."""
    sides = [strip_parentheses(side) for side in (node.left, node.right) if not is_number(side)]
    names = [side.name if isinstance(side, promql.Selector) else None for side in sides]
    return bool(names) and all(
        name is not None and ":" in name and name not in known.recordings for name in names
    )


@answered_once
def _recorded(known: QueryFlows, name: str, seen: frozenset[str]) -> Decider:
    """What a recording rule leaves out is a condition as well; where it leaves nothing out, there is none."""
    worst = Decider.VALUE
    for rule in () if name in seen else known.recordings.rules(name):
        flows = None if rule.infer is not None else known.flows(rule.expr, conventions=True)
        if flows is None or flows.result.empty is not None:
            return Decider.CONDITION
        worst = min(worst, choices(flows, known, seen | {name})[id(flows.tree)])
    return Decider.CONDITION if name in seen or worst < Decider.METRIC else Decider.VALUE


def _of_call(node: promql.Call, arguments: list[Decider]) -> Decider:
    name = node.function
    if name in _ASKING:
        return Decider.CONDITION
    if name in ("vector", "scalar") or not arguments:
        return Decider.CONSTANT
    if name in _COUNTING:
        return min(arguments[0], Decider.PRESENCE)
    if name in _SAME_SERIES:
        return arguments[0]
    return _computed(_least(*arguments))


def _of_operator(node: promql.Binary, left: Decider, right: Decider, flows: Flows) -> Decider:
    if is_comparison(node):
        return Decider.CONDITION
    if node.op == "or":
        sides = (strip_parentheses(node.left), strip_parentheses(node.right))
        if Decider.PRESENCE in (left, right) and compares_the_other(*sides):
            return Decider.VALUE
        return max(left, right)
    if node.op == "and":
        if Decider.CONDITION in (left, right):
            return Decider.CONDITION
        if left is Decider.CONSTANT:
            return right
        return left if left is Decider.VALUE and right >= Decider.CONSTANT else Decider.PRESENCE
    if node.op == "unless":
        # Which series are missing elsewhere is a question of its own; of a probe, its value is asked.
        probe = strip_parentheses(node.left)
        others = {one.name for one in promql.walk(node.right) if isinstance(one, promql.Selector)}
        is_truth = isinstance(probe, promql.Selector) and tells_truth(probe) and probe.name != "up"
        # What is compared with itself asks which series are new, or gone.
        is_truth = is_truth and isinstance(probe, promql.Selector) and probe.name not in others
        excepts = right in (Decider.METRIC, Decider.PRESENCE) or _is_switch(node.right)
        return left if is_truth and excepts else Decider.CONDITION
    if node.op == "*":
        # `* on (pod) group_left (node) kube_pod_info` adds labels only.
        if left is Decider.PRESENCE and flows.of(node.left).value.constant == 1:
            return right
        if right is Decider.PRESENCE and flows.of(node.right).value.constant == 1:
            return left
    both = _least(left, right)
    if node.op == "*" and both is Decider.PRESENCE and Decider.CONSTANT not in (left, right):
        return Decider.PRESENCE
    return _computed(both)


def _is_switch(node: promql.Node) -> bool:
    """Whether a metric is asked for being on: `maintenance == 1`."""
    compared = threshold(node)
    switched = {("==", 1.0), (">", 0.0), ("!=", 0.0), (">=", 1.0)}
    is_plain = compared is not None and isinstance(strip_parentheses(compared[0]), promql.Selector)
    return is_plain and compared is not None and compared[1:3] in switched


def compares_the_other(one: Node, other: Node) -> bool:
    """Whether one side of an `or` compares the metric that the other side reads as it is."""
    for plain, compared in ((one, other), (other, one)):
        if isinstance(plain, promql.Selector) and plain.name and is_comparison(compared):
            measured = measured_part(compared)
            if isinstance(measured, promql.Selector) and measured.name == plain.name:
                return True
    return False


def _least(*given: Decider) -> Decider:
    """The choice of what needs a series of each; a constant chooses nothing."""
    return min((one for one in given if one is not Decider.CONSTANT), default=Decider.CONSTANT)


def _computed(inner: Decider) -> Decider:
    return inner if inner in (Decider.CONDITION, Decider.CONSTANT) else Decider.VALUE


def tells_truth(node: promql.Node) -> bool:
    """Whether it is a metric that is 1 when all is well and 0 when not, as `up` is."""
    name = node.name if isinstance(node, promql.Selector) else None
    return name is not None and _OF_TRUTH.search(name) is not None
