"""Parts of a text replaced by their places."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def replace_spans(text: str, edits: Iterable[tuple[tuple[int, int], str]]) -> str:
    """The text with each span replaced; spans do not overlap."""
    for (start, end), new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text
