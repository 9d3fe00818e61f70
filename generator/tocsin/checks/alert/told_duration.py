"""The check of durations that a text tells, against the `for` and the ranges of its rule."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from tocsin.checks.alert.text_durations import ToldDuration, counts_one_time, told_duration_of
from tocsin.checks.alert.text_limits import times
from tocsin.checks.framework.check import Finding, check_shares, join_equal
from tocsin.checks.framework.query_units import (
    calculated_number,
    metric_names,
    query_nodes,
    rule_tree,
    written_number,
)
from tocsin.checks.framework.rules import written_annotations
from tocsin.checks.framework.time_units import TIME_UNITS
from tocsin.diagnostics.model import Level
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece, text_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.query_units import Node
    from tocsin.checks.framework.rules import WrittenTexts
    from tocsin.plan.model import Rule
    from tocsin.source.place import Place

_UNITS = "|".join(sorted(map(re.escape, TIME_UNITS), key=len, reverse=True))
_AHEAD = regex_on_use(
    r"\b(?:within|in|dentro de|em)\s+(?:(?:the\s+)?(?:next|coming)\s+|(?:less|fewer)\s+than\s+|about\s+)?"
    rf"(?P<number>[0-9]+(?:\.[0-9]+)?)\s?(?P<unit>{_UNITS})\b(?![\w/-])",
    re.IGNORECASE,
)
_TIME = regex_on_use(r"(?=[0-9])(?:[0-9]+d)?(?:[0-9]+h)?(?:[0-9]+m)?(?:[0-9]+s)?")
_WINDOW = regex_on_use(r"_[0-9]+(?:s|m|h|d|w)(?:_|$)")
_STORY = 500
_DAY = 86_400


@check_shares("alert/told-duration", Level.WARNING)
def told_duration(share: Share) -> Iterator[Finding]:
    """A text tells another duration than the rule has.

    Why:
        Somebody moved the `for` or the range and not the text. Whoever reads "down for more than 10
        minutes" five minutes after the fall looks for the cause at the wrong time.

    Fix:
        Write the duration of the rule into the text.

    Bad:
        - alert: Down
          expr: up == 0
          for: 5m
          annotations: {summary: "down for more than 10 minutes"}

    Good:
        - alert: Down
          expr: up == 0
          for: 10m
          annotations: {summary: "down for more than 10 minutes"}
    """
    for rule, texts in written_annotations(share):
        if rule.engine is Engine.PROMETHEUS:
            yield from join_equal((*_other_durations(rule, texts), *_other_horizons(rule, texts)))


def _other_durations(rule: Rule, texts: WrittenTexts) -> Iterator[Finding]:
    for name, text in texts:
        told = told_duration_of(text)
        has = None if told is None else _other(rule, told)
        if told is not None and has is not None:
            yield Finding(
                f"the text says {told.said}, and {has}",
                at=text_piece(rule.written.annotations[name], told.span),
                also=((rule.written.for_ if "`for`" in has else _first_range(rule), "here"),),
                help="write the same duration in both",
                about=rule.place,
            )


def _first_range(rule: Rule) -> Place:
    """Where a query says first how far it looks back."""
    node = rule_tree(rule)
    spans = () if node is None else (one.span for one in query_nodes(node) if isinstance(one, promql.Range))
    return expr_piece(rule, min(spans, default=(0, len(rule.expr))))


def _other_horizons(rule: Rule, texts: WrittenTexts) -> Iterator[Finding]:
    """Texts that tell in how long something will be so, where `predict_linear` looks otherwise far."""
    node = rule_tree(rule) if "predict_linear" in rule.expr else None
    calls = [] if node is None else [one for one in query_nodes(node) if isinstance(one, promql.Call)]
    ahead = [one.arguments[1] for one in calls if one.function == "predict_linear"]
    seconds = calculated_number(ahead[0]) if len(ahead) == 1 else None
    if node is None or not seconds:
        return
    for name, text in texts:
        found = _AHEAD.search(text)
        if found is None or not counts_one_time(text):
            continue
        told = float(found["number"]) * TIME_UNITS[found["unit"].lower()]
        if abs(told - seconds) > 0.1 * told and not any(abs(one - told) < 1 for one in times(rule, node)):
            yield Finding(
                f"the text says {found['number']} {found['unit']}, and `predict_linear` looks "
                f"{_written(seconds)} ahead",
                at=expr_piece(rule, ahead[0].span),
                also=((text_piece(rule.written.annotations[name], found.span()), "what the text says"),),
                help=f"write {told:g}, the seconds of {found['number']} {found['unit']}, or change the text",
                about=rule.place,
            )


def _other(rule: Rule, told: ToldDuration) -> str | None:
    """What the rule has instead of a duration; None where it may be the one that is meant."""
    seconds = told.seconds
    node = rule_tree(rule)
    if node is None or "time()" in rule.expr.replace(" ", "") or "timestamp(" in rule.expr:
        return None
    if any(":" in name or _WINDOW.search(name) for name in metric_names(node)):
        # What was recorded has a range of its own.
        return None
    waits, *ranges = times(rule, node)
    kept = parse_duration(rule.keep_firing_for or "0s") / 1000
    # Whoever compares with `==` names a state, and no time.
    states = {
        id(side)
        for part in query_nodes(node)
        if isinstance(part, promql.Binary) and part.op in ("==", "!=")
        for side in (part.left, part.right)
    }
    numbers = [
        abs(one)
        for part in query_nodes(node)
        if id(part) not in states and (one := written_number(part)) is not None
    ]
    meant = {*numbers, *(one * unit for one in numbers for unit in (60, 3600, 86400))}
    meant |= _times_of_labels(node)
    # What is kept firing has been so at some time since.
    sums = [since + one for since in (waits, kept) for one in ranges]
    if any(abs(one - seconds) < 1 for one in (waits, kept, *ranges, *sums, *meant)):
        return None
    if told.is_lasting:
        # Ten minutes less than twelve hours leave room for what comes after the `for`.
        # Days beside minutes are a story of what happened once.
        # What has lasted for twice as long has lasted for more than ten minutes, but not for ten.
        longest = math.inf if told.is_least else seconds * 2
        is_other = seconds / _STORY < waits < seconds * 0.9 or waits >= longest
        if not is_other or any(one >= seconds for one in ranges):
            return None
        return f"the `for` is {rule.for_}"
    if not ranges or waits + max(ranges) > seconds > max(ranges):
        return None
    if seconds >= _DAY and seconds < max(ranges) <= seconds * 1.1:
        # An hour or two more leave room for a job of every day that runs late.
        return None
    written = ", ".join(_written(one) for one in sorted(set(ranges)))
    return f"the query looks back for {written}"


def _times_of_labels(node: Node) -> set[float]:
    """The durations in seconds by which the query chooses its series, such as `interval="2m0s"`."""
    return {
        parse_duration(matcher.value) / 1000
        for part in query_nodes(node)
        if isinstance(part, promql.Selector)
        for matcher in part.matchers
        if matcher.op == "=" and _TIME.fullmatch(matcher.value)
    }


def _written(seconds: float) -> str:
    for unit, length in (("d", 86400), ("h", 3600), ("m", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds // length:g}{unit}"
    return f"{seconds:g}s"
