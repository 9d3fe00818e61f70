"""A check of log queries: regular expressions that Loki does not match as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import logql_tree
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.logql.ast import LabelFilter, LabelMatcher, LogQuery, RangeAggregation, conditions, walk
from tocsin.lang.logql.label_regexes import surely_searched
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.logql.ast import Node


@check_shares("query/log-search", Level.INFO)
def log_search(share: Share) -> Iterator[Finding]:
    """A filter of labels lets values pass that its regular expression does not match as a whole.

    Why:
        In a selector, a regular expression has to match the whole value. In a filter of labels, Loki
        replaces simple ones by a search for their fixed part, and forgets that: with
        `| env=~"prod|preprod"`, `nonprod` passes, and with `| app=~"api.*"`, so does `old-api`.

    Fix:
        Move the condition into the selector where the label is one of the stream, or write a pattern that
        Loki leaves alone: alternatives that begin with different letters, `.+` for `.*`, or two filters
        with `=` and `or` between them.

    Bad:
        - alert: Errors
          expr: |
            sum(rate({app="api"} | json | env=~"prod|preprod" [5m])) > 10

    Good:
        - alert: Errors
          expr: |
            sum(rate({app="api"} | json | env="prod" or env="preprod" [5m]))
              > 10
    """
    for _, rule in rules_with_groups(share):
        tree = logql_tree(rule.expr) if rule.engine is Engine.LOKI else None
        for matcher in () if tree is None else _label_matchers(tree):
            if matcher.op in ("=~", "!~") and surely_searched(matcher.value):
                effect, instead = ("lets pass", "`=` and `or`") if matcher.op == "=~" else ("drops", "`!=`")
                yield Finding(
                    f"Loki only searches the value for this: it {effect} more than what matches as a whole",
                    at=expr_piece(rule, matcher.span),
                    help=f"write each alternative with {instead}, or `.+` for `.*`",
                    about=rule.place,
                )


def _label_matchers(tree: Node) -> Iterator[LabelMatcher]:
    """The conditions on texts in the filters of labels."""
    for node in walk(tree):
        stages = node.stages if isinstance(node, LogQuery) else ()
        unwrap = node.range.unwrap if isinstance(node, RangeAggregation) else None
        for stage in (*stages, *(unwrap.filters if unwrap is not None else ())):
            for one in conditions(stage.condition) if isinstance(stage, LabelFilter) else ():
                if isinstance(one, LabelMatcher):
                    yield one
