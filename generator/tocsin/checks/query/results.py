"""Checks of what a query returns: never anything, or a part that says nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.kept_labels import edit_to_keep
from tocsin.checks.framework.labels_from_outside import asks_for_outside_label
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.query_units import (
    is_comparison,
    strip_parentheses,
    threshold,
    written_number,
)
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.checks.framework.vmalert import has_broadcast, is_of_vmalert
from tocsin.checks.query.pairing import pairing_help
from tocsin.checks.query.percentages import (
    multiplied_inside,
    multiplied_whole,
    per_cent_of_ratio,
    ratio_help,
    units_by_place,
)
from tocsin.checks.query.same_series import help_where_same
from tocsin.checks.query.split_alerts import splits_by_everything
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.clashes import why_contradictory
from tocsin.lang.promql.flow import promql_flow
from tocsin.lang.promql.flow.clock import BY_NAMES, condition_of
from tocsin.lang.promql.flow.ratio import cancelled, is_taken_from_itself
from tocsin.plan.model import Engine
from tocsin.plan.outside_labels import recorded_names, result_from_any_source
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.flow.model import Why
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Recording, Rule
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.source.place import Place


_ABSENT = "ask for what is missing: `absent_over_time(…[15m])`, or `… offset 15m unless …` by series"


@check_shares("query/empty", Level.ERROR)
def empty(share: Share) -> Iterator[Finding]:
    """A query can never return anything, whatever is measured.

    Why:
        The alert never fires, which goes unnoticed, because silence is what a good day looks like. `count` of
        nothing is not 0 but nothing; a join on a label that one side does not have finds no partner.

    Fix:
        `absent(…)` asks whether something is missing. In a join, keep the labels that both sides need.

    Bad:
        - alert: NoWorkers
          expr: count(up{job="worker"} == 1) == 0

    Good:
        - alert: NoWorkers
          expr: absent(up{job="worker"} == 1)
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        flow = known.result(rule)
        if flow is None or flow.empty is None or not _is_measured(rule):
            continue
        if is_of_vmalert(rule, share.around) and has_broadcast(rule, known):
            continue
        if _asks_for_the_rest(rule, share):
            continue
        from_any = result_from_any_source(rule)
        if from_any is not None and from_any.empty is not None:
            yield _never(rule, "this query can never return anything", flow.empty, known)


def _is_measured(rule: Rule | Recording) -> bool:
    """Whether a rule can be meant to fire: one of constants alone, such as `vector(1) == 0`, is a trial."""
    if rule.engine is not Engine.PROMETHEUS:
        return True
    return any(
        isinstance(part, promql.Selector) or (isinstance(part, promql.Call) and part.function != "vector")
        for part in promql_parts(rule.expr)
    )


def _asks_for_the_rest(rule: Rule | Recording, share: Share) -> bool:
    """Whether a rule is the half of an alert for what a setting leaves over, and it leaves nothing."""
    return rule.engine is Engine.PROMETHEUS and any(
        matcher.op == "!~" and splits_by_everything(rule, matcher.name, matcher.value, share.around)
        for part in promql_parts(rule.expr)
        if isinstance(part, promql.Selector)
        for matcher in part.matchers
    )


