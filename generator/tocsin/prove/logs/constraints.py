"""What a log query demands of a stream's labels, of the fields of a line, and of its text."""

from __future__ import annotations

import itertools
from dataclasses import field
from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import (
    Both,
    Either,
    Json,
    LabelFilter,
    LabelFormat,
    LineFilter,
    Logfmt,
    Pattern,
    Regexp,
    Unpack,
    conditions,
)
from tocsin.lang.logql.captures import pattern_parts
from tocsin.lang.regex_samples import regex_samples
from tocsin.lang.regexes import find_match, group_names
from tocsin.prove.logs.conditions import candidate_values, matcher_passes, passes_condition, some_address
from tocsin.prove.logs.parsers import sanitize_name
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.logql.ast import Condition, LineMatch, RangeAggregation, Selector, SingleCondition, Stage

_ERRORS = ("__error__", "__error_details__")
_MOST_WAYS = 8
_SAMPLES = 4
_DEFAULTS = ("x", "a", "1", "500", "1s", "info", "")


@value_object
class Wish:
    """One way to satisfy a query: labels of the stream, fields of the line, and texts that it holds."""

    stream: dict[str, str] = field(default_factory=dict)
    fields: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ()


def line_constraints(node: RangeAggregation) -> Iterator[Wish]:
    """Ways that may satisfy the log query of a range aggregation, the plainest first."""
    selector = node.range.query.selector
    stages = (*node.range.query.stages, *(node.range.unwrap.filters if node.range.unwrap is not None else ()))
    stream = stream_labels(selector)
    if stream is None:
        return
    texts = list(itertools.islice(_texts(stages), _MOST_WAYS * 2))
    for way in itertools.islice(_ways(stages), _MOST_WAYS):
        values = _values(way, stream)
        if values is None:
            continue
        values = _before_formats(values, stages)
        fields = {
            name: value for name, value in values.items() if name not in stream and _is_parsed(name, stages)
        }
        labels = {name: value for name, value in values.items() if name not in fields and value}
        for chosen in texts:
            yield Wish({**labels, **stream}, fields, chosen)


def stream_labels(selector: Selector) -> dict[str, str] | None:
    """Labels that satisfy a selector; None where none are found."""
    found: dict[str, str] = {}
    for name in dict.fromkeys(matcher.name for matcher in selector.matchers):
        mine = [matcher for matcher in selector.matchers if matcher.name == name]
        offered = itertools.chain(*(candidate_values(matcher) for matcher in mine), _DEFAULTS)
        value = next((v for v in offered if all(matcher_passes(m, v) for m in mine)), None)
        if value is None:
            return None
        if value:
            found[name] = value
    return found


def healthy_constraints(wish: Wish, stages: tuple[Stage, ...]) -> Iterator[Wish]:
    """Wishes for the same stream that a healthy system may have: other values, other texts."""
    singles = [
        one for stage in stages if isinstance(stage, LabelFilter) for one in conditions(stage.condition)
    ]
    for name in wish.fields:
        mine = [one for one in singles if one.name == name]
        for value in ("info", "200", "ok", "1ms", "0", "10B", "192.0.2.9", ""):
            if mine and not any(passes_condition(one, {name: value}.get) for one in mine):
                yield Wish(wish.stream, {**wish.fields, name: value}, wish.texts)
                break
    yield Wish(wish.stream, {}, ("all is well",))
    yield Wish(wish.stream, wish.fields, ("all is well",))


def _ways(stages: tuple[Stage, ...]) -> Iterator[tuple[SingleCondition, ...]]:
    """The conditions of all filters of labels, with one side chosen of each `or`."""
    each = [list(_chosen(stage.condition)) for stage in stages if isinstance(stage, LabelFilter)]
    for combination in itertools.product(*each):
        yield tuple(itertools.chain(*combination))


def _chosen(condition: Condition) -> Iterator[tuple[SingleCondition, ...]]:
    match condition:
        case Both():
            for left, right in itertools.product(_chosen(condition.left), _chosen(condition.right)):
                yield (*left, *right)
        case Either():
            yield from _chosen(condition.left)
            yield from _chosen(condition.right)
        case _:
            yield (condition,)


def _values(way: tuple[SingleCondition, ...], stream: dict[str, str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for name in dict.fromkeys(one.name for one in way if one.name not in _ERRORS):
        mine = [one for one in way if one.name == name]
        offered = (
            [stream[name]] if name in stream else [*itertools.chain(*map(candidate_values, mine)), *_DEFAULTS]
        )
        value = next(
            (v for v in offered if all(passes_condition(one, {name: v or None}.get) for one in mine)), None
        )
        if value is None:
            return None
        found[name] = value
    return found


def _before_formats(values: dict[str, str], stages: tuple[Stage, ...]) -> dict[str, str]:
    """The values as they have to be before `label_format` renames or copies them."""
    for stage in reversed(stages):
        for one in reversed(stage.assignments) if isinstance(stage, LabelFormat) else ():
            if one.label not in values:
                continue
            source = one.source if isinstance(one.source, str) else _only_field(one.source.value)
            wanted = values.pop(one.label)
            if source is not None:
                values.setdefault(source, wanted)
    return values


def _only_field(template: str) -> str | None:
    inside = template.strip().removeprefix("{{").removesuffix("}}").strip()
    return inside[1:] if inside.startswith(".") and inside[1:].isidentifier() else None


def _is_parsed(name: str, stages: tuple[Stage, ...]) -> bool:
    """Whether a parser can take the label out of a line."""
    for stage in stages:
        match stage:
            case Json(extractions=()) | Logfmt(extractions=()) | Unpack():
                return True
            case Json() | Logfmt():
                if any(one.label == name for one in stage.extractions):
                    return True
            case Regexp():
                if name in map(sanitize_name, group_names(stage.pattern.value)):
                    return True
            case Pattern():
                if (name, True) in pattern_parts(stage.pattern.value):
                    return True
            case _:
                pass
    return False


def _texts(stages: tuple[Stage, ...]) -> Iterator[tuple[str, ...]]:
    """Texts that the filters of lines ask for, one a filter."""
    filters = [stage for stage in stages if isinstance(stage, LineFilter) and stage.op.startswith("|")]
    each = [list(itertools.chain(*(_samples(stage.op, text) for text in stage.texts))) for stage in filters]
    for combination in itertools.product(*(offers[: _SAMPLES * 2] for offers in each)):
        yield tuple(dict.fromkeys(text for text in combination if text))


def _samples(op: str, text: LineMatch) -> tuple[str, ...]:
    if text.ip:
        return (some_address(text.value),)
    if op == "|=":
        return (text.value,)
    if op == "|~":
        return _plain_first(
            (*regex_samples(text.value.replace(".*", " ").replace(".+", " ")), *regex_samples(text.value)),
            text,
        )
    return ("".join("x" if capture else part for part, capture in pattern_parts(text.value)),)


def _plain_first(found: tuple[str, ...], text: LineMatch) -> tuple[str, ...]:
    """Those that match, with a blank for what may be anything before others, and no line breaks."""
    fitting = dict.fromkeys(
        one for one in found if "\n" not in one and find_match(text.value, one) is not None
    )
    return tuple(fitting)[:_SAMPLES]
