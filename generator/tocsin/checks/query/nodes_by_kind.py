"""The parts of all queries of a share, by their kind: each check walks over those alone that it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.query_units import query_parts
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Recording, Rule


@value_object
class Parts:
    """Each part with its rule, in the order of the rules and of their texts."""

    calls: tuple[tuple[Rule | Recording, promql.Call], ...]
    """The functions that get something."""
    aggregations: tuple[tuple[Rule | Recording, promql.Aggregation], ...]
    ranges_of_logs: tuple[tuple[Rule | Recording, logql.RangeAggregation], ...]
    matchers: tuple[tuple[Rule | Recording, promql.LabelMatcher | logql.LabelMatcher], ...]
    """Of selectors; of log queries those of the streams."""


@answered_once
def parts_of(share: Share) -> Parts:
    """The parts of the queries of a share; asking twice costs nothing."""
    calls: list[tuple[Rule | Recording, promql.Call]] = []
    aggregations: list[tuple[Rule | Recording, promql.Aggregation]] = []
    ranges: list[tuple[Rule | Recording, logql.RangeAggregation]] = []
    matchers: list[tuple[Rule | Recording, promql.LabelMatcher | logql.LabelMatcher]] = []
    for _, rule in rules_with_groups(share):
        for part in query_parts(rule):
            match part:
                case promql.Selector():
                    matchers += [(rule, matcher) for matcher in part.matchers]
                case promql.Call():
                    if part.arguments:
                        calls.append((rule, part))
                case promql.Aggregation():
                    aggregations.append((rule, part))
                case logql.LogQuery():
                    matchers += [(rule, matcher) for matcher in part.selector.matchers]
                case logql.RangeAggregation():
                    ranges.append((rule, part))
    return Parts(tuple(calls), tuple(aggregations), tuple(ranges), tuple(matchers))