@check_shares("query/empty-by-name", Level.WARNING)
def empty_by_name(share: Share) -> Iterator[Finding]:
    """A query can never return anything if its metrics are what their names say.

    Why:
        A metric called `…_total` is never negative, `up` is 0 or 1, a part of a whole is at most 1. A
        comparison with a number outside of that never holds, so the alert never fires. Likewise, series
        with the name of a recording rule are taken to come from this rule alone, with its labels. A sample
        is seen for five minutes (`--query.lookback-delta`), so `time() - timestamp(x)` stays below that.

    Fix:
        Compare with a number that the query can reach; a ratio is compared with 0.8, not with 80. Ask a
        recorded metric for labels that its rule keeps.

    Bad:
        - alert: Errors
          expr: |
            sum(rate(requests_total{code="500"}[5m]))
              / sum(rate(requests_total[5m])) > 5

    Good:
        - alert: Errors
          expr: |
            sum(rate(requests_total{code="500"}[5m]))
              / sum(rate(requests_total[5m])) > 0.05
    """
    known = share.around.flows
    units = units_by_place(share)
    # The severities of one alert share their query, and mostly the cause.
    by_place: dict[Place, list[Finding]] = {}
    for _, rule in rules_with_groups(share):
        # What follows from an objective is judged where the objective is.
        if rule.engine is not Engine.PROMETHEUS or rule.written.is_derived:
            continue
        sure = known.result(rule)
        if sure is not None and sure.empty is not None:
            from_any = result_from_any_source(rule)
            if (
                from_any is not None
                and from_any.empty is None
                and not asks_for_outside_label(rule, share.around)
                and not _reads_empty_recording(rule, share)
            ):
                names = " and ".join(f"`{name}`" for name in recorded_names(rule, known))
                only = f"if nothing but its recording rule writes {names}, this query never returns anything"
                by_place.setdefault(rule.place, []).append(_never(rule, only, sure.empty, known))
            continue
        flow = known.result(rule, conventions=True)
        if sure is not None and flow is not None and flow.empty is not None and not _tells_info(rule):
            condition = condition_of(flow.empty)
            finding = _never(rule, f"{condition}, this query never returns anything", flow.empty, known)
            if condition != BY_NAMES:
                finding = replace(finding, help=_ABSENT)
            flows = known.flows(rule.expr, conventions=True)
            limit = None if flows is None else per_cent_of_ratio(flows.tree, flows)
            if limit is not None:
                finding = replace(finding, help=ratio_help(limit, units.get(rule.place)))
            elif flows is not None and multiplied_whole(flows.tree):
                finding = replace(finding, help="multiply the part by 100, and not the whole: `… * 100 / …`")
            elif flows is not None and multiplied_inside(flows.tree):
                finding = replace(finding, help="write `(1 - …) * 100`, or `100 - … * 100`")
            by_place.setdefault(rule.place, []).append(finding)
    for place, (first, *others) in by_place.items():
        if place in units:
            more = tuple((one.at, one.label) for one in others)
            yield replace(first, also=(*first.also, *more))
        else:
            yield from (first, *others)


@check_shares("query/dead-part", Level.WARNING)
def dead_part(share: Share) -> Iterator[Finding]:
    """A part of a query can never return anything, or an `unless` can never take anything away.

    Why:
        The query still works, but a condition that somebody wrote does nothing: an alternative that never
        comes, an exception that never holds.

    Fix:
        Fix the part, or remove it. Between vectors, `unless` compares all labels: `unless on (job)`
        compares those that both sides have.

    Bad:
        - alert: Busy
          expr: load{job="node"} > 10 unless sum(maintenance)

    Good:
        - alert: Busy
          expr: load{job="node"} > 10 unless on () sum(maintenance)
    """
    known = share.around.flows
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or not any(map(_may_lose_a_side, promql_parts(rule.expr))):
            continue
        # What follows from an objective is judged where the objective is.
        if rule.written.is_derived:
            continue
        flows = known.flows(rule.expr, conventions=True)
        if flows is None or flows.result.empty is not None:
            continue
        for node in promql.walk(flows.tree):
            if isinstance(node, promql.Binary) and _may_lose_a_side(node):
                yield from _dead(rule, node, flows, known)


def _reads_empty_recording(rule: Rule | Recording, share: Share) -> bool:
    """Whether a recording rule that a rule reads returns nothing itself: there it is told."""
    known = share.around.flows
    names = frozenset(recorded_names(rule, known))
    results = [known.result(one) for _, one in share.around.recordings if one.record in names]
    return any(one is not None and one.empty is not None for one in results)


def _never(rule: Rule | Recording, message: str, why: Why, known: QueryFlows) -> Finding:
    deeper = why.because
    also = []
    while deeper is not None:
        if deeper.span not in ((0, 0), why.span):
            also.append((expr_piece(rule, deeper.span), deeper.reason))
        deeper = deeper.because
    return Finding(
        f"{message}: {why.reason}" if why.span == (0, 0) else message,
        at=rule.written.expr if why.span == (0, 0) else expr_piece(rule, why.span),
        label="" if why.span == (0, 0) else why.reason,
        also=tuple(also),
        help=_opposites(rule, why, known)
        or _counted(rule, why, known)
        or _without_buckets(rule, why)
        or _meeting_itself(rule, why, known)
        or _joined(rule, why, known),
        about=rule.place,
    )


