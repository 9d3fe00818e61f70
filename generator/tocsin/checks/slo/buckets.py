"""Buckets of a histogram of durations that are counted as what is bad."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.diagnostics.model import Level
from tocsin.lang.promql.ast import Aggregation, Call, Paren, Range, Selector
from tocsin.plan.slo import Ratio
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import LabelMatcher, Node
    from tocsin.plan.model import Plan

_OF_DURATION = regex_on_use(r"(?:^|[_:])(?:seconds|milliseconds|microseconds|duration|latency)(?=[_:])")
_SHOULD_LAST = regex_on_use(
    r"(?:^|[_:])(?:uptime|lifetime|runtime|session|visit|remaining|left|until|ttl|expiry|age)(?=[_:])"
)
"""What is bad where it is short: a visit that ends at once, a certificate that expires soon."""
_BUCKET = "_bucket"


@check("slo/fast-is-bad", Level.WARNING)
def fast_is_bad(plan: Plan) -> Iterator[Finding]:
    """What an objective counts as bad is a bucket of durations: what was fast.

    Why:
        A bucket counts what took no longer than its `le`. Counted as bad, the budget burns while all is
        well, and an outage in which everything is slow looks perfect. That the histogram is one of durations
        is taken from its name: `…_seconds_bucket`, or one with `duration` or `latency` in it.

    Fix:
        Count the bucket as `good`, or measure by `latency`.

    Bad:
        slos:
          checkout:
            title: Checkouts are fast
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkout_duration_seconds_bucket{le="0.5"}[30d]))
              total: sum(rate(checkout_duration_seconds_count[30d]))
            allow: {slo/unwatched: an example}

    Good:
        slos:
          checkout:
            title: Checkouts are fast
            objective: 99.5%
            window: 30d
            ratio:
              good: sum(rate(checkout_duration_seconds_bucket{le="0.5"}[30d]))
              total: sum(rate(checkout_duration_seconds_count[30d]))
            allow: {slo/unwatched: an example}
    """
    for slo in plan.slos:
        if not isinstance(slo.indicator, Ratio) or slo.indicator.bad is None or not slo.metric_queries:
            continue
        bad, total = slo.indicator.bad, slo.indicator.total
        bucket, whole = _counted(promql_tree(bad.text)), _counted(promql_tree(total.text))
        bound = None if bucket is None else _bound(bucket)
        if bucket is None or bound is None or whole is None or not _is_whole(whole, bucket):
            continue
        yield Finding(
            f"`{slo.name}` counts as bad what is fast",
            at=bad.place if bad.place.key else replace(bad.place, piece=bound.span),
            label=f"this bucket holds what takes at most {bound.value}",
            help="write the query as `good` instead of `bad`",
            about=slo.place,
        )


def _counted(node: Node | None) -> Selector | None:
    """The one selector of which the growth is counted, summed or not."""
    while node is not None:
        match node:
            case Paren() | Aggregation(op="sum"):
                node = node.expr
            case Call(function="rate" | "increase", arguments=(Range(selector=selector),)):
                return selector
            case _:
                return None
    return None


def _bound(selector: Selector) -> LabelMatcher | None:
    """The bound of a bucket of durations, unless it is infinite."""
    name = selector.name or ""
    if not name.endswith(_BUCKET) or not _OF_DURATION.search(name) or _SHOULD_LAST.search(name):
        return None
    bounds = [one for one in selector.matchers if one.name == "le" and one.op == "="]
    try:
        return bounds[0] if len(bounds) == 1 and math.isfinite(float(bounds[0].value)) else None
    except ValueError:
        return None


def _is_whole(selector: Selector, bucket: Selector) -> bool:
    """Whether it counts all that the histogram of a bucket has observed."""
    histogram = (bucket.name or "").removesuffix(_BUCKET)
    if selector.name == f"{histogram}_count":
        return True
    bounds = [one.value for one in selector.matchers if one.name == "le" and one.op == "="]
    return selector.name == bucket.name and bounds == ["+Inf"]
