"""Functions of instant vectors: labels, clocks, histograms, absence."""

from __future__ import annotations

import calendar
import math
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Range, Selector
from tocsin.lang.regexes import groups_of_whole
from tocsin.prove.witness.evaluate.arithmetic import NAN
from tocsin.prove.witness.evaluate.buckets import bound, bucket_quantile
from tocsin.prove.witness.evaluate.elements import NOWHERE, Element, Labels, Vector, key_of, without_name

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.lang.promql.ast import Node

_REFERENCE = re.compile(r"\$(?:\{(\w+)\}|(\w+)|(\$))")
_LAST_SECOND = 253_402_300_799
"""The end of the year 9999."""


def absent_labels(argument: Node) -> Labels:
    """The labels of `absent(…)`: what the selector says with `=`, once a label."""
    selector = argument.selector if isinstance(argument, Range) else argument
    if not isinstance(selector, Selector):
        return {}
    labels: Labels = {}
    twice: set[str] = set()
    for matcher in selector.matchers:
        if matcher.name == "__name__":
            continue
        if matcher.op == "=" and matcher.name not in labels and matcher.name not in twice:
            labels[matcher.name] = matcher.value
        else:
            twice.add(matcher.name)
            labels.pop(matcher.name, None)
    return {name: value for name, value in labels.items() if value}


def absent(argument: Node, vector: Vector) -> Vector:
    """One element when there is none."""
    there = [element for element in vector if element.appear == 0]
    labels = absent_labels(argument)
    if there:
        return [Element(labels, 1.0, sum(element.vanish for element in there), 0.0)]
    return [Element(labels, 1.0, 0.0, min((element.appear for element in vector), default=NOWHERE))]


def label_replace(vector: Vector, target: str, replacement: str, source: str, pattern: str) -> Vector:
    """Set a label from a regular expression's match with another."""
    result: Vector = []
    for element in vector:
        value = replaced_text(element.labels.get(source, ""), replacement, pattern)
        if value is None:
            result.append(element)
            continue
        labels = {name: text for name, text in element.labels.items() if name != target}
        if value:
            labels[target] = value
        result.append(element._replace(labels=labels))
    return result


def replaced_text(text: str, replacement: str, pattern: str) -> str | None:
    """What `label_replace` makes of a label's value; None where the pattern does not match all of it."""
    match = groups_of_whole(pattern, text)
    return None if match is None else _expanded(replacement, match)


def _expanded(template: str, groups: dict[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        if match[3]:
            return "$"
        return groups.get(match[1] or match[2], "")

    return _REFERENCE.sub(value, template)


def label_join(vector: Vector, target: str, separator: str, sources: Sequence[str]) -> Vector:
    """Set a label to the values of others, joined."""
    result: Vector = []
    for element in vector:
        value = separator.join(element.labels.get(source, "") for source in sources)
        labels = {name: text for name, text in element.labels.items() if name != target}
        if value:
            labels[target] = value
        result.append(element._replace(labels=labels))
    return result


def histogram_quantile(q: float, vector: Vector) -> Vector:
    """Quantiles of classic histograms, one for each set of labels beside `le`."""
    found: dict[object, tuple[Labels, Vector]] = {}
    for element in vector:
        labels = {n: v for n, v in element.labels.items() if n not in ("le", "__name__")}
        if bound(element.labels.get("le", "")) is not None:
            found.setdefault(key_of(labels), (labels, []))[1].append(element)
    result: Vector = []
    for labels, members in found.values():
        there = [element for element in members if element.appear == 0]
        buckets = [(bound(element.labels["le"]) or 0.0, element.value) for element in there or members]
        value = bucket_quantile(q, buckets)
        if there:
            result.append(Element(labels, value, 0.0, sum(element.vanish for element in there)))
        else:
            result.append(Element(labels, value, min(element.appear for element in members), 0.0))
    return result


def clock(function: Callable[[datetime], int]) -> Callable[[float], float]:
    """A function of a Unix time in UTC."""

    def call(seconds: float) -> float:
        if not math.isfinite(seconds) or not -62_135_596_800 <= seconds <= _LAST_SECOND:
            return NAN
        return float(function(datetime.fromtimestamp(math.trunc(seconds), UTC)))

    return call


CLOCKS: dict[str, Callable[[float], float]] = {
    "minute": clock(lambda moment: moment.minute),
    "hour": clock(lambda moment: moment.hour),
    "day_of_week": clock(lambda moment: moment.isoweekday() % 7),
    "day_of_month": clock(lambda moment: moment.day),
    "day_of_year": clock(lambda moment: moment.timetuple().tm_yday),
    "days_in_month": clock(lambda moment: calendar.monthrange(moment.year, moment.month)[1]),
    "month": clock(lambda moment: moment.month),
    "year": clock(lambda moment: moment.year),
}


def mapped(vector: Vector, function: Callable[[float], float]) -> Vector:
    """Each value through a function; the metric's name goes."""
    return [
        Element(without_name(element.labels), function(element.value), element.appear, element.vanish)
        for element in vector
    ]


def clamped(value: float, least: float, greatest: float) -> float:
    """The value, or the bound that it passes."""
    if value != value or least != least or greatest != greatest:
        return NAN
    return max(least, min(greatest, value))
