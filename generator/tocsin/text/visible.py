"""Characters that a terminal obeys, or that make text look like other text, as escapes that people see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    import re

# Controls of C0 and C1 but for tab and line feed; the format characters that turn the direction of text
# (UAX #9), with which a line can look like another one; separators of lines; halves of surrogate pairs.
HIDDEN = regex_on_use(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""A character that is not shown as it is."""
_NOT_XML = regex_on_use("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def escape_invisible(text: str) -> str:
    """The text, in which each such character has become an escape such as `\\u001b`.

    JSON writes them alike, so that a JSON text stays one, of the same value.
    """
    return HIDDEN.sub(_escape, text)


def visible_line(text: str) -> str:
    """The text as a part of one line: its line feeds have become escapes as well."""
    return escape_invisible(text).replace("\n", r"\u000a")


def xml_text(text: str, instead: str = "\ufffd") -> str:
    """The same for XML, in which some characters may not stand at all: `instead` takes their place."""
    return _NOT_XML.sub(instead, escape_invisible(text))


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
