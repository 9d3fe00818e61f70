"""What Loki finds wrong in the stages of a log query only when it runs the query."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.logql.ast import (
    AddressCondition,
    Json,
    LabelFilter,
    LabelFormat,
    LineFilter,
    LineFormat,
    Logfmt,
    Span,
    Text,
)
from tocsin.lang.logql.captures import check_no_neighbours, pattern_parts
from tocsin.lang.logql.templates import check_format_template
from tocsin.lang.regexes import check_regex
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from tocsin.lang.logql.ast import LineMatch, Stage

_ERROR_LABEL = "__error__"
_STEP = r"\s*\[\s*(?:[0-9]+|\"[^\"\]]*\"?)\s*\]"
_FIELD = r"[A-Za-z_][A-Za-z0-9_]*"
_JSON_PATH = regex_on_use(rf"[ \t\n]*+(?:{_FIELD}|{_STEP})(?:{_STEP}|\s*\.\s*{_FIELD})*[ \t\n]*")
_LOGFMT_PATH = regex_on_use(rf'[ \t\n]*+(?:{_FIELD}|"[^"\]]*+["\]]?)[ \t\n]*+(?:"[^"\]]*+["\]]?[ \t\n]*+)*')
_ADVICE = "write an address, a range such as `10.0.0.1-10.0.0.9`, or a network such as `10.0.0.0/8`"


def check_stages(stages: Iterable[Stage]) -> None:
    """Raise a LangError at the first stage that Loki's parser takes and the query's run refuses."""
    for stage in stages:
        match stage:
            case LineFilter():
                for text in stage.texts:
                    _check_line_match(stage.op, text)
            case LabelFilter(condition=AddressCondition(pattern=pattern)):
                _check_address(pattern.value, pattern.span)
            case Json():
                for extraction in stage.extractions:
                    _check_path(extraction.expression, _JSON_PATH, extraction.span, "`a.b[0]`")
            case Logfmt():
                for extraction in stage.extractions:
                    _check_path(extraction.expression, _LOGFMT_PATH, extraction.span, "`key`")
            case LineFormat():
                check_format_template(stage.template)
            case LabelFormat():
                _check_label_format(stage)
            case _:
                pass


def is_address(pattern: str) -> bool:
    """Whether `ip()` understands the text: an address, a range of addresses, or a network."""
    try:
        if "/" in pattern:
            network = pattern.partition("/")
            ipaddress.ip_address(network[0])
            return network[2].isdecimal() and bool(ipaddress.ip_network(pattern, strict=False))
        first, dash, last = pattern.partition("-")
        low = ipaddress.ip_address(first)
        if not dash:
            return True
        high = ipaddress.ip_address(last)
    except ValueError:
        return False
    return low.version == high.version and int(low) <= int(high)


def _check_line_match(op: str, text: LineMatch) -> None:
    if text.ip:
        if op not in ("|=", "!="):
            raise LangError(f"`{op}` takes no `ip(…)`", text.span, "use it with `|=` or `!=`")
        _check_address(text.value, text.span)
    elif op in ("|~", "!~"):
        check_regex(text.value, text.span)
    elif op in ("|>", "!>"):
        parts = pattern_parts(text.value)
        check_no_neighbours(parts, Text(text.value, text.span))
        named = next((name for name, capture in parts if capture and name != "_"), None)
        if named is not None:
            reason = f"a filter of lines captures nothing, so `<{named}>` has no place in it"
            raise LangError(reason, text.span, "write `<_>`")


def _check_address(pattern: str, span: Span) -> None:
    if not is_address(pattern):
        raise LangError(f"`{pattern}` is not an IP address", span, _ADVICE)


def _check_path(expression: str, path: re.Pattern[str], span: Span, example: str) -> None:
    if not path.fullmatch(expression):
        raise LangError(
            f"`{expression}` does not say where the value stands", span, f"write for example {example}"
        )


def _check_label_format(stage: LabelFormat) -> None:
    seen: set[str] = set()
    for assignment in stage.assignments:
        if assignment.label == _ERROR_LABEL:
            raise LangError(f"`{_ERROR_LABEL}` is Loki's own and cannot be written", assignment.span)
        if assignment.label in seen:
            reason = f"`{assignment.label}` is assigned twice in one `label_format`"
            raise LangError(reason, assignment.span, "use a second `| label_format`")
        seen.add(assignment.label)
        if isinstance(assignment.source, Text):
            check_format_template(assignment.source)
