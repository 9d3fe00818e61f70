"""Rules that compare the same query with a number: pairs of them, found without reading every query."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.query_units import is_comparison, rule_tree, strip_parentheses, threshold
from tocsin.checks.framework.rules import alerting_rules
from tocsin.plan.source_spans import expr_piece, query_tokens
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.plan.model import Engine, Plan, Rule
    from tocsin.source.place import Place

_ENDS = re.compile(r"(.+)(>=|<=|>|<)\s*((?:0|[1-9][0-9]*)(?:\.[0-9]+)?)\s*", re.DOTALL)
# A comment, in either language.
_COMMENT = re.compile(r"#|//|/\*")
# What can be between tokens, and parentheses, which may be needless; Loki passes over a byte order mark.
_LAYOUT = re.compile(r"[\s()\ufeff]+")
_MOST_ALIKE = 20
"""At most this many rules of one query are compared with each other."""


@value_object
class Compared:
    """A rule whose whole condition is `query op number`."""

    rule: Rule
    op: str
    limit: float
    span: tuple[int, int]
    """Where the number stands in the expression."""
    words: tuple[str, ...]
    """The tokens of the query, however it is laid out."""

    @property
    def at(self) -> Place:
        """The place of the number."""
        return expr_piece(self.rule, self.span)


@value_object
class ThresholdText:
    """A rule by the end of its text: if its whole condition is `query op number`, then these are the two."""

    rule: Rule
    op: str
    limit: float


def same_queries(
    plan: Plan,
    may_matter: Callable[[Sequence[Rule]], bool],
    takes: Callable[[Rule], bool] = bool,
    words_of: Callable[[tuple[str, ...]], tuple[str, ...]] = tuple,
) -> Iterator[tuple[Compared, Compared]]:
    """Pairs of rules of one file that compare the same query, in the same direction, for the same thing.

    `may_matter` gets rules of one file with the same labels but for the severity, and says without reading
    their queries whether a pair of them can be of interest: in a sound plan hardly any is.
    """
    for rules in _labelled_alike(plan):
        taken = [rule for rule in rules if takes(rule)]
        if len(taken) < 2 or not may_matter(taken):
            continue
        found: dict[tuple[str, tuple[str, ...]], list[Compared]] = {}
        for one in filter(None, map(_compared, taken)):
            found.setdefault((one.op[0], words_of(one.words)), []).append(one)
        for alike in found.values():
            yield from combinations(alike[:_MOST_ALIKE], 2)


def rules_by_query_text(rules: Sequence[Rule]) -> list[list[ThresholdText]] | None:
    """The rules, grouped by the query they may share; None where a text is not enough to decide."""
    found: dict[tuple[str, str], list[ThresholdText]] = {}
    for rule in rules:
        ends = None if _COMMENT.search(rule.expr) else _ENDS.fullmatch(rule.expr)
        if ends is None:
            return None
        query, op, number = ends.groups()
        alike = found.setdefault((op[0], _LAYOUT.sub("", query)), [])
        alike.append(ThresholdText(rule, op, float(number)))
        if len(alike) > _MOST_ALIKE:
            return None
    return list(found.values())


@answered_once
def _labelled_alike(plan: Plan) -> tuple[tuple[Rule, ...], ...]:
    """Rules of one file and language that have the same labels but for the severity, where there are some."""
    found: dict[tuple[object, ...], list[Rule]] = {}
    for _, rule in alerting_rules(plan):
        others = tuple(sorted((name, text) for name, text in rule.labels.items() if name != "severity"))
        found.setdefault((rule.place.path[0], rule.engine, others), []).append(rule)
    return tuple(tuple(rules) for rules in found.values() if len(rules) > 1)


def _compared(rule: Rule) -> Compared | None:
    node = rule_tree(rule)
    compared = threshold(node) if node is not None and is_comparison(strip_parentheses(node)) else None
    if compared is None or compared[1] not in (">", ">=", "<", "<="):
        return None
    query, op, limit, number = compared
    start, end = strip_parentheses(query).span
    return Compared(rule, op, limit, number.span, _words(rule.expr[start:end], rule.engine))


@lru_cache(maxsize=65536)
def _words(query: str, engine: Engine) -> tuple[str, ...]:
    """The tokens of a query, however it is laid out."""
    return tuple(token.text for token in query_tokens(query, engine))
