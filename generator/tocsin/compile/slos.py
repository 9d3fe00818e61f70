"""Service level objectives: what may be bad, and the one query that shows whether the promise is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.addresses import base_urls
from tocsin.compile.thresholds import limit_of_latency
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.objectives import budget_ms, format_share, parse_objective
from tocsin.lang.promql.ast import Aggregation, Call, Paren, Selector
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.tokens import tokenize
from tocsin.lang.threshold_comparison import dedent_query, indent_query
from tocsin.plan import slo as model
from tocsin.plan.links import prometheus_query
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from tocsin.spec import slos as spec
    from tocsin.spec.model import Spec

    Path = tuple[str, ...]


def slos(spec: Spec) -> Iterator[model.Slo]:
    """The objectives of a spec, by name."""
    base = base_urls(spec.project).prometheus
    for name, written in spec.slos.items():
        path = ("slos", name)
        objective = parse_objective(written.objective)
        indicator = _indicator(written, path)
        query = _query(indicator, objective)
        yield model.Slo(
            name=name,
            title=written.title,
            description=written.description,
            objective=objective,
            objective_text=format_share(objective),
            budget_text=format_share(1 - objective),
            window=written.window,
            budget_time=format_duration(budget_ms(objective, parse_duration(written.window))),
            indicator=indicator,
            query=query,
            url=None if base is None else prometheus_query(base, query),
            team=written.team,
            alerts=tuple(dict.fromkeys(written.alerts)),
            place=Place(path),
        )


def _indicator(written: spec.Slo, path: Path) -> model.Ratio | model.Latency:
    if written.ratio is not None:
        at = (*path, "ratio")
        ratio = written.ratio
        return model.Ratio(
            good=None if ratio.good is None else model.Query(ratio.good, Place((*at, "good"))),
            bad=None if ratio.bad is None else model.Query(ratio.bad, Place((*at, "bad"))),
            total=model.Query(ratio.total, Place((*at, "total"))),
        )
    latency = written.latency
    assert latency is not None, "the spec holds one of the two"
    within = limit_of_latency(latency)
    if latency.histogram is None:
        assert latency.buckets is not None, "the spec holds one of the two"
        buckets = model.Query(latency.buckets, Place((*path, "latency", "buckets")))
    else:
        text = f"sum by (le) (rate({latency.histogram}_bucket[{written.window}]))"
        buckets = model.Query(text, Place((*path, "latency", "histogram")))
    return model.Latency(latency.histogram, buckets, within.value, within.text)


def _query(indicator: model.Ratio | model.Latency, objective: Decimal) -> str:
    if isinstance(indicator, model.Latency):
        buckets = dedent_query(indicator.buckets.text, tokenize)
        if "\n" in buckets:
            indented = indent_query(buckets, tokenize(buckets))
            return f"histogram_quantile({objective.normalize():f},\n{indented}\n)"
        return f"histogram_quantile({objective.normalize():f}, {buckets})"
    share = f"{_factor(indicator.part.text)}\n/\n{_factor(indicator.total.text)}"
    return share if indicator.bad is None else f"1 -\n{share}"


def _factor(text: str) -> str:
    """The query as one side of a division."""
    text = dedent_query(text, tokenize)
    if isinstance(parse_promql(text), Aggregation | Call | Paren | Selector) and "#" not in text:
        return text
    return f"(\n{indent_query(text, tokenize(text))}\n)"