def _without_buckets(rule: Rule | Recording, why: Why) -> str | None:
    """What to write where `histogram_quantile` finds no buckets."""
    lost = why.because if "`le`" in why.reason else None
    edit = None if lost is None else edit_to_keep(rule, "le", lost)
    return None if edit is None else f"{edit}, so that the buckets are still there"


def _meeting_itself(rule: Rule | Recording, why: Why, known: QueryFlows) -> str | None:
    """What to write where a comparison never holds as each series is divided by itself, or taken from it."""
    flows = known.flows(rule.expr) if why.because is not None and rule.engine is Engine.PROMETHEUS else None
    for node in () if flows is None else promql.walk(flows.tree):
        if (
            isinstance(node, promql.Binary)
            and why.because is not None
            and node.op_span == why.because.span
            and (cancelled(node) is not None or is_taken_from_itself(node))
        ):
            return help_where_same(node)
    return None


def _opposites(rule: Rule | Recording, why: Why, known: QueryFlows) -> str | None:
    """What to write where two comparisons of the same value never hold at once."""
    flows = known.flows(rule.expr) if rule.engine is Engine.PROMETHEUS else None
    for node in () if flows is None else promql.walk(flows.tree):
        if (
            isinstance(node, promql.Binary)
            and node.op_span == why.span
            and why_contradictory(node, written_number) is not None
        ):
            return "if one of them is enough, write `or` for `and`"
    return None


def _joined(rule: Rule | Recording, why: Why, known: QueryFlows) -> str | None:
    """What to write where two sides have no labels in common."""
    flows = known.flows(rule.expr) if rule.engine is Engine.PROMETHEUS else None
    if flows is None or "partner" not in why.reason:
        return None
    for node in promql.walk(flows.tree):
        if isinstance(node, promql.Binary) and node.op_span == why.span and node.matching.how is None:
            side = node.right if why.reason.startswith("only the right") else node.left
            return pairing_help(node, side, flows)
    return None


def _counted(rule: Rule | Recording, why: Why, known: QueryFlows) -> str | None:
    """What to write where a count is compared with 0."""
    flows = known.flows(rule.expr, conventions=True) if rule.engine is Engine.PROMETHEUS else None
    for node in () if flows is None else promql.walk(flows.tree):
        if isinstance(node, promql.Binary) and is_comparison(node) and node.op_span == why.span:
            left = strip_parentheses(node.left)
            if (
                isinstance(left, promql.Aggregation)
                and left.op == "count"
                and written_number(node.right) in (0, 1)
            ):
                # What `vector(0)` adds to groups would always be 0.
                whole = "" if left.grouping else ", or `(count(…) or vector(0)) == 0`"
                return f"`count` of nothing is not 0: write `absent(…)`{whole}"
    return None


def _tells_info(rule: Rule | Recording) -> bool:
    """Whether an expression asks where a metric `…_info` is not 1, which says that it has other values."""
    for node in promql_parts(rule.expr):
        compared = threshold(node) if isinstance(node, promql.Binary) and node.op == "!=" else None
        value = None if compared is None else strip_parentheses(compared[0])
        if isinstance(value, promql.Selector) and (value.name or "").endswith("_info"):
            return True
    return False


def _may_lose_a_side(node: promql.Node) -> bool:
    """Whether the rest of a query can still return something when a side of it does not."""
    return isinstance(node, promql.Binary) and node.op in ("or", "unless")


def _dead(rule: Rule | Recording, node: promql.Binary, flows: Flows, known: QueryFlows) -> Iterator[Finding]:
    sides = (node.left, node.right) if node.op == "or" else (node.right,)
    for side in sides:
        why = flows.of(side).empty
        if why is not None:
            message = "this part of the query can never return anything"
            yield _never(rule, message, why, known)
            return
    if node.op == "unless" and flows.of(node.left).empty is None:
        both = promql_flow(replace(node, op="and"), known.recordings, conventions=True)
        if both.empty is not None:
            yield Finding(
                f"this `unless` can never remove anything: {both.empty.reason}",
                at=expr_piece(rule, node.op_span),
                also=()
                if both.empty.span in ((0, 0), node.op_span)
                else ((expr_piece(rule, both.empty.span), "here"),),
                help="say which labels both sides share: `unless on (…)`"
                if why_contradictory(replace(node, op="and"), written_number) is None
                else "leave it out, or compare with a number that the left side can have",
                about=rule.place,
            )
