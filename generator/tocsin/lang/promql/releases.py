"""What each release of Prometheus added to PromQL, and what has to be enabled in it.

The releases are those whose `promql/parser` has it for the first time, the features those that its parser
asks for (`--enable-feature` of Prometheus and of promtool).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast, get_args

import re2

from tocsin.lang.durations import format_duration
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Number,
    Range,
    Selector,
    Subquery,
    walk,
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.releases import check_supported, release
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import At, Duration, Node, Span

OLDEST = "2.53"
"""The oldest Prometheus that runs what Tocsin writes."""
ASSUMED = "3.5"
"""The Prometheus for which a spec is that names none: the oldest one with long-term support."""

Feature = Literal[
    "promql-experimental-functions",
    "promql-duration-expr",
    "promql-extended-range-selectors",
    "promql-binop-fill-modifiers",
]
FEATURES: tuple[str, ...] = get_args(Feature)
"""What has to be enabled by `--enable-feature` in some release of Prometheus."""
_FUNCTIONS, _DURATIONS, _RANGES, _FILL = FEATURES


@value_object
class Renamed:
    """The new name of something, and what has to be enabled for it."""

    name: str
    feature: str | None = None


@value_object
class Addition:
    """A part of PromQL that not every release knows."""

    since: str
    feature: str | None = None
    """What has to be enabled for it."""
    stable: str | None = None
    """The release from which it is there without that."""
    gone: str | None = None
    """The release that no longer knows it."""
    instead: str | None = None
    """How to do without it."""
    formerly: str | None = None
    """What older releases call it."""
    now: Renamed | None = None
    """What newer releases call it."""


Refusal = Literal["newer", "gone", "feature"]


@value_object
class Use:
    """A place of a query at which a release refuses it."""

    what: str
    """What stands there, as it is called in a sentence."""
    span: Span
    addition: Addition
    why: Refusal
    """It came later, is no longer there, or has to be enabled."""


def _experimental(names: str, since: str, instead: str | None = None) -> dict[str, Addition]:
    return dict.fromkeys(names.split(), Addition(since, _FUNCTIONS, instead=instead))


FUNCTIONS: dict[str, Addition] = {
    **_experimental(
        "sort_by_label sort_by_label_desc", "2.49", "leave it out: results of rules have no order"
    ),
    **_experimental("mad_over_time", "2.49", "take `stddev_over_time`"),
    **_experimental("limitk limit_ratio", "2.54", "take `topk`"),
    **_experimental("info", "2.55", "join by `* on (job, instance) group_left (…) target_info`"),
    "holt_winters": Addition("2.0", gone="3.0", now=Renamed("`double_exponential_smoothing`", _FUNCTIONS)),
    "double_exponential_smoothing": Addition("3.0", _FUNCTIONS, formerly="`holt_winters`"),
    **_experimental("ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time", "3.5"),
    "first_over_time": Addition("3.7", _FUNCTIONS, stable="3.14"),
    **_experimental("ts_of_first_over_time", "3.7"),
    **_experimental("histogram_quantiles", "3.11", "write one `histogram_quantile` for each quantile"),
    **_experimental("end range start step", "3.12", "write the number: an alert is evaluated at one time"),
    **_experimental("max_of min_of", "3.13"),
    **_experimental("start_timestamp", "3.14"),
    **_experimental("integral", "3.16", "write `avg_over_time(…)`, times the seconds of the range"),
}
"""Functions and aggregations that not every supported release has, or not by itself."""
_TRIMMING = Addition("3.11", instead="ask the buckets of a classic histogram")
_INTERPOLATION = Addition("3.7", _RANGES, stable="3.16", instead="leave it out")
_FILLING = Addition("3.10", _FILL, instead="write `(… or …)` around the side that may be missing")
_NUMBER_WITH_UNIT = "2.54"
_COMPUTED = "3.4"
_COMPUTED_BY = {
    **dict.fromkeys(("step", "min", "max"), "3.6"),
    "range": "3.10",
    **dict.fromkeys(("min_of", "max_of"), "3.13"),
}
_RENAMED = "3.13"
_COMPUTED_STABLE = "3.14"
_QUOTED_LABEL = Addition("2.55", instead="rename the label when it is scraped")

_OLD_DURATION = regex_on_use(r"[-+]?\s*(?:[0-9]+(?:ms|[smhdwy]))+")
_PLAIN_NUMBER = regex_on_use(r"[-+]?\s*[0-9][0-9a-zA-Z_.]*")
_WORD = regex_on_use(r"[a-z_]{3,}")
_HAS_LETTERS = regex_on_use(r"[0-9](?:ms|[smhdwy])")
# What may stand in such a query: nearly none has it, and trees are only walked where one does.
_NAMES = "|".join(FUNCTIONS)
_MAYBE = re2.compile(
    rf"(?i)</|>/|\b(?:{_NAMES}|fill\w*|anchored|smoothed)\b|\[[^\[\]]*?[-+*/%^(]|\boffset\s*[-+]?\s*[(a-z]"
)
_RELEASE_OF_NUMBERS = release(_NUMBER_WITH_UNIT)


def check_prometheus(version: str) -> None:
    """LangError for what is not a version of Prometheus, or one older than the oldest supported one."""
    check_supported("Prometheus", OLDEST, version)


@lru_cache(maxsize=4096)
def refused(text: str, version: str, features: frozenset[str]) -> tuple[Use, ...]:
    """Where a release with these features enabled refuses a query that newer or older ones take.

    LangError for what is no query, where there may be something to refuse in it.
    """
    if release(version) >= _RELEASE_OF_NUMBERS and _MAYBE.search(text) is None:
        return ()
    found: dict[Span, Use] = {}
    for node in walk(parse_promql(text)):
        for what, span, addition in _of_node(node, text):
            why = why_refused(addition, version, features)
            if why is not None:
                found.setdefault(span, Use(what, span, addition, why))
    return tuple(found[span] for span in sorted(found))


def additions(text: str) -> Iterator[Addition]:
    """What stands in a query and not every release from 2.54 on takes; LangError for what is no query."""
    if _MAYBE.search(text) is None:
        return
    for node in walk(parse_promql(text)):
        yield from (addition for _, _, addition in _of_node(node, text))


def why_refused(addition: Addition, version: str, features: frozenset[str]) -> Refusal | None:
    """Why a release with these features enabled refuses it; None where it does not."""
    if release(version) < release(addition.since):
        return "newer"
    if addition.gone is not None and release(version) >= release(addition.gone):
        return "gone"
    is_stable = addition.stable is not None and release(version) >= release(addition.stable)
    return None if is_stable or addition.feature in (None, *features) else "feature"


def _of_node(node: Node, text: str) -> Iterator[tuple[str, Span, Addition]]:
    match node:
        case Call(function=name, name_span=span) | Aggregation(op=name, op_span=span) if name in FUNCTIONS:
            yield f"`{name}`", span, FUNCTIONS[name]
        case Binary(op="</" | ">/" as op):
            yield f"`{op}`", node.op_span, _TRIMMING
        case Number():
            yield from _of_number(node, text)
        case Range():
            yield from _of_duration(node.range, text)
        case Subquery():
            for duration in (node.range, node.step, node.offset):
                yield from _of_duration(duration, text)
        case Selector():
            if node.interpolation is not None:
                yield f"`{node.interpolation}`", node.span, _INTERPOLATION
            yield from _of_duration(node.offset, text)
            if node.at is not None and not isinstance(node.at.time, str):
                yield from _of_number(_time(node.at, text), text)
    if isinstance(node, Binary) and node.matching.span is not None:
        if node.matching.fill_left is not None or node.matching.fill_right is not None:
            yield "`fill`", node.matching.span, _FILLING
        yield from _quoted((*node.matching.label_spans, *node.matching.include_spans), text)
    if isinstance(node, Aggregation) and node.grouping is not None:
        yield from _quoted(node.grouping.label_spans, text)


def _quoted(spans: tuple[Span, ...], text: str) -> Iterator[tuple[str, Span, Addition]]:
    for span in spans:
        if text[span[0]] in "\"'`":
            yield "a quoted label here", span, _QUOTED_LABEL


def _time(at: At, text: str) -> Number:
    """The number behind an `@`."""
    start, end = at.span
    written = text[start:end]
    behind = len(written) - len(written.lstrip("@+- \t\r\n"))
    return Number(abs(cast("float", at.time)), (start + behind, end))


def _of_number(number: Number, text: str) -> Iterator[tuple[str, Span, Addition]]:
    written = text[slice(*number.span)]
    if "_" in written or (_HAS_LETTERS.search(written) and not written.lower().startswith("0x")):
        plain = f"{number.value:.15g}"
        yield f"`{written}` as a number", number.span, Addition(_NUMBER_WITH_UNIT, instead=f"write `{plain}`")


def _of_duration(duration: Duration | None, text: str) -> Iterator[tuple[str, Span, Addition]]:
    if duration is None:
        return
    written = text[slice(*duration.span)]
    if _OLD_DURATION.fullmatch(written):
        return
    instead = _as_duration(duration)
    if _PLAIN_NUMBER.fullmatch(written):
        yield f"`{written}` as a duration", duration.span, Addition(_NUMBER_WITH_UNIT, instead=instead)
        return
    words = [word for word in _WORD.findall(written) if word in _COMPUTED_BY]
    since = max((_COMPUTED, *(_COMPUTED_BY[word] for word in words)), key=release)
    gone = _RENAMED if {"min", "max"}.intersection(words) else None
    now = None if gone is None else Renamed("`min_of` and `max_of`", _DURATIONS)
    addition = Addition(since, _DURATIONS, _COMPUTED_STABLE, gone, instead, now=now)
    what = "a duration that is computed" if gone is None else "`min` and `max` of durations"
    yield what, duration.span, addition


def _as_duration(duration: Duration) -> str | None:
    if duration.seconds is None or duration.seconds * 1000 != int(duration.seconds * 1000):
        return None
    sign = "-" if duration.seconds < 0 else ""
    return f"write `{sign}{format_duration(abs(int(duration.seconds * 1000)))}`"
