"""Checks of log queries: what one line can do to the whole rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import logql_tree
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.logql import ast as logql
from tocsin.lang.logql.flow import logql_flows
from tocsin.lang.regexes import matches_whole
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.flow.model import LabelFact

_ERROR = "__error__"
_NUMBERS = (logql.NumberCondition, logql.DurationCondition, logql.SizeCondition)
_FAILING = ("json", "logfmt", "unwrap")


@check_shares("query/log-error", Level.WARNING)
def log_error(share: Share) -> Iterator[Finding]:
    """One log line that cannot be parsed makes the whole rule fail.

    Why:
        A line that `json` cannot read, or one with a text where `unwrap` needs a number, gets the label
        `__error__`, and a rule with such a line in its range fails: no alert, however many other lines
        there are. A filter that compares a label leaves out the lines that lack it, and these with them.

    Fix:
        Leave those lines out behind the parser: `| json | __error__=""`.

    Bad:
        - alert: Errors
          expr: sum by (route) (rate({app="api"} | json [5m])) > 1

    Good:
        - alert: Errors
          expr: |
            sum by (route) (rate({app="api"} | json | __error__="" [5m])) > 1
    """
    for _, rule in rules_with_groups(share):
        parses = rule.engine is Engine.LOKI and any(word in rule.expr for word in _FAILING)
        if not parses or logql_tree(rule.expr) is None:
            continue
        flows = logql_flows(rule.expr)
        around: dict[int, logql.Aggregation] = {}
        for part in logql.walk(flows.tree):
            if isinstance(part, logql.Aggregation):
                around[id(part.expr)] = part
            if not isinstance(part, logql.RangeAggregation):
                continue
            fact = flows.of(part.range.query).label(_ERROR)
            span = _failing(part.range, fact, around.get(id(part)))
            if span is not None:
                unwrap = part.range.unwrap is not None
                what = "with a text for this number" if unwrap else "that cannot be read"
                yield Finding(
                    f"one line {what} makes this rule fail",
                    at=expr_piece(rule, span),
                    label="such a line gets `__error__`",
                    help='write `| __error__=""` behind it',
                    about=rule.place,
                )


def _failing(
    ranged: logql.LogRange, fact: LabelFact, around: logql.Aggregation | None
) -> tuple[int, int] | None:
    """The stage behind which lines with an error are left; None where there is surely none."""
    stages = ranged.query.stages
    if ranged.unwrap is not None:
        kept = [one for stage in ranged.unwrap.filters for one in logql.conditions(stage.condition)]
        return None if any(one.name == _ERROR for one in kept) else ranged.unwrap.span
    parsers = [stage for stage in stages if isinstance(stage, logql.Json | logql.Unpack)]
    filters = [stage for stage in stages if isinstance(stage, logql.LabelFilter)]
    if fact.is_impossible or not parsers:
        return None
    # Loki does not run a parser of whose labels nothing is asked for.
    if not filters and around is not None and (around.grouping is None or not around.grouping.labels):
        return None
    # A line that could not be parsed lacks the label for which a filter asks.
    for stage in filters:
        for one in logql.conditions(stage.condition):
            if one.name == _ERROR or isinstance(one, _NUMBERS):
                return None
            if isinstance(one, logql.LabelMatcher) and _needs_label(one):
                return None
    return parsers[0].span


def _needs_label(matcher: logql.LabelMatcher) -> bool:
    if matcher.op in ("=", "!="):
        return (matcher.op == "=") == bool(matcher.value)
    return (matcher.op == "=~") != matches_whole(matcher.value, "")
