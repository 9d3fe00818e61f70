"""Secrets in comments: such as look like one, and such as a sentence tells."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.text.secret_looks import secret_spans

if TYPE_CHECKING:
    from collections.abc import Iterable

HIDDEN = "<hidden>"
_TOLD = re.compile(
    r"(?i)\b(?:pass(?:word|wd|phrase|code)|pwd|token|secret|(?:api|access|integration|routing|service)"
    r"[ _-]?key|credentials?)\b[\s\"'`]{0,4}(?:(?:is|was|are|were|now|still|set|reset|changed"
    r"|used|to|be|=|:|->|→)[\s\"'`]{1,4}){1,5}(?P<secret>[^\s\"'`,;()<>{}$]{6,200})"
)
_PARTS = re.compile(r"[-_.:]")
_WORD = re.compile(r"[A-Za-z]*|v?[0-9]{1,4}")


def without_secrets(line: str) -> str:
    """A comment without what looks like a secret, and without what its sentence calls one."""
    line = hidden(line, secret_spans(line))
    told = (found.span("secret") for found in _TOLD.finditer(line) if not _is_of_words(found["secret"]))
    return hidden(line, told)


def hidden(line: str, spans: Iterable[tuple[int, int]]) -> str:
    """A line without the parts between these offsets."""
    for start, end in sorted(spans, reverse=True):
        line = f"{line[:start]}{HIDDEN}{line[end:]}"
    return line


def _is_of_words(text: str) -> bool:
    """Whether a text may be part of the sentence: words, a number, a date, a path or an address."""
    plain = text.rstrip(".:!?")
    return "/" in plain or all(_WORD.fullmatch(part) for part in _PARTS.split(plain))
