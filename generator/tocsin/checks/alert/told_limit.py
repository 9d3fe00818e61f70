"""The check of thresholds that a text tells, against those of its query."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tocsin.checks.alert.text_limits import StatedLimit, contradicts, other_unit, stated_limit
from tocsin.checks.alert.text_speeds import contradicted_speed, stated_speed
from tocsin.checks.framework.check import Finding, check_shares, join_equal
from tocsin.checks.framework.query_units import rule_tree, strip_parentheses, threshold
from tocsin.checks.framework.rules import written_annotations
from tocsin.checks.framework.time_units import TIME_UNITS
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.plan.source_spans import expr_piece, text_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.checks.framework.rules import WrittenTexts
    from tocsin.plan.model import Rule

_MANY_DIGITS = 1e6
T = TypeVar("T")


@check_shares("alert/threshold-mismatch", Level.WARNING)
def threshold_mismatch(share: Share) -> Iterator[Finding]:
    """A text tells another threshold than the query has.

    Why:
        Somebody moved the threshold and not the text, or the other way round. Whoever is paged believes
        the text.

    Fix:
        Write the number of the query into the text; in a spec, let the text say `{{ $value }}` only.

    Bad:
        - alert: Full
          expr: disk_used_percent > 85
          annotations: {summary: "The disk is full (> 90%)"}

    Good:
        - alert: Full
          expr: disk_used_percent > 90
          annotations: {summary: "The disk is full (> 90%)"}
    """
    for rule, texts in written_annotations(share):
        # One threshold that was moved makes each text wrong that tells it.
        yield from join_equal((*_other_limits(rule, texts), *_other_speeds(rule, texts)))


def _other_limits(rule: Rule, texts: WrittenTexts) -> Iterator[Finding]:
    stated = _stated(texts, stated_limit)
    node = rule_tree(rule) if stated else None
    compared = None if node is None else threshold(node)
    if node is None or compared is None or compared[1] not in (">", ">=", "<", "<="):
        return
    for name, limit in stated:
        unit = other_unit(limit, rule, node, compared)
        if unit is not None:
            compares = f"compares {unit} with"
            help_ = "tell it in the unit of the query, or let the query give what the text tells"
        elif contradicts(limit, rule, node, compared):
            compares, help_ = "compares with", _same_in_both(limit, compared[0])
        else:
            continue
        yield Finding(
            f"the text says {limit.said}, and the query {compares} {_written(rule, compared)}",
            at=text_piece(rule.written.annotations[name], limit.span),
            also=((expr_piece(rule, compared[3].span), "the threshold"),),
            help=help_,
            about=rule.place,
        )


def _other_speeds(rule: Rule, texts: WrittenTexts) -> Iterator[Finding]:
    """Texts that tell more bytes or bits a second than the query compares with, or fewer."""
    stated = _stated(texts, stated_speed)
    node = rule_tree(rule) if stated else None
    compared = None if node is None else threshold(node)
    if compared is None or compared[1] not in (">", ">="):
        return
    for name, speed in stated:
        wanted = contradicted_speed(speed, compared[0], compared[2])
        if wanted is not None:
            yield Finding(
                f"the text says {speed.said}, and the query compares with {_written(rule, compared)}",
                at=text_piece(rule.written.annotations[name], speed.span),
                also=((expr_piece(rule, compared[3].span), "the threshold"),),
                help=f"in the unit of the query, {speed.said} is {wanted:g}",
                about=rule.place,
            )


def _stated(texts: WrittenTexts, read: Callable[[str], T | None]) -> list[tuple[str, T]]:
    """What the annotations of a rule state, each with its name."""
    return [(name, found) for name, text in texts if (found := read(text)) is not None]


def _same_in_both(limit: StatedLimit, measured: Node) -> str:
    seconds = TIME_UNITS.get(limit.unit.lower(), 1.0)
    inner = strip_parentheses(measured)
    if seconds == 1 or (isinstance(inner, promql.Binary) and inner.op == "/"):
        # Divided by 3,600 or 86,400, the query gives no seconds.
        return "write the same number in both"
    return f"write the same time in both: {limit.said} {'is' if limit.value == 1 else 'are'} " + (
        f"{limit.value * seconds:g} seconds"
    )


def _written(rule: Rule, compared: tuple[Node, str, float, Node]) -> str:
    """The number of a comparison in a few digits, or as it is calculated."""
    _, _, number, node = compared
    return f"{number:g}" if abs(number) < _MANY_DIGITS else rule.expr[slice(*node.span)]
