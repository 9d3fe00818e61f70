"""Writing log lines: the text that a query's parsers take apart again to the wished fields."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.logql.ast import Json, Logfmt, Pattern, Regexp, Unpack
from tocsin.lang.logql.captures import pattern_parts
from tocsin.lang.regex_samples import regex_samples
from tocsin.lang.regexes import quote_regex
from tocsin.prove.logs.parsers import pack_line, sanitize_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.logql.ast import LogQuery
    from tocsin.prove.logs.constraints import Wish

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_GROUP = re.compile(r"\(\?P?<(\w+)>")
_STEP = re.compile(r'\.?([A-Za-z_]\w*)|\[\s*(?:(\d+)|"([^"\]]*)"?)\s*\]')
_BARE = re.compile(r"[^\s\"=]+")


def write_lines(query: LogQuery, wish: Wish, padding: int = 0) -> Iterator[str]:
    """Lines that may hold the fields and the texts of a wish; `padding` characters make them longer."""
    packs = next((number for number, stage in enumerate(query.stages) if isinstance(stage, Unpack)), None)
    if packs is not None:
        inside = replace(query, stages=query.stages[packs + 1 :])
        for entry in write_lines(inside, wish, padding):
            for labels in (wish.fields, {}):
                yield from pack_line(labels, entry)
        return
    parser = next((s for s in query.stages if isinstance(s, Json | Logfmt | Regexp | Pattern)), None)
    texts = wish.texts
    more = "x" * padding
    match parser:
        case Json():
            yield from _as_json(parser, wish, more)
        case Logfmt():
            yield from _as_logfmt(parser, wish, more)
        case Regexp():
            for sample in regex_samples(_with_groups(parser.pattern.value, wish.fields))[:8]:
                yield " ".join((sample, *texts, *_some(more)))
                yield " ".join((*texts, sample, *_some(more)))
        case Pattern():
            rest = " ".join((*texts, *_some(more)))
            parts = pattern_parts(parser.pattern.value)
            for filling in dict.fromkeys(("x", rest or "x")):
                yield "".join(wish.fields.get(part, filling) if capture else part for part, capture in parts)
            ends = "".join(wish.fields.get(part, "x") if capture else part for part, capture in parts)
            yield f"{ends} {rest}"
        case None:
            yield " ".join((*texts, *_some(more))) or "something happened"
            yield " and ".join((*reversed(texts), *_some(more)))


def _some(text: str) -> tuple[str, ...]:
    return (text,) if text else ()


def _as_json(parser: Json, wish: Wish, more: str) -> Iterator[str]:
    value: dict[str, object] = {}
    paths = {one.label: one.expression for one in parser.extractions}
    for name, text in wish.fields.items():
        _place(value, paths.get(name, name), _scalar(text))
    message: list[str] = []
    for text in wish.texts:
        inner = _fragment(text)
        if inner is None:
            message.append(text)
        else:
            value = {**inner, **value}
    for name in ("msg", "message", "log"):
        whole = {**value, name: " ".join(message)} if message or not value else value
        whole = {**whole, "more": more} if more else whole
        yield json.dumps(whole, ensure_ascii=False)
        yield json.dumps(whole, ensure_ascii=False, separators=(",", ":"))


def _fragment(text: str) -> dict[str, object] | None:
    """The properties of a text that looks cut out of a JSON line, such as `"level":"error"`."""
    if '"' not in text or ":" not in text:
        return None
    try:
        value = json.loads("{" + text.strip().strip("{},") + "}")
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def _place(value: dict[str, object], path: str, text: object) -> None:
    """Put a property at a path such as `a.b`; a step into a list makes a list of one."""
    steps = [(name or quoted, index) for name, index, quoted in _STEP.findall(path)]
    at: object = value
    for number, (name, index) in enumerate(steps):
        is_last = number == len(steps) - 1
        following: object = text if is_last else [] if steps[number + 1][1] else {}
        if isinstance(at, dict) and not index:
            at = at.setdefault(name, following)
        elif isinstance(at, list) and index and int(index) < 20:
            at.extend([None] * (int(index) + 1 - len(at)))
            at[int(index)] = at[int(index)] if at[int(index)] is not None else following
            at = at[int(index)]


def _scalar(text: str) -> object:
    if text in ("true", "false"):
        return text == "true"
    return json.loads(text) if _NUMBER.fullmatch(text) and str(json.loads(text)) == text else text


def _as_logfmt(parser: Logfmt, wish: Wish, more: str) -> Iterator[str]:
    keys = {one.label: one.expression.strip(' "') for one in parser.extractions}
    pairs = [_pair(keys.get(name, name), text) for name, text in wish.fields.items() if text]
    extra = [_pair("more", more)] if more else []
    plain = " ".join(wish.texts)
    yield " ".join([*pairs, *([_pair("msg", plain)] if plain else []), *extra]) or "msg=x"
    yield " ".join([*wish.texts, *pairs, *extra])


def _pair(key: str, text: str) -> str:
    if _BARE.fullmatch(text):
        return f"{key}={text}"
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'{key}="{escaped}"'


def _with_groups(pattern: str, fields: dict[str, str]) -> str:
    """The pattern with the wished values in place of its named groups."""
    for name, value in fields.items():
        for group in list(_GROUP.finditer(pattern)):
            if sanitize_name(group[1]) == name and (end := _closing(pattern, group.start())) is not None:
                pattern = pattern[: group.start()] + f"(?:{quote_regex(value)})" + pattern[end + 1 :]
                break
    return pattern


def _closing(pattern: str, start: int) -> int | None:
    """Where the group closes that opens here."""
    depth = 0
    at = start
    in_class = False
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign == "(":
            depth += 1
        elif sign == ")":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return None
