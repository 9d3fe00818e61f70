"""The check of `label_replace`: groups that its regular expression does not have, or that it never finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_units import query_parts, strip_parentheses
from tocsin.checks.framework.rules import rules_with_groups
from tocsin.diagnostics.model import Level
from tocsin.lang.alertmanager.misread_matchers import pattern_of_part
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.lang.regexes import count_groups, is_regex, unknown_groups
from tocsin.plan.source_spans import expr_piece

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.plan.model import Recording, Rule

_Span = tuple[int, int]


@check_shares("query/label-replace", Level.WARNING, of_one_text=True)
def label_replace(share: Share) -> Iterator[Finding]:
    """A `label_replace` writes a group that its regular expression does not have, or never matches.

    Why:
        `$2` of an expression with one group stands for nothing, and so does `$1_total`, which is read as a
        group of that name: the label is removed instead of set. The expression has to match the whole value,
        so that `^([a-z]+)-` finds nothing in `web-5d8f`, and the label stays as it was.

    Fix:
        Count the groups, write `${1}_total`, and `.*` for the rest of the value.

    Bad:
        - alert: Load
          expr: |
            label_replace(load1, "host", "$2", "instance", "(.+):.*")
              > 9

    Good:
        - alert: Load
          expr: |
            label_replace(load1, "host", "$1", "instance", "(.+):.*")
              > 9
    """
    for _, rule in rules_with_groups(share):
        for part in query_parts(rule) if "label_replace" in rule.expr else ():
            found = _arguments(part)
            if found is not None and is_regex(found[2]):
                yield from _faults(rule, *found)


def _faults(
    rule: Rule | Recording, replacement: str, at: _Span, pattern: str, pattern_at: _Span
) -> Iterator[Finding]:
    missing = unknown_groups(pattern, replacement)
    groups = count_groups(pattern)
    if missing:
        name, written = missing[0]
        number = "".join(letter for letter in name if letter.isdigit() and name.startswith(letter))
        help_ = None
        if number and not name.isdigit() and int(number) <= groups:
            help_ = f"write `${{{number}}}{name.removeprefix(number)}`"
        elif name.isdigit() and groups == 1:
            help_ = "write `$1`"
        elif not groups:
            help_ = "put parentheses around what is to be kept: `(.*)`"
        yield Finding(
            f"`{written}` is a group that the regular expression does not have: it stands for nothing",
            at=expr_piece(rule, at),
            also=((expr_piece(rule, pattern_at), _counted(groups)),),
            help=help_,
            about=rule.place,
        )
    meant = pattern_of_part(pattern)
    if meant is not None:
        rest = "goes on behind it" if meant.endswith(".*") else "begins before it"
        yield Finding(
            f"`{pattern}` has to match the whole value, which {rest}: the label stays as it was",
            at=expr_piece(rule, pattern_at),
            help=f"write `{meant}`",
            about=rule.place,
        )


def _counted(groups: int) -> str:
    return {0: "no group", 1: "one group"}.get(groups, f"{groups} groups")


def _arguments(part: Node) -> tuple[str, _Span, str, _Span] | None:
    """The replacement and the regular expression with their places, where both are written out."""
    if isinstance(part, logql.LabelReplace):
        return part.replacement.value, part.replacement.span, part.regex.value, part.regex.span
    if not isinstance(part, promql.Call) or part.function != "label_replace":
        return None
    replacement, pattern = strip_parentheses(part.arguments[2]), strip_parentheses(part.arguments[4])
    if not isinstance(replacement, promql.String) or not isinstance(pattern, promql.String):
        return None
    return replacement.value, replacement.span, pattern.value, pattern.span
