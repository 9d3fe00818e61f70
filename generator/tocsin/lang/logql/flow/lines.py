"""The labels of log lines while they pass from stage to stage."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.flow.algebra import (
    drop_labels,
    keep_labels,
    select_series,
    selected_by_all,
    union,
    with_label,
)
from tocsin.lang.flow.label_values import ANY, MISSING
from tocsin.lang.flow.model import Flow, LabelFact, Why
from tocsin.lang.logql.ast import (
    AddressCondition,
    Both,
    Drop,
    Either,
    Json,
    Keep,
    LabelFilter,
    LabelFormat,
    LabelMatcher,
    LineFormat,
    Logfmt,
    Name,
    Pattern,
    Regexp,
    Unpack,
)
from tocsin.lang.logql.captures import pattern_parts
from tocsin.lang.logql.flow.templates import can_fail, formatted_values
from tocsin.lang.logql.label_regexes import passing_pattern
from tocsin.lang.regexes import group_names, matches_whole
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.logql.ast import Condition, LogQuery, Selector, Span, Stage

ERROR = "__error__"
_ERRORS = (ERROR, "__error_details__", "__preserve_error__")
_EXTRACTED = "_extracted"
_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}


@value_object
class Lines:
    """What holds for the lines at one place of a pipeline."""

    flow: Flow
    stream: Flow
    """What the selector alone says: a parser renames what the stream has."""
    keeps_errors: bool
    """Whether the query asks for lines with errors; otherwise one of them makes the whole query fail."""
    drops_errors: bool = False
    """Whether a stage before took an error away, but not its details."""


def query_lines(query: LogQuery, *, keeps_errors: bool) -> Lines:
    """The lines that a log query gives."""
    stream = _stream(query.selector)
    sure = {name: fact for name, fact in stream.labels.items() if fact.is_guaranteed}
    brought = Why("what is sent along with a line may bring it", query.selector.span)
    none = Why("no stage before can fail", query.selector.span)
    errors = dict.fromkeys(_ERRORS, LabelFact(MISSING, none))
    flow = Flow(LabelFact(ANY, brought), brought, {**sure, **errors}, empty=stream.empty)
    lines = Lines(flow, stream, keeps_errors)
    for stage in query.stages:
        lines = lines_after(lines, stage)
    return lines


def lines_after(lines: Lines, stage: Stage) -> Lines:
    """The lines behind a stage."""
    match stage:
        case Json() | Logfmt() | Unpack() | Regexp() | Pattern():
            return _parsed(lines, stage)
        case LabelFilter():
            return _with_flow(lines, _filtered(lines, lines.flow, stage.condition))
        case LineFormat() if can_fail(stage.template.value):
            return _failing(lines, "the template of `line_format` may fail", stage.span)
        case LabelFormat():
            return _formatted(lines, stage)
        case Drop():
            return _dropped(lines, stage)
        case Keep():
            return _kept(lines, stage)
        case _:
            return lines


def lines_with_errors(flow: Flow, reason: str, span: Span) -> Flow:
    """The lines behind something that marks those with an error on which it fails."""
    why = Why(reason, span)
    errors = {name: LabelFact(flow.label(name).texts.either(ANY), why) for name in _ERRORS}
    return Flow(flow.others, flow.value_why, {**flow.labels, **errors}, flow.value, flow.empty, flow.always)


def without_errors(flow: Flow, why: Why) -> Flow:
    """The lines that carry no error."""
    return selected_by_all(flow, [(name, "=", "", why) for name in _ERRORS])


def _stream(selector: Selector) -> Flow:
    anything = Why("the stream may have it", selector.span)
    matchers = [(one.name, one.op, one.value, _why(one)) for one in selector.matchers]
    return selected_by_all(Flow(LabelFact(ANY, anything), anything), matchers)


def _why(matcher: LabelMatcher) -> Why:
    shown = Matcher(matcher.name, matcher.op, matcher.value).text()
    if matcher.op == "=":
        what = f"`{shown}` asks for it" if matcher.value else f"`{shown}` takes only what lacks it"
    else:
        what = f"`{shown}` limits it"
    return Why(what, matcher.span)


def _failing(lines: Lines, reason: str, span: Span) -> Lines:
    return _with_flow(lines, lines_with_errors(lines.flow, reason, span))


def _with_flow(lines: Lines, flow: Flow) -> Lines:
    return Lines(flow, lines.stream, lines.keeps_errors, lines.drops_errors)


def _parsed(lines: Lines, stage: Json | Logfmt | Unpack | Regexp | Pattern) -> Lines:
    match stage:
        case Regexp():
            names = group_names(stage.pattern.value)
            return _captured(lines, (_sanitized(name) for name in names), "regexp", stage.span)
        case Pattern():
            parts = pattern_parts(stage.pattern.value)
            captures = (name for name, capture in parts if capture and name != "_")
            return _captured(lines, captures, "pattern", stage.span)
        case Json():
            lines = _failing(lines, "`json` marks the lines that it cannot read", stage.span)
            what, extractions = "json", stage.extractions
        case Logfmt():
            if stage.strict:
                reason = "`logfmt --strict` marks the lines that it cannot read"
                lines = _failing(lines, reason, stage.span)
            what, extractions = "logfmt", stage.extractions
        case Unpack():
            lines = _failing(lines, "`unpack` marks the lines that it cannot read", stage.span)
            what, extractions = "unpack", ()
    if extractions:
        return _captured(lines, (extraction.label for extraction in extractions), what, stage.span)
    why = Why(f"`{what}` may take it out of the line", stage.span)
    unknown = LabelFact(ANY, why)
    flow = lines.flow
    taken = {
        name: unknown
        for name in flow.labels
        if name not in _ERRORS and not lines.stream.label(name).is_guaranteed
    }
    labels = {**flow.labels, **taken}
    return _with_flow(lines, Flow(unknown, flow.value_why, labels, flow.value, flow.empty, flow.always))


def _captured(lines: Lines, names: Iterable[str], what: str, span: Span) -> Lines:
    flow = lines.flow
    why = Why(f"`{what}` may take it out of the line", span)
    for name in names:
        of_stream = lines.stream.label(name)
        if not of_stream.is_guaranteed:
            flow = with_label(flow, name, ANY, why)
        renamed = Why(f"`{what}` calls it so where the stream has `{name}`", span)
        flow = with_label(flow, name + _EXTRACTED, ANY, renamed)
    return _with_flow(lines, flow)


def _sanitized(name: str) -> str:
    return f"_{name}" if name[:1].isdecimal() else name


def _filtered(lines: Lines, flow: Flow, condition: Condition) -> Flow:
    """The lines that pass a condition; a comparison with a number lets those pass that it cannot read."""
    match condition:
        case Both():
            return _filtered(lines, _filtered(lines, flow, condition.left), condition.right)
        case Either():
            left, right = (
                _filtered(lines, flow, condition.left),
                _filtered(lines, flow, condition.right),
            )
            return union(left, right)
        case LabelMatcher():
            return _matched(lines, flow, condition)
    name, span = condition.name, condition.span
    if not isinstance(condition, AddressCondition):
        flow = lines_with_errors(flow, f"the comparison marks lines whose `{name}` it cannot read", span)
    if lines.keeps_errors:
        return flow
    return select_series(flow, name, "!=", "", Why("the comparison takes only lines with it", span))


def _matched(lines: Lines, flow: Flow, matcher: LabelMatcher) -> Flow:
    why = _why(matcher)
    if (matcher.name, matcher.op, matcher.value) == (ERROR, "=", "") and not lines.drops_errors:
        return without_errors(flow, why)
    if matcher.op in ("=~", "!~") and matches_whole(matcher.value, ""):
        # An empty alternative makes Loki's simplifier forget the others, or take everything.
        return flow
    if matcher.op == "!~" and "." in matcher.value:
        # Here, unlike in a selector, `.` does not match a line break, and a parsed value may hold one.
        return flow
    value = passing_pattern(matcher.value) if matcher.op == "=~" else matcher.value
    return select_series(flow, matcher.name, matcher.op, value, why)


def _formatted(lines: Lines, stage: LabelFormat) -> Lines:
    flow = lines.flow
    # All templates of a stage see the labels as they were at the first of them.
    seen: Flow | None = None
    for assignment in stage.assignments:
        name, source, span = assignment.label, assignment.source, assignment.span
        old = flow.label(name).texts
        if isinstance(source, str):
            texts = flow.label(source).texts
            made = texts.either(old) if texts.allows("") else texts
            flow = with_label(flow, name, made, Why(f"`label_format` names `{source}` so", span))
            flow = with_label(flow, source, MISSING, Why(f"`label_format` renames it to `{name}`", span))
            continue
        seen = seen or flow
        texts = formatted_values(source.value, seen)
        if can_fail(source.value):
            flow = lines_with_errors(flow, "the template of `label_format` may fail", span)
            texts = texts.either(old)
        flow = with_label(flow, name, texts, Why("`label_format` writes it", span))
    return replace(lines, flow=flow)


def _dropped(lines: Lines, stage: Drop) -> Lines:
    flow = lines.flow
    for label in stage.labels:
        if isinstance(label, Name):
            flow = drop_labels(flow, [label.name], Why("`drop` removes it", label.span))
            lines = replace(lines, drops_errors=lines.drops_errors or label.name == ERROR)
        elif flow.label(label.name).can_match(label.op, label.value):
            left = flow.label(label.name).texts.narrowed(_OPPOSITE[label.op], label.value).either(MISSING)
            flow = with_label(flow, label.name, left, Why("`drop` removes it from some lines", label.span))
            lines = replace(lines, drops_errors=lines.drops_errors or label.name == ERROR)
    return replace(lines, flow=flow)


def _kept(lines: Lines, stage: Keep) -> Lines:
    flow = lines.flow
    left: dict[str, LabelValues] = {}
    for label in stage.labels:
        texts = flow.label(label.name).texts
        if isinstance(label, LabelMatcher):
            texts = texts.narrowed(label.op, label.value)
        left[label.name] = left[label.name].either(texts) if label.name in left else texts
    kept = keep_labels(
        flow, [*left, *_ERRORS], Why("`keep` removes every label that it does not name", stage.span)
    )
    for name, texts in left.items():
        if name not in _ERRORS and texts != kept.label(name).texts:
            why = Why("`keep` removes it from some lines", stage.span)
            kept = with_label(kept, name, texts.either(MISSING), why)
    return replace(lines, flow=kept)


def unwrapped_lines(lines: Lines, name: str, filters: tuple[LabelFilter, ...], span: Span) -> Lines:
    """The lines whose label becomes a number, before it goes."""
    flow = select_series(lines.flow, name, "!=", "", Why("`unwrap` takes only lines with it", span))
    flow = lines_with_errors(flow, "`unwrap` marks the lines whose value it cannot read", span)
    lines = replace(lines, flow=flow)
    for stage in filters:
        lines = lines_after(lines, stage)
    return lines
