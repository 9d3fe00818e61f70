"""The edit that a help describes, for programs that make it."""

from __future__ import annotations

from tocsin.source.document import Span
from tocsin.text.yaml import flow_text
from tocsin.value_object import value_object


@value_object
class Fix:
    """`text` stands in place of the span afterwards; an empty span is a place to insert it."""

    span: Span
    text: str
    is_safe: bool = False
    """Whether nothing else can be meant, so that `check --fix` makes it; an editor may offer any."""


def replacing_fix(span: Span, old: str, new: str, *, is_safe: bool = False) -> Fix | None:
    """The edit that writes one string for another within a span.

    None where the span does not have it once, letter by letter, or where YAML would read the new string
    otherwise at the start of an unquoted one.
    """
    text = span.document.text
    start = text.find(old, span.start, span.end)
    end = start + len(old)
    if start < 0 or text.find(old, end, span.end) >= 0:
        return None
    part = Span(span.document, start, end)
    is_first = text[:start].rpartition("\n")[2].rstrip().endswith((":", "-", "[", "{", ","))
    if is_first and text[end : end + 1] in ("", "\n", "\r", ",", "]", "}"):
        return string_fix(part, new, is_safe=is_safe)
    return None if is_first and flow_text(new) != new else Fix(part, new, is_safe)


def quoting_fix(span: Span | None) -> Fix | None:
    """The edit that puts a span in quotes, which holds no character that these would change."""
    return None if span is None else Fix(span, f'"{span.document.text[span.start : span.end]}"')


def string_fix(span: Span, string: str, *, is_safe: bool = False) -> Fix:
    """The edit that makes a scalar, or a part of one, a string: quoted where YAML needs that.

    A part inside of quotes is replaced as it stands.
    """
    text = span.document.text
    before, after = text[span.start - 1 : span.start], text[span.end : span.end + 1]
    is_quoted = text[span.start : span.start + 1] in ("'", '"')
    is_whole = before in ("", " ", "\n", "[", "{") and after in ("", "\n", ",", "]", "}", ":")
    return Fix(span, flow_text(string) if is_quoted or is_whole else string, is_safe)
