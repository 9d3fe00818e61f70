"""Checks of matchers: regular expressions that are none, and texts that were meant as one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.checks.framework.surroundings import plan_index
from tocsin.checks.query.nodes_by_kind import parts_of
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.misread_matchers import ALTERNATIVES, BARE_STAR, GLOB, OF_PATTERNS, REGEX_SIGNS
from tocsin.lang.listed_labels import values_of
from tocsin.lang.promql import ast as promql
from tocsin.lang.strings import quote_string
from tocsin.plan.model import Engine, Rule
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.logql import ast as logql
    from tocsin.lang.promql.ast import LabelMatcher
    from tocsin.plan.model import Plan, Recording

_PLAIN = re.compile(r"[^\\.+*?()|\[\]{}^$]+")
_MEANT = 3
_LITERAL = r"[\w/:-]"
_OPEN_END = regex_on_use(
    rf"\^{_LITERAL}(?:[^|]{{0,500}}(?<!\\){_LITERAL})?|\^[^|()*+?]{{0,500}}\([^()]{{0,500}}(?<!\\){_LITERAL}\)"
)
_OPEN_START = regex_on_use(
    rf"(?:{_LITERAL}[^|]{{0,500}})?(?<!\\){_LITERAL}\$|\({_LITERAL}[^()]{{0,500}}\)[^|()*+?]{{0,500}}(?<!\\)\$"
)
"""One end is anchored, and a letter, not a wildcard, is at the other."""


@check_shares("query/regex", Level.INFO)
def regex(share: Share) -> Iterator[Finding]:
    """A regular expression is none, asks for nothing, or is anchored at one end only.

    Why:
        `=~"api"` is `="api"` written in a slower way, and `=~".*"` asks for nothing: who reads it looks for
        the reason. A matcher always compares the whole value, so `=~"^api"` matches `api` only, and not
        what begins with it.

    Fix:
        Write `=`, or leave the matcher out. For what begins with `api`, write `api.*`.

    Bad:
        - alert: Down
          expr: up{job=~"api"} == 0

    Good:
        - alert: Down
          expr: up{job=~"api|web"} == 0
    """
    for rule, matcher in parts_of(share).matchers:
        if matcher.op not in ("=~", "!~"):
            continue
        found = _needless(matcher.op, matcher.value)
        if found is not None:
            yield Finding(found[0], at=expr_piece(rule, matcher.span), help=found[1], about=rule.place)


@check_shares("query/glob", Level.WARNING, of_one_text=True)
def glob(share: Share) -> Iterator[Finding]:
    """A regular expression is written like a pattern of file names.

    Why:
        In a regular expression `*` repeats the sign before it: `=~"api*"` matches `ap`, `api` and `apiii`,
        but not `api-1`. The selector finds nothing of what was meant.

    Fix:
        Write `api.*` for everything that begins with `api`.

    Bad:
        - alert: Down
          expr: up{job=~"api*"} == 0

    Good:
        - alert: Down
          expr: up{job=~"api.*"} == 0
    """
    for rule, matcher in parts_of(share).matchers:
        if matcher.op in ("=~", "!~") and any(map(GLOB.fullmatch, matcher.value.split("|"))):
            yield Finding(
                f"`{matcher.value}` is a regular expression, in which `*` repeats the character before it",
                at=expr_piece(rule, matcher.value_span),
                help=f"write `{BARE_STAR.sub('.*', matcher.value)}`",
                about=rule.place,
                fix=BARE_STAR.sub(".*", matcher.value),
                instead_of=matcher.value,
            )


@check_shares("query/equals-regex", Level.WARNING, of_one_text=True)
def equals_regex(share: Share) -> Iterator[Finding]:
    """A text is compared by `=` or `!=`, but looks like a regular expression.

    Why:
        `=` compares letter by letter: `code="5.."` finds only series whose code is the text "5..". There
        are none, so the alert never fires; with `!=` nothing is left out.

    Fix:
        Write `=~` or `!~`.

    Bad:
        - alert: Errors
          expr: rate(requests_total{code="5.."}[5m]) > 1

    Good:
        - alert: Errors
          expr: rate(requests_total{code=~"5.."}[5m]) > 1
    """
    for rule, matcher in parts_of(share).matchers:
        if matcher.op not in ("=", "!=") or _is_of_exception(rule, matcher):
            continue
        value = matcher.value
        if matcher.name in OF_PATTERNS or "\\z" in value:
            continue
        if not REGEX_SIGNS.search(value) and not ALTERNATIVES.fullmatch(value):
            continue
        # Only now, as the queries of all other rules are read for it.
        named = (matcher.name, value)
        known = share.around.has(_repeated, named) or share.around.has(_of_objectives, named)
        if not known and not _is_one_of_two(matcher, rule):
            right = "=~" if matcher.op == "=" else "!~"
            yield Finding(
                f"`{matcher.op}` compares letter by letter, and `{value}` looks like a pattern",
                at=expr_piece(rule, matcher.span),
                help=f'write `{matcher.name}{right}"{value}"`',
                about=rule.place,
                fix=f'{matcher.name}{right}"{value}"',
                instead_of=f'{matcher.name}{matcher.op}"{value}"',
            )


def _is_one_of_two(matcher: LabelMatcher | logql.LabelMatcher, rule: Rule | Recording) -> bool:
    """Whether the selector asks for another value of the label, too: that both hold is what is told."""
    return matcher.op == "=" and any(
        matcher in part.matchers and any(_contradicts(matcher, one) for one in part.matchers)
        for part in promql_parts(rule.expr)
        if rule.engine is Engine.PROMETHEUS and isinstance(part, promql.Selector)
    )


def _contradicts(matcher: LabelMatcher | logql.LabelMatcher, other: LabelMatcher) -> bool:
    return other.name == matcher.name and other.op == "=" and other.value != matcher.value


def _is_of_exception(rule: Rule | Recording, matcher: LabelMatcher | logql.LabelMatcher) -> bool:
    """Whether an exception by labels has put a matcher into the query: its values are judged there."""
    written = f"{matcher.name}{matcher.op}{quote_string(matcher.value)}"
    return isinstance(rule, Rule) and written in rule.selected.split(", ")


@plan_index("values by which objectives differ")
def _of_objectives(plan: Plan) -> frozenset[tuple[str, ...]]:
    """The labels and values for which objectives are otherwise: these are judged where they are written."""
    return frozenset(
        (label, text)
        for slo in plan.slos
        for promise in slo.promises
        for sets in ({promise.by or "": values_of(one.value for one in promise.groups)}, *promise.parts)
        for label, values in sets.items()
        for text in values.texts
    )


def _asked_by_many(parts: Iterable[frozenset[tuple[str, ...]]]) -> frozenset[tuple[str, ...]]:
    """The labels and values that many alerts and recordings ask for alike: nobody errs so often."""
    by_matcher: dict[tuple[str, ...], set[str]] = {}
    for *asked, rule in all_words(parts):
        by_matcher.setdefault(tuple(asked), set()).add(rule)
    return frozenset(one for one, names in by_matcher.items() if len(names) >= _MEANT)


@rules_index("matchers of many rules", _asked_by_many)
def _repeated(share: Share) -> frozenset[tuple[str, ...]]:
    """The labels and values that rules ask for, with the name of the alert or the recording."""
    return frozenset(
        (matcher.name, matcher.value, rule.alert if isinstance(rule, Rule) else rule.record)
        for rule, matcher in parts_of(share).matchers
        if matcher.op == "="
    )


def _needless(op: str, value: str) -> tuple[str, str] | None:
    plain = "=" if op == "=~" else "!="
    if _PLAIN.fullmatch(value):
        return f"`{value}` needs no regular expression", f'write `{plain}"{value}"`'
    if _OPEN_END.fullmatch(value):
        return f"`{value}` is compared with the whole value, not with how it begins", (
            f"write `{value}.*` for what begins like that, or leave the anchor out"
        )
    if _OPEN_START.fullmatch(value):
        return f"`{value}` is compared with the whole value, not with how it ends", (
            f"write `.*{value}` for what ends like that, or leave the anchor out"
        )
    return None
