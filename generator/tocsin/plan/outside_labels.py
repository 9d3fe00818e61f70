"""Labels of recorded metrics that no rule gives them: a ruler, federation or remote storage adds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.parts import recordings_with_groups
from tocsin.plan.query_flows import QueryFlows, query_flows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import Plan, Recording, Rule

_ENOUGH = 2
"""A label that is asked of so many recorded metrics is a habit of the rules, not a mistake in one of them."""
_ANY_SOURCE = QueryFlows()


def result_from_any_source(rule: Rule | Recording) -> Flow | None:
    """What a rule's expression can return, wherever the metrics that rules record come from as well."""
    return _ANY_SOURCE.result(rule)


def recorded_names(rule: Rule | Recording, known: QueryFlows) -> tuple[str, ...]:
    """The recorded metrics that a rule reads, each once."""
    flows = known.flows(rule.expr, conventions=True) if rule.engine is Engine.PROMETHEUS else None
    read = (
        [] if flows is None else [one for one in promql.walk(flows.tree) if isinstance(one, promql.Selector)]
    )
    return tuple(dict.fromkeys(one.name for one in read if one.name and one.name in known.recordings))


@answered_once
def outside_labels(plan: Plan) -> frozenset[str]:
    """The labels that the rules ask of several recorded metrics, though no recording rule returns them."""
    known = query_flows(plan)
    groups = plan.rule_groups if len(recordings_with_groups(plan)) >= _ENOUGH else ()
    rules = (rule for group in groups for rule in group.rules)
    return asked_of_several(one for rule in rules for one in unrecorded_labels(rule, known))


def asked_of_several(asked: Iterable[tuple[str, str]]) -> frozenset[str]:
    """The labels that are asked of several metrics."""
    metrics: dict[str, set[str]] = {}
    for label, metric in asked:
        metrics.setdefault(label, set()).add(metric)
    return frozenset(label for label, names in metrics.items() if len(names) >= _ENOUGH)


def unrecorded_labels(rule: Rule | Recording, known: QueryFlows) -> Iterator[tuple[str, str]]:
    """The labels that a rule asks of recorded metrics whose recording rules cannot return them."""
    flows = known.flows(rule.expr, conventions=True) if rule.engine is Engine.PROMETHEUS else None
    for part in () if flows is None else promql.walk(flows.tree):
        if isinstance(part, promql.Selector):
            yield from _lacking(known, part, (one.name for one in part.matchers))
        elif isinstance(part, promql.Aggregation) and part.grouping is not None and part.grouping.how == "by":
            for inner in promql.walk(part.expr):
                if isinstance(inner, promql.Selector):
                    yield from _lacking(known, inner, part.grouping.labels)


def _lacking(
    known: QueryFlows, selector: promql.Selector, labels: Iterator[str] | tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    flow = known.recordings.flow(selector.name, selector.matchers) if selector.name else None
    for label in labels if flow is not None and flow.empty is None else ():
        if flow is not None and label != "__name__" and flow.label(label).is_impossible:
            yield label, selector.name or ""
