"""What Loki's parsers take out of a line."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tocsin.lang.logql.captures import pattern_parts
from tocsin.lang.regexes import named_groups

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PAIR = re.compile(r'([^\s="]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]*)))?')
_ESCAPE = re.compile(r"\\(.)")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r"}
_STEP = re.compile(r'\.?([A-Za-z_]\w*)|\[\s*(?:(\d+)|"([^"\]]*)"?)\s*\]')
_ENTRY = "_entry"
_NO_NAME = re.compile(r"[^A-Za-z0-9_]")


def json_fields(line: str) -> dict[str, str] | None:
    """Every property, those of inner objects with the names joined; None for a line that is no object."""
    value = _object(line)
    return None if value is None else dict(_flat(value, ""))


def json_at(line: str, path: str) -> str | None:
    """The property at a path such as `a.b[0]`, the empty text where there is none; None for no object."""
    found: object = _object(line)
    if found is None:
        return None
    for name, index, quoted in _STEP.findall(path):
        if index:
            found = found[int(index)] if isinstance(found, list) and int(index) < len(found) else None
        else:
            found = found.get(name or quoted) if isinstance(found, dict) else None
    return json.dumps(found) if isinstance(found, dict | list) else _scalar(found) or ""


def unpack_line(line: str) -> tuple[dict[str, str], str | None] | None:
    """The labels that Promtail packed into a line, and the line that it was before; None for no object.

    A line that was not packed has no labels, and stays as it is (pkg/logql/log/parser.go of Loki 3.5).
    """
    value = _packed(line)
    if value is None:
        return None
    texts = {name: text for name, text in value.items() if isinstance(text, str)}
    entry = texts.pop(_ENTRY, None)
    return (
        ({}, None) if entry is None else ({sanitize_name(name): text for name, text in texts.items()}, entry)
    )


def pack_line(labels: Mapping[str, str], entry: str) -> Iterator[str]:
    """A line with labels packed into it, as it may be spaced."""
    for separators in ((", ", ": "), (",", ":")):
        yield json.dumps({**labels, _ENTRY: entry}, ensure_ascii=False, separators=separators)


def logfmt_fields(line: str) -> dict[str, str]:
    """The pairs of a line; a key without a value has the empty text."""
    found: dict[str, str] = {}
    for key, quoted, bare in _PAIR.findall(line):
        value = _ESCAPE.sub(lambda match: _CONTROL.get(match[1], match[1]), quoted) or bare
        found.setdefault(sanitize_name(key), value)
    return found


def pattern_fields(line: str, pattern: str) -> dict[str, str]:
    """The captures of a pattern, up to the first text of it that the line lacks."""
    parts = list(pattern_parts(pattern))
    found: dict[str, str] = {}
    if parts and not parts[0][1]:
        if not line.startswith(parts[0][0]):
            return {}
        line = line[len(parts.pop(0)[0]) :]
    while parts and line:
        name = parts.pop(0)[0]
        until = parts.pop(0)[0] if parts else None
        at = line.find(until) if until is not None else -1
        if name != "_":
            found[name] = line if at < 0 else line[:at]
        if at < 0 or until is None:
            break
        line = line[at + len(until) :]
    return found


def regexp_fields(line: str, pattern: str) -> Mapping[str, str]:
    """The named captures of a regular expression, anywhere in the line."""
    return {sanitize_name(name): value for name, value in named_groups(pattern, line).items()}


def sanitize_name(name: str) -> str:
    """The label that a parser makes of a name."""
    name = name.strip()
    return _NO_NAME.sub("_", f"_{name}" if name[:1].isdecimal() else name)


def _packed(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _object(line: str) -> dict[str, object] | None:
    try:
        value = json.loads(line, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _flat(value: Mapping[str, object], before: str) -> Iterator[tuple[str, str]]:
    for key, inner in value.items():
        name = f"{before}_{_NO_NAME.sub('_', key.strip())}" if before else sanitize_name(key)
        if isinstance(inner, dict):
            yield from _flat(inner, name)
        elif (text := _scalar(inner)) is not None:
            yield name, text


def _scalar(value: object) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None
