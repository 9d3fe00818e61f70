"""Checks of functions that are for counters, or for gauges, and get the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import query_nodes, query_parts, strip_parentheses, threshold
from tocsin.checks.query.nodes_by_kind import parts_of
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Recording, Rule

_OF_COUNTERS = frozenset({"rate", "irate", "increase"})
_OF_GAUGES = frozenset({"delta", "idelta", "deriv", "predict_linear"})
# Only what is a gauge wherever the conventions are kept: sizes in bytes are counters in old exporters.
_GAUGE = regex_on_use(
    r"(?:_(?:ratio|percent|percentage|celsius|fahrenheit|temperature|in_progress|in_flight|info|timestamp"
    r"|timestamp_seconds|start_time_seconds|boot_time_seconds|uptime_seconds|available_bytes|free_bytes|avail_bytes"
    r"|connected_clients|connected_slaves|blocked_clients|goroutines|threads|open_fds|queue_length|queue_depth"
    r"|replicas|replicas_(?:available|ready|unavailable|desired|updated)|status_phase|status_condition|lag"
    r"|temp|humidity|battery|voltage|power_watts|queue_size|queue_messages|messages_ready"
    r"|messages_unacked|messages_unacknowledged|last_(?:[a-z]+_){0,3}time(?:_seconds)?"
    r"|resident_memory_bytes|virtual_memory_bytes|heap_inuse_bytes|working_set_bytes|numbackends|database_size_bytes|threads_connected|threads_running|connections_active|limit_bytes|usage_bytes|used_bytes|utilization|load1|load5|load15))$"
    r"|^node_memory_(?:Mem|Swap)(?:Available|Free|Total)_bytes$"
    r"|^kube_job_status_(?:failed|succeeded|active)$|^kube_[a-z]+_(?:status_)?(?:start_time|created)$"
    r"|^pg_(?:stat_activity|locks)_count$"
)
_TIME = regex_on_use(
    r"_(?:timestamp|timestamp_seconds|start_time_seconds|boot_time_seconds|last_(?:[a-z]+_){0,3}time(?:_seconds)?)$"
    r"|^kube_[a-z]+_(?:status_)?(?:start_time|created)$"
)
_COUNTER = regex_on_use(r"_total$")


@check_shares("query/rate-of-gauge", Level.WARNING, of_one_text=True)
def rate_of_gauge(share: Share) -> Iterator[Finding]:
    """A function for counters is used on a metric that is a gauge by its name.

    Why:
        `rate`, `irate` and `increase` take every fall of the number for a restart from 0, and add it. Of a
        temperature, a ratio or free memory they give numbers that mean nothing.

    Fix:
        Write `deriv` for the speed of a gauge and `delta` for how much it changed; `changes` for a time,
        such as that of the last start, to ask whether something has happened.

    Bad:
        - alert: Heat
          expr: rate(room_temperature_celsius[15m]) > 0.01

    Good:
        - alert: Heat
          expr: deriv(room_temperature_celsius[15m]) > 0.01
    """
    for rule, call in _calls(share, _OF_COUNTERS | {"resets"}):
        ranged = strip_parentheses(call.arguments[0])
        name = ranged.selector.name if isinstance(ranged, promql.Range) else None
        if isinstance(ranged, promql.Range) and name is not None and _GAUGE.search(name):
            if call.function == "resets" and not _TIME.search(name):
                # Whoever asks a gauge for its falls may mean that.
                continue
            better = "delta" if call.function == "increase" else "deriv"
            if _TIME.search(name):
                # A time that moves on says that something has happened.
                better = "changes"
            yield Finding(
                f"`{call.function}` is for counters, and `{name}` is a gauge by its name",
                at=expr_piece(rule, call.name_span),
                also=((expr_piece(rule, ranged.selector.span), "a gauge goes up and down"),),
                help=f"write `{better}(…)`",
                about=rule.place,
            )


@check_shares("query/delta-of-counter", Level.INFO, of_one_text=True)
def delta_of_counter(share: Share) -> Iterator[Finding]:
    """A function for gauges is used on a metric that is a counter by its name.

    Why:
        A counter starts at 0 when its process does. `increase` and `rate` know that; `delta` and `deriv`
        take it for a fall, so that every restart gives a wrong, often negative number.

    Fix:
        Write `increase` for `delta`, `rate` for `deriv`.

    Bad:
        - alert: Errors
          expr: delta(errors_total[5m]) > 10

    Good:
        - alert: Errors
          expr: increase(errors_total[5m]) > 10
    """
    for rule, call in _calls(share, _OF_GAUGES):
        ranged = strip_parentheses(call.arguments[0])
        name = ranged.selector.name if isinstance(ranged, promql.Range) else None
        if (
            isinstance(ranged, promql.Range)
            and name is not None
            and _COUNTER.search(name)
            and ":" not in name
            and id(call) not in _asked_to_fall(rule)
        ):
            better = {"delta": "increase", "deriv": "rate", "idelta": "irate"}.get(call.function)
            yield Finding(
                f"`{call.function}` is for gauges, and `{name}` is called like a counter",
                at=expr_piece(rule, call.name_span),
                also=(
                    (expr_piece(rule, ranged.selector.span), "a counter falls to 0 when its process starts"),
                ),
                help=f"write `{better}(…)`, if it is one" if better else None,
                about=rule.place,
            )


@check_shares("query/rate-of-sum", Level.WARNING, of_one_text=True)
def rate_of_sum(share: Share) -> Iterator[Finding]:
    """A rate is taken of a sum of counters.

    Why:
        When one process restarts, its counter falls to 0 and the sum falls too. `rate` takes that for a
        restart of everything and adds the whole sum once more: a spike that never was.

    Fix:
        Take the rates first, and add them: `sum(rate(…))`.

    Bad:
        - alert: Errors
          expr: rate(sum by (job) (errors_total)[5m:]) > 1

    Good:
        - alert: Errors
          expr: sum by (job) (rate(errors_total[5m])) > 1
    """
    recorded: dict[str, list[Recording]] = {}
    for _, one in share.around.recordings:
        recorded.setdefault(one.record, []).append(one)
    for rule, call in _calls(share, _OF_COUNTERS):
        ranged = strip_parentheses(call.arguments[0])
        if isinstance(ranged, promql.Subquery):
            inner = _sum(ranged.expr)
            if inner is not None:
                yield Finding(
                    f"`{call.function}` of a sum takes the restart of one process for that of all",
                    at=expr_piece(rule, call.name_span),
                    also=((expr_piece(rule, inner.op_span), "the sum of several counters"),),
                    help=f"take the rate first: `{inner.op}({call.function}(…[…]))`",
                    about=rule.place,
                )
        elif isinstance(ranged, promql.Range) and (ranged.selector.name or "") in recorded:
            rules_of_it = recorded[ranged.selector.name or ""]
            trees = [promql_tree(one.expr) for one in rules_of_it]
            sums = [None if tree is None else _sum(tree) for tree in trees]
            if all(sums) and sums[0] is not None:
                yield Finding(
                    f"`{ranged.selector.name}` is a sum of counters: "
                    f"`{call.function}` of it takes the restart of one process for that of all",
                    at=expr_piece(rule, call.name_span),
                    also=((expr_piece(rules_of_it[0], sums[0].op_span), "it is summed here"),),
                    help="record the sum of the rates instead",
                    about=rule.place,
                )


@check_shares("query/bucket-total", Level.WARNING, of_one_text=True)
def bucket_total(share: Share) -> Iterator[Finding]:
    """A quantile is taken of all that a histogram has counted since its process started.

    Why:
        Buckets are counters. Without `rate`, an hour of slow requests hardly moves the quantile of a
        process that has run for a month: the alert comes late or never, and stays for days.

    Fix:
        Write `histogram_quantile(0.9, sum by (le, …) (rate(…_bucket[5m])))`.

    Bad:
        - alert: Slow
          expr: histogram_quantile(0.9, request_duration_seconds_bucket) > 1

    Good:
        - alert: Slow
          expr: |
            histogram_quantile(0.9, rate(request_duration_seconds_bucket[5m]))
              > 1
    """
    for rule, call in _calls(share, frozenset({"histogram_quantile"})):
        inner = strip_parentheses(call.arguments[1]) if len(call.arguments) == 2 else None
        while isinstance(inner, promql.Aggregation):
            inner = strip_parentheses(inner.expr)
        if isinstance(inner, promql.Selector) and (inner.name or "").endswith("_bucket"):
            if ":" in (inner.name or ""):
                continue
            yield Finding(
                "this is the quantile of everything since the process started",
                at=expr_piece(rule, inner.span),
                help=f"write `rate({inner.name}[5m])`",
                about=rule.place,
            )


def _asked_to_fall(rule: Rule | Recording) -> frozenset[int]:
    """The parts of a query that are asked for falls, or whatever their sign: their metrics can fall."""
    found: set[int] = set()
    for node in query_parts(rule):
        if isinstance(node, promql.Call) and node.function == "abs":
            found.add(id(strip_parentheses(node.arguments[0])))
        compared = threshold(node) if isinstance(node, promql.Binary) else None
        if compared is not None and compared[1] in ("<", "<=") and compared[2] <= 0:
            found.update(map(id, query_nodes(compared[0])))
    return frozenset(found)


def _calls(share: Share, functions: frozenset[str]) -> Iterator[tuple[Rule | Recording, promql.Call]]:
    for rule, call in parts_of(share).calls:
        if call.function in functions:
            yield rule, call


def _sum(node: promql.Node) -> promql.Aggregation | None:
    """The aggregation, where an expression is a sum of counters and of no rates."""
    while isinstance(node, promql.Paren):
        node = node.expr
    if not isinstance(node, promql.Aggregation) or node.op != "sum":
        return None
    inner = strip_parentheses(node.expr)
    name = inner.name or "" if isinstance(inner, promql.Selector) else ""
    counts = name.endswith(("_total", "_count", "_sum", "_bucket")) and ":" not in name
    return node if counts else None
