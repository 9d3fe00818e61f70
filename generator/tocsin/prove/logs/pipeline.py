"""A log line on its way through the stages of a query, as Loki takes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import (
    Decolorize,
    Drop,
    Json,
    Keep,
    LabelFilter,
    LabelFormat,
    LabelMatcher,
    LineFilter,
    LineFormat,
    Logfmt,
    Pattern,
    Regexp,
    Unpack,
)
from tocsin.lang.logql.captures import pattern_parts
from tocsin.lang.regexes import find_match
from tocsin.prove.logs import parsers
from tocsin.prove.logs.conditions import holds_address, matcher_passes, passes_condition
from tocsin.prove.logs.model import BeyondReachError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.lang.logql.ast import LineMatch, LogQuery, Stage

_ACTION = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_FIELD = re.compile(r"\{\{\s*\.([A-Za-z_]\w*)\s*\}\}")
_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_ERROR = "__error__"


class Line:
    """A line and its labels at one place of a pipeline."""

    def __init__(self, stream: Mapping[str, str], text: str) -> None:
        self.stream = stream
        self.text = text
        self.error = ""
        self._parsed: dict[str, str] = {}
        self._gone: set[str] = set()

    @property
    def labels(self) -> dict[str, str]:
        """All labels, without those that have the empty text."""
        stream = {name: value for name, value in self.stream.items() if name not in self._gone}
        error = {_ERROR: self.error} if self.error else {}
        return {name: value for name, value in {**stream, **self._parsed, **error}.items() if value}

    def get(self, name: str) -> str | None:
        """The value of a label; None where there is none."""
        if name == _ERROR:
            return self.error or None
        if name in self._parsed:
            return self._parsed[name]
        return None if name in self._gone else self.stream.get(name)

    def put(self, name: str, value: str) -> None:
        """Write a label."""
        self._parsed[name] = value

    def take(self, name: str) -> None:
        """Remove a label."""
        self._parsed.pop(name, None)
        self._gone.add(name)

    def extracted(self, fields: Mapping[str, str]) -> None:
        """Take over what a parser found; labels of the stream and of an earlier parser stay."""
        for name, value in fields.items():
            label = f"{name}_extracted" if name in self.stream else name
            self._parsed.setdefault(label, value)


def run_pipeline(query: LogQuery, stream: Mapping[str, str], text: str) -> Line | None:
    """The line behind all stages; None where one of them filters it out, or the selector its stream."""
    if not all(matcher_passes(matcher, stream.get(matcher.name, "")) for matcher in query.selector.matchers):
        return None
    line = Line(stream, text)
    return line if all(run_stage(stage, line) for stage in query.stages) else None


def run_stage(stage: Stage, line: Line) -> bool:
    """Change the line as a stage does; False where it is filtered out."""
    match stage:
        case LineFilter():
            found = any(_holds(stage.op, one, line.text) for one in stage.texts)
            return found == stage.op.startswith("|")
        case LabelFilter():
            passed = passes_condition(stage.condition, line.get)
            line.error = line.error or ("LabelFilterErr" if passed is None else "")
            return passed is not False
        case Json() | Logfmt() | Regexp() | Pattern() | Unpack():
            _parse(stage, line)
        case LineFormat():
            line.text = _filled(stage.template.value, line)
        case LabelFormat():
            _format(stage, line)
        case Decolorize():
            line.text = _COLOUR.sub("", line.text)
        case Drop():
            for label in stage.labels:
                if not isinstance(label, LabelMatcher) or matcher_passes(label, line.get(label.name) or ""):
                    _forget(line, label.name)
        case Keep():
            _keep(stage, line)
    return True


def _holds(op: str, text: LineMatch, line: str) -> bool:
    if text.ip:
        return holds_address(text.value, line)
    if op in ("|~", "!~"):
        return find_match(text.value, line) is not None
    if op in ("|=", "!="):
        return text.value in line
    parts = [re.escape(part) if not capture else ".+" for part, capture in pattern_parts(text.value)]
    return re.search("".join(parts), line, re.DOTALL) is not None


def _parse(stage: Json | Logfmt | Regexp | Pattern | Unpack, line: Line) -> None:
    match stage:
        case Json(extractions=()):
            fields = parsers.json_fields(line.text)
            if fields is None:
                line.error = line.error or "JSONParserErr"
            line.extracted(fields or {})
        case Json():
            found = {one.label: parsers.json_at(line.text, one.expression) for one in stage.extractions}
            if None in found.values():
                line.error = line.error or "JSONParserErr"
            line.extracted({label: value for label, value in found.items() if value is not None})
        case Logfmt(extractions=()):
            fields = parsers.logfmt_fields(line.text)
            line.extracted({name: value for name, value in fields.items() if value or stage.keep_empty})
        case Logfmt():
            fields = parsers.logfmt_fields(line.text)
            line.extracted(
                {one.label: fields.get(one.expression.strip(' "'), "") for one in stage.extractions}
            )
        case Regexp():
            line.extracted(parsers.regexp_fields(line.text, stage.pattern.value))
        case Pattern():
            line.extracted(parsers.pattern_fields(line.text, stage.pattern.value))
        case Unpack():
            unpacked = parsers.unpack_line(line.text)
            if unpacked is None:
                line.error = line.error or ("JSONParserErr" if line.text else "")
            elif unpacked[1] is not None:
                line.extracted(unpacked[0])
                line.text = unpacked[1]


def _format(stage: LabelFormat, line: Line) -> None:
    for assignment in stage.assignments:
        if not isinstance(assignment.source, str):
            line.put(assignment.label, _filled(assignment.source.value, line))
        elif (value := line.get(assignment.source)) is not None:
            line.put(assignment.label, value)
            line.take(assignment.source)


def _filled(template: str, line: Line) -> str:
    if any(_FIELD.fullmatch(action) is None for action in _ACTION.findall(template)):
        raise BeyondReachError(f"the template `{template}` is not followed: it does more than print labels")
    return _FIELD.sub(lambda match: line.get(match[1]) or "", template)


def _forget(line: Line, name: str) -> None:
    if name == _ERROR:
        line.error = ""
    line.take(name)


def _keep(stage: Keep, line: Line) -> None:
    kept: set[str] = {_ERROR}
    for label in stage.labels:
        if not isinstance(label, LabelMatcher) or matcher_passes(label, line.get(label.name) or ""):
            kept.add(label.name)
    for name in line.labels.keys() - kept:
        line.take(name)
