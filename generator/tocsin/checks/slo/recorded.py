"""What the recording rules of an objective can make of its indicator: its groups, and its long windows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.plan.query_flows import query_flows
from tocsin.plan.slo import Share
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

_LONGEST_RAW_MS = 6 * 3_600_000


@check("slo/group-lost", Level.ERROR)
def group_lost(plan: Plan) -> Iterator[Finding]:
    """Objectives differ by a label that the indicator has not got.

    Why:
        Rules select the groups of each objective by that label. Without it every event falls under the
        default, and the other objectives are never looked at.

    Fix:
        Keep the label in each query of the indicator, or promise one share to all.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: {default: 99.9%, by: shop, values: {berlin: 99%}}
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            burn: {ticket: warning}
            allow: {slo/late: an example}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: {default: 99.9%, by: shop, values: {berlin: 99%}}
            window: 30d
            ratio:
              bad: sum by (shop) (rate(checkouts_total{result="failed"}[30d]))
              total: sum by (shop) (rate(checkouts_total[30d]))
            burn: {ticket: {severity: warning, spent: [14.4x in 1h]}}
    """
    known = query_flows(plan)
    for slo in plan.slos:
        if slo.by is None:
            continue
        for query in slo.metric_queries:
            flows = known.flows(query.text)
            if flows is None or flows.result.empty is not None:
                continue
            fact = flows.result.label(slo.by)
            if fact.is_impossible:
                is_made = query.place.key or query.place.path[-1] == "histogram"
                where = query.place if is_made else Place(query.place.path, fact.why.span)
                yield Finding(
                    f"objectives of `{slo.name}` differ by `{slo.by}`, and its indicator has no such label",
                    at=Place((*slo.place.path, "objective", "by")),
                    also=((where, fact.why.sentence),),
                    help=f"aggregate `by ({slo.by})`, or write one `objective` for all",
                    about=slo.place,
                )
                break


@check("slo/raw-long", Level.INFO)
def raw_long(plan: Plan) -> Iterator[Finding]:
    """A ready-made share is asked over more than six hours.

    Why:
        Of bad and of all events the sums over any time are known from two recorded series. A share cannot be
        added up: each evaluation reads its raw series over the whole window again, and over the objective's
        window there is only the mean of the shares, in which a quiet night counts as much as a busy day.

    Fix:
        Measure it by `bad` and `total`, or let the tiers look at six hours at most.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.9%
            window: 30d
            ratio:
              share: sum(rate(failed_total[30d])) / sum(rate(all_total[30d]))
            burn: {ticket: {severity: warning, spent: [14.4x in 1h, 10% in 3d]}}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.9%
            window: 30d
            ratio:
              bad: sum(rate(failed_total[30d]))
              total: sum(rate(all_total[30d]))
            burn: {ticket: {severity: warning, spent: [14.4x in 1h, 10% in 3d]}}
    """
    for slo in plan.slos:
        if slo.burn is None or not isinstance(slo.indicator, Share):
            continue
        if slo.indicator.bad.place.path[-1] != "share":
            continue
        long = [pair for tier in slo.burn.tiers for pair in tier.pairs if pair.long_ms > _LONGEST_RAW_MS]
        if long:
            windows = " and ".join(dict.fromkeys(pair.long for pair in long))
            mean = (
                f", and over {slo.window} only its mean is known"
                if parse_duration(slo.window) > _LONGEST_RAW_MS
                else ""
            )
            yield Finding(
                f"each evaluation reads the raw series over {windows}{mean}",
                at=slo.indicator.bad.place,
                also=((long[0].place, "asked here"),),
                help="write `bad` and `total` instead of `share`, or windows of 6h at most",
                about=slo.place,
            )
