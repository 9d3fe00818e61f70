"""What measures an objective: a share of all that happened, over the window, or buckets that exist."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.promql.ast import Aggregation, Paren, Range, Subquery, walk
from tocsin.lang.promql.same_measure import measure_of, split_factor
from tocsin.lang.promql.types import Type, type_of
from tocsin.plan.query_flows import query_flows
from tocsin.plan.slo import Latency, Ratio
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import Node
    from tocsin.plan.model import Plan
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.plan.slo import Query, Slo


@check("slo/empty", Level.ERROR)
def empty(plan: Plan) -> Iterator[Finding]:
    """A query that measures an objective can never return anything.

    Why:
        The objective never has a value: it cannot be seen whether it is kept.

    Fix:
        Fix the query where the finding says why it is empty.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="a",result="b"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            allow: {slo/unwatched: an example}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result=~"a|b"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            allow: {slo/unwatched: an example}
    """
    known = query_flows(plan)
    for slo in plan.slos:
        for query in slo.metric_queries:
            flows = known.flows(query.text)
            why = None if flows is None else flows.result.empty
            if why is not None:
                yield Finding(
                    f"`{slo.name}` has no value: this query can never return anything",
                    at=_piece(query, why.span),
                    label=why.sentence,
                    about=slo.place,
                )
        # By the name: a native histogram has its buckets inside of its samples.
        flows = known.flows(slo.query, conventions=True) if isinstance(slo.indicator, Latency) else None
        if flows is not None and flows.result.empty is not None and not any(_is_empty(slo, known)):
            yield Finding(
                f"`{slo.name}` has no value: no quantile comes of these buckets",
                at=slo.metric_queries[0].place,
                label=flows.result.empty.sentence,
                about=slo.place,
            )


@check("slo/join", Level.WARNING)
def join(plan: Plan) -> Iterator[Finding]:
    """The total of an objective has other labels than what is divided by it.

    Why:
        A division pairs series with equal labels. Where one side keeps a label that the other has summed
        away, no pair is found, and the objective has no value.

    Fix:
        Aggregate both by the same labels.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              good: sum by (shop) (rate(checkouts_total{result="ok"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            allow: {slo/unwatched: an example}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              good: sum by (shop) (rate(checkouts_total{result="ok"}[30d]))
              total: sum by (shop) (rate(checkouts_total[30d]))
            allow: {slo/unwatched: an example}
    """
    known = query_flows(plan)
    for slo in plan.slos:
        if isinstance(slo.indicator, Ratio) and slo.metric_queries:
            part, total = slo.indicator.part, slo.indicator.total
            yield from _alone(slo, part, total, known)
            yield from _alone(slo, total, part, known)


@check("slo/ratio", Level.ERROR)
def ratio(plan: Plan) -> Iterator[Finding]:
    """The indicator of an objective is not a share of its total: it is more than all, or always all.

    Why:
        A share lies between 0 and 1. Where the total is a part of what is divided by it, the two were
        exchanged, or written twice, and the objective is always kept or always broken.

    Fix:
        `good` or `bad` counts some of what `total` counts, neither is multiplied by anything.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              good: sum(rate(checkouts_total[30d]))
              total: sum(rate(checkouts_total{result="ok"}[30d]))
            allow: {slo/unwatched: an example}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              good: sum(rate(checkouts_total{result="ok"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            allow: {slo/unwatched: an example}
    """
    known = query_flows(plan)
    for slo in plan.slos:
        if isinstance(slo.indicator, Ratio) and slo.metric_queries:
            found = _no_share(slo.indicator, known)
            if found is not None:
                message, advice = found
                yield Finding(
                    message,
                    at=slo.indicator.part.place,
                    also=((slo.indicator.total.place, "the total"),),
                    help=advice,
                    about=slo.place,
                )


@check("slo/range", Level.WARNING)
def range_(plan: Plan) -> Iterator[Finding]:
    """A query that measures an objective looks at another time than its window.

    Why:
        The promise is about the window. A query over five minutes shows how things are now, and the page
        of the objective would call it kept or broken by that.

    Fix:
        Write the window as the query's range. Alerts may look at shorter ones.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[5m]))
              total: sum(rate(checkouts_total[30d]))
            allow: {slo/unwatched: an example}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.5%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            allow: {slo/unwatched: an example}
    """
    for slo in plan.slos:
        window = parse_duration(slo.window) / 1000
        for query in slo.metric_queries:
            tree = promql_tree(query.text)
            ranges = [node.range for node in walk(tree) if isinstance(node, Range | Subquery)] if tree else []
            lengths = [one.seconds for one in ranges]
            if not lengths or None in lengths or window in lengths:
                continue
            longest = max(ranges, key=lambda one: one.seconds or 0)
            yield Finding(
                f"this looks at {format_duration(round((longest.seconds or 0) * 1000))}, but "
                f"`{slo.name}` is about {slo.window}",
                at=_piece(query, longest.span),
                also=((Place((*slo.place.path, "window")), "the window of the objective"),),
                help=f"write `[{slo.window}]`",
                about=slo.place,
            )


def _is_empty(slo: Slo, known: QueryFlows) -> Iterator[bool]:
    for query in slo.metric_queries:
        flows = known.flows(query.text)
        yield flows is not None and flows.result.empty is not None


def _piece(query: Query, span: tuple[int, int]) -> Place:
    """A piece of the query; all of the name that a query was made of."""
    is_made = query.place.key or query.place.path[-1] == "histogram"
    return query.place if is_made else replace(query.place, piece=span)


def _alone(slo: Slo, one: Query, other: Query, known: QueryFlows) -> Iterator[Finding]:
    """A label by which one side groups and which the other cannot have."""
    tree, flows = promql_tree(one.text), known.flows(other.text)
    while isinstance(tree, Paren):
        tree = tree.expr
    if flows is None or flows.result.empty is not None or not isinstance(tree, Aggregation):
        return
    if type_of(flows.tree) is Type.SCALAR:
        return
    if tree.grouping is None or tree.grouping.how != "by":
        return
    for name, span in zip(tree.grouping.labels, tree.grouping.label_spans, strict=True):
        fact = flows.result.label(name)
        if fact.is_impossible:
            yield Finding(
                f"a series with `{name}` finds no partner: the other side cannot have that label",
                at=_piece(one, span),
                also=((_piece(other, fact.why.span), fact.why.sentence),),
                help="aggregate both by the same labels",
                about=slo.place,
            )
            return


def _no_share(ratio: Ratio, known: QueryFlows) -> tuple[str, str] | None:
    """What is wrong with the quotient, and what to write."""
    part, total = promql_tree(ratio.part.text), promql_tree(ratio.total.text)
    if part is None or total is None:
        return None
    said = "good" if ratio.bad is None else "bad"
    above, counted = split_factor(part)
    below, whole = split_factor(total)
    own, every = measure_of(counted), measure_of(whole)
    exchanged = f"exchange `{said}` and `total`"
    if own is not None and own == every and own.compares_with(every) and _same_groups(counted, whole):
        return f"`{said}` and `total` are the same: the share is always 100 %", f"let `{said}` count a part"
    quotient = known.flows(f"({ratio.part.text}\n) / ({ratio.total.text}\n)", conventions=True)
    inverse = known.flows(f"({ratio.total.text}\n) / ({ratio.part.text}\n)", conventions=True)
    if quotient is None or inverse is None or quotient.result.empty is not None:
        return None
    value = quotient.result.value
    if value.low > 1:
        return f"the share is {value.described()}, and never between 0 and 1", exchanged
    if value.high < 0:
        return f"the share is {value.described()}, and never between 0 and 1", "remove the sign"
    if value.high > 1 and inverse.result.value.high <= 1:
        return f"`{said}` is at least as much as `total`: the total is a part of it", exchanged
    if above / below != 1:
        cores = _text(ratio.part, counted), _text(ratio.total, whole)
        plain = known.flows(f"({cores[0]}\n) / ({cores[1]}\n)", conventions=True)
        if plain is not None and plain.result.empty is None and plain.result.value.high <= 1:
            return (
                f"`{said}` is multiplied by {float(above / below):g}: that is not a share of `total`",
                "leave the factor out",
            )
    return None


def _text(query: Query, node: Node) -> str:
    return query.text[node.span[0] : node.span[1]]


def _same_groups(left: Node, right: Node) -> bool:
    def groups(node: Node) -> object:
        if isinstance(node, Aggregation):
            return node.grouping and (node.grouping.how, frozenset(node.grouping.labels))
        return ""

    return groups(left) == groups(right)
