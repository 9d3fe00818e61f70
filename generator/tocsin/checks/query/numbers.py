"""Checks of numbers in a query: quantiles, ranges, and results that jump."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import rule_tree, strip_parentheses, written_number
from tocsin.checks.framework.rules import alerting_rules
from tocsin.checks.framework.vmalert import is_of_vmalert
from tocsin.checks.query.nodes_by_kind import parts_of
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.plan.evaluation import recorded_every
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Recording, Rule, Server

_OF_RANGES = frozenset({"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear"})
_CHOOSING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})
_ADDING = frozenset({"sum", "avg", "stddev", "stdvar"})
_NEVER_ZERO = (
    *("_limit", "_limits", "_limit_bytes", "_max", "_capacity", "_size", "_size_bytes", "total_bytes"),
    *("_period", "_capacity_bytes"),
)
"""How metrics end that are never 0."""


@check_shares("query/quantile", Level.ERROR, of_one_text=True)
def quantile(share: Share) -> Iterator[Finding]:
    """A quantile is not between 0 and 1.

    Why:
        A quantile is a share: 0.95, not 95. Above 1 the result is infinite, below 0 minus infinite, so
        the alert fires always or never.

    Fix:
        Write 0.95 for the 95th percentile.

    Bad:
        - alert: Slow
          expr: |
            histogram_quantile(95, rate(request_duration_seconds_bucket[5m]))
              > 1

    Good:
        - alert: Slow
          expr: |
            histogram_quantile(0.95, rate(request_duration_seconds_bucket[5m]))
              > 1
    """
    for rule, value, at in _quantiles(share):
        if value is not None and not 0 <= value <= 1:
            yield Finding(
                f"{value:g} is not a quantile, which is between 0 and 1",
                at=expr_piece(rule, at),
                help=f"write {value / 100:g}" if 1 < value <= 100 else None,
                about=rule.place,
            )


@check_shares("query/range", Level.WARNING, of_one_text=True)
def short_range(share: Share) -> Iterator[Finding]:
    """A range is too short for the samples that its function needs.

    Why:
        `rate` and its like need two samples. Prometheus scrapes once a minute if nothing else is configured,
        a recording rule writes one sample in an evaluation, a subquery takes one in a step. A range that
        holds less than two gives nothing at all; one that just holds two has gaps. Where Prometheus'
        configuration is checked as well, its own `scrape_interval` counts, also that of the job, and a range
        of `…_over_time` needs one sample.

    Fix:
        Make the range four times the distance of the samples.

    Bad:
        - alert: Errors
          expr: rate(errors_total[10s]) > 1

    Good:
        - alert: Errors
          expr: rate(errors_total[5m]) > 1
    """
    distances = recorded_every(share.around.recordings, share.around.server)
    for rule, call in parts_of(share).calls:
        server = share.around.server
        server = server if server is not None and server.evaluates(rule.place) else None
        found = _too_short(call, distances, server) if call.function in _OF_RANGES else None
        if call.function.endswith("_over_time") and server is not None:
            found = _without_sample(call, distances, server)
        if found is not None:
            ranged, reason, wanted = found
            yield Finding(
                f"the range of `{call.function}` is too short: {reason}",
                at=expr_piece(rule, ranged.span),
                help=f"write `[{wanted}]` or more",
                about=rule.place,
            )


@check_shares("query/topk", Level.WARNING, of_one_text=True)
def topk(share: Share) -> Iterator[Finding]:
    """An alert fires for the few largest or smallest series, which are others each time.

    Why:
        `topk` chooses anew at every evaluation. A series that drops out of the choice ends its alert,
        another one begins a new one, and `for` starts again: alerts come and go though nothing changed.

    Fix:
        Compare all series with a number; sort them where somebody looks at them.

    Bad:
        - alert: Busy
          expr: topk(5, load1) > 10
          for: 10m

    Good:
        - alert: Busy
          expr: load1 > 10
          for: 10m
    """
    for _, rule in alerting_rules(share):
        node = rule_tree(rule)
        for part in () if node is None else _surface(node):
            if isinstance(part, promql.Aggregation | logql.Aggregation) and part.op in _CHOOSING:
                if part.grouping is not None and part.grouping.how == "by":
                    continue
                yield Finding(
                    f"`{part.op}` chooses other series each time, so that alerts come and go",
                    at=expr_piece(rule, part.op_span),
                    help="compare all of them with a number",
                    about=rule.place,
                )


@check_shares("query/nan", Level.INFO, of_one_text=True)
def nan(share: Share) -> Iterator[Finding]:
    """A sum or an average adds up quotients, of which one may be a division by zero.

    Why:
        Where the divisor is 0, the quotient is not a number or infinite, and so is then the whole sum,
        whatever the other series are. A comparison with it never holds, or always.

    Fix:
        Divide the sums, or leave out what is 0: `sum(a / (b > 0))`.

    Bad:
        - alert: Errors
          expr: avg by (job) (errors / requests) > 0.1

    Good:
        - alert: Errors
          expr: sum by (job) (errors) / sum by (job) (requests) > 0.1
    """
    for rule, part in parts_of(share).aggregations:
        inner = strip_parentheses(part.expr) if part.op in _ADDING else None
        while isinstance(inner, promql.Call) and inner.function in ("label_replace", "label_join"):
            inner = strip_parentheses(inner.arguments[0])
        if not isinstance(inner, promql.Binary) or inner.op not in ("/", "%"):
            continue
        # VictoriaMetrics leaves out what is not a number.
        if _may_be_zero(inner.right) and not is_of_vmalert(rule, share.around):
            yield Finding(
                f"one division by zero spoils the whole `{part.op}`",
                at=expr_piece(rule, inner.op_span),
                also=((expr_piece(rule, part.op_span), "all quotients are added up here"),),
                help=f"divide the sums, or write `{part.op}(… / (… > 0))`",
                about=rule.place,
            )


def _quantiles(share: Share) -> Iterator[tuple[Rule | Recording, float | None, tuple[int, int]]]:
    """The numbers, where they are known, that say which quantile is meant, and their places."""
    parts = parts_of(share)
    for rule, call in parts.calls:
        if call.function in ("histogram_quantile", "quantile_over_time"):
            yield rule, written_number(call.arguments[0]), call.arguments[0].span
    for rule, part in parts.aggregations:
        if part.op == "quantile" and part.param is not None:
            yield rule, written_number(part.param), part.param.span
    for rule, ranged in parts.ranges_of_logs:
        if ranged.op == "quantile_over_time":
            yield rule, ranged.param, ranged.op_span


def _may_be_zero(divisor: promql.Node) -> bool:
    """Whether nothing in sight keeps the divisor from being 0."""
    if written_number(divisor) is not None:
        return written_number(divisor) == 0
    for part in promql.walk(divisor):
        if isinstance(part, promql.Binary) and part.op in (">", ">=", "!=", "<", "=="):
            return False
        if isinstance(part, promql.Call) and part.function in (
            "clamp_min",
            "clamp",
            "time",
            "absent",
            "vector",
            # What is there has a sample, and a CPU spends its time in one mode or the other.
            "count_over_time",
            "present_over_time",
        ):
            return False
        if isinstance(part, promql.Selector) and part.name == "node_cpu_seconds_total":
            return any(one.name == "mode" and one.op in ("=", "=~") for one in part.matchers)
        if isinstance(part, promql.Selector) and (part.name or "").lower().endswith(_NEVER_ZERO):
            return False
        if isinstance(part, promql.Aggregation) and part.op in ("count", "group"):
            return False
    return True


def _surface(node: promql.Node | logql.Node) -> Iterator[promql.Node | logql.Node]:
    """The parts that decide which series the result has: not what an aggregation or function looks into."""
    waiting = [node]
    while waiting:
        one = strip_parentheses(waiting.pop())
        yield one
        if isinstance(one, promql.Binary | logql.Binary):
            waiting.append(one.left)
            if one.op == "or" or written_number(one.left) is not None:
                waiting.append(one.right)


def _too_short(
    call: promql.Call, distances: dict[str, int], server: Server | None
) -> tuple[promql.Node, str, str] | None:
    """The range, why it is too short, and how long it should be."""
    ranged = strip_parentheses(call.arguments[0])
    if isinstance(ranged, promql.Subquery):
        step = None if ranged.step is None else ranged.step.seconds
        length = ranged.range.seconds
        if step and length is not None and length <= step:
            wanted = format_duration(int(step * 4000))
            return ranged, "it holds one step of its subquery, and two are needed", wanted
        return None
    if not isinstance(ranged, promql.Range) or ranged.range.seconds is None:
        return None
    length = ranged.range.seconds
    name = ranged.selector.name or ""
    if name in distances:
        distance = distances[name]
        if length * 1000 < 2 * distance:
            shown = format_duration(distance)
            return ranged, f"`{name}` is recorded every {shown} only", format_duration(4 * distance)
        return None
    if server is not None:
        return _between_scrapes(ranged, length, server)
    if length <= 15:
        return (
            ranged,
            f"two samples would have to be less than {length:g} s apart",
            "1m",
        )
    return None


def _without_sample(
    call: promql.Call, distances: dict[str, int], server: Server
) -> tuple[promql.Node, str, str] | None:
    """A range of `…_over_time` that holds no sample between two scrapes."""
    ranged = strip_parentheses(call.arguments[-1])
    if not isinstance(ranged, promql.Range) or ranged.range.seconds is None:
        return None
    if (ranged.selector.name or "") in distances:
        return None
    every, what = _scraped_every(ranged, server)
    distance = parse_duration(every)
    if ranged.range.seconds * 1000 >= distance:
        return None
    return ranged, f"{what} {every}, and it is empty in between", format_duration(2 * distance)


def _scraped_every(ranged: promql.Range, server: Server) -> tuple[str, str]:
    """How often the series are scraped, and how to say it; of several jobs, the fastest counts."""
    jobs = [one.value for one in ranged.selector.matchers if one.name == "job" and one.op == "="]
    if jobs and jobs[0] in server.jobs:
        return server.jobs[jobs[0]], f"`{jobs[0]}` is scraped every"
    every = min((server.scrape_interval, *server.jobs.values()), key=parse_duration)
    return every, "Prometheus scrapes every"


def _between_scrapes(
    ranged: promql.Range, length: float, server: Server
) -> tuple[promql.Node, str, str] | None:
    """A range that holds fewer than four scrapes."""
    every, what = _scraped_every(ranged, server)
    distance = parse_duration(every)
    if length * 1000 >= 4 * distance:
        return None
    return (
        ranged,
        f"{what} {every}, and four samples are needed where one may be missing",
        format_duration(4 * distance),
    )
