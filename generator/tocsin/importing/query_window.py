"""Queries over a window that is filled in later, as queries over the window of the SLO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Range, Subquery, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.source.node import ScalarNode
from tocsin.source.scalar_map import source_piece

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Node

WINDOW = re.compile(r"\{\{-?\s*\.[wW]indow\s*-?\}\}")
_TAG = re.compile(r"\{\{[^{}]{0,200}\}\}")


def query_over_window(value: Sourced, window: str) -> Sourced:
    """The query with the SLO's window in place of each `{{.window}}`.

    RefusedError where that stands elsewhere than in a range, or the query is not valid PromQL.
    """
    text, filled = filled_in(value, window)
    if not filled:
        raise RefusedError(
            "the query does not contain `{{.window}}`", value.node.span, "write the range as `[{{.window}}]`"
        )
    ranges = ranges_of(parsed(text, value), window)
    for span in filled:
        if span not in ranges:
            raise RefusedError(
                "`{{.window}}` stands outside of a range, where a spec cannot fill in the window",
                value.node.span,
                "write the query so that `{{.window}}` is only in ranges such as `[{{.window}}]`",
            )
    if len(ranges) > len(filled):
        raise RefusedError(
            f"a range of the query is `[{window}]`, which in a spec stands for each window",
            value.node.span,
            "write it as `[{{.window}}]` if that is meant, otherwise a little longer",
        )
    return Sourced(text, value.key, value.node)


def filled_in(value: Sourced, window: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with the window filled in, and where that stands; RefusedError for any other template."""
    assert isinstance(value.node, ScalarNode), "it was read as a string"
    text = value.node.text.strip()
    shift = len(value.node.text) - len(value.node.text.lstrip())
    for tag in _TAG.finditer(text):
        if not WINDOW.fullmatch(tag[0]):
            span = source_piece(value.node, shift + tag.start(), shift + tag.end())
            reason = f"`{tag[0]}` is a template, of which only `{{{{.window}}}}` is understood"
            raise RefusedError(reason, span, "write what it stands for")
    parts: list[str] = []
    filled: list[tuple[int, int]] = []
    at = length = 0
    for tag in WINDOW.finditer(text):
        parts += [text[at : tag.start()], window]
        length += tag.start() - at + len(window)
        filled.append((length - len(window), length))
        at = tag.end()
    return "".join((*parts, text[at:])), filled


def parsed(text: str, value: Sourced) -> Node:
    """The tree of a query; RefusedError where it is not valid PromQL."""
    try:
        return parse_promql(text)
    except LangError as error:
        help_ = error.help or "correct the query"
        reason = f"`{_short(text)}` is not valid PromQL: {error.reason}"
        raise RefusedError(reason, value.node.span, help_) from None


def ranges_of(root: Node, window: str) -> list[tuple[int, int]]:
    """Where the ranges of a query stand that are as long as the window."""
    seconds = parse_duration(window) / 1000
    return [
        node.range.span
        for node in walk(root)
        if isinstance(node, Range | Subquery) and node.range.seconds == seconds
    ]


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
