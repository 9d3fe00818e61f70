"""The check of selectors that read several metrics, whose results cannot be distinguished."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.lang.regexes import literal_texts
from tocsin.plan.model import Engine, Recording
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Rule

_BEGINNING = regex_on_use(r"\^?[A-Za-z0-9:]+_[^|]*(?:\(|\Z)")
_PROGRAMS = frozenset({"job", "instance", "app", "application", "service", "pod", "container"})
"""Labels that say whose metrics they are."""
_KEEPING = frozenset({"topk", "bottomk", "limitk", "limit_ratio"})


@check_shares("query/several-names", Level.WARNING, of_one_text=True)
def several_names(share: Share) -> Iterator[Finding]:
    """A selector reads several metrics, and the result does not keep their names.

    Why:
        An alert has no metric's name, and `rate` and arithmetic remove it. Two metrics with the same
        labels are one and the same then, and Prometheus refuses the whole rule: "vector contains metrics
        with the same labelset".

    Fix:
        Add the series up, as with `sum by (job) (…)`, or write a rule for each metric.

    Bad:
        - alert: Errors
          expr: rate({__name__=~"app_.*_errors_total"}[5m]) > 1

    Good:
        - alert: Errors
          expr: rate(app_login_errors_total[5m]) > 1
    """
    for _, rule in rules_with_groups(share):
        if rule.engine is not Engine.PROMETHEUS or "__name__" not in rule.expr:
            continue
        # Each side of a comparison may read them: that is one habit, to be changed in one go.
        matchers = sorted(_matchers_of_several_names(rule), key=lambda one: one.span)
        if matchers:
            yield Finding(
                "several metrics lose their names here: those with the same labels make the rule fail",
                at=expr_piece(rule, matchers[0].span),
                also=tuple((expr_piece(rule, one.span), "and here") for one in matchers[1:]),
                help="add the series up, as with `sum by (…)`, or write a rule for each metric",
                about=rule.place,
            )


def _matchers_of_several_names(rule: Rule | Recording) -> Iterator[promql.LabelMatcher]:
    """The matchers of a rule that choose several metrics of one program, whose names are lost."""
    tree = promql_tree(rule.expr)
    for selector in () if tree is None or "label_" in rule.expr else _unmerged(tree):
        matcher = next((one for one in selector.matchers if one.name == "__name__"), None)
        if matcher is None or matcher.op not in ("=~", "!~", "!="):
            continue
        literal = literal_texts(matcher.value) if matcher.op == "=~" else None
        # Who records two metrics by their names joins what has other labels.
        if literal is not None and (len(literal) < 2 or isinstance(rule, Recording)):
            continue
        is_of_one = any(one.name in _PROGRAMS and one.op == "=" for one in selector.matchers)
        if matcher.op != "=~" or is_of_one or _is_of_one_program(matcher.value, literal):
            yield matcher


def _is_of_one_program(pattern: str, literal: frozenset[str] | None) -> bool:
    """Whether all the names begin with the same word, that of the program that writes the metrics.

    Names that differ from the start on are those of several programs, whose series have other labels.
    """
    if literal is not None:
        return len({name.split("_", 1)[0] for name in literal}) == 1
    return _BEGINNING.match(pattern) is not None


def _unmerged(tree: promql.Node) -> Iterator[promql.Selector]:
    """The selectors whose series come into the result one by one, not as groups."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        match node:
            case promql.Selector():
                yield node
            case promql.Range():
                yield node.selector
            case promql.Paren() | promql.Unary() | promql.Subquery():
                waiting.append(node.expr)
            case promql.Aggregation() if node.op in _KEEPING:
                waiting.append(node.expr)
            case promql.Call() if not node.function.startswith(("absent", "scalar")):
                waiting += node.arguments
            case promql.Binary():
                waiting.append(node.left)
                if node.op not in ("and", "unless"):
                    waiting.append(node.right)
            case _:
                pass
