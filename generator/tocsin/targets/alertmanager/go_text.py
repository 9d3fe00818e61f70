"""Pieces of Go templates that do not depend on what is written in them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def go_string(text: str) -> str:
    """The text as a string of a Go template, in which no braces or quotes of it take effect."""
    return json.dumps(text, ensure_ascii=False)


def cut(text: str, size: int) -> str:
    """The expression of no more than so many characters of a text, and an ellipsis for the rest.

    A regular expression would say it shorter; Go would compile it anew for each alert.
    """
    short = f'(printf "%.{size}s" {text})'
    return f'(or (and (ne {text} {short}) (printf "%.{size}s…" {text})) {text})'


def assign(variable: str, value: str, cases: Iterable[tuple[str, str]], otherwise: str) -> str:
    """Statements that give a variable the text that belongs to a value, and else what `otherwise` gives."""
    branches = [
        f"if eq {value} {go_string(name)} }}}}{{{{ {variable} = {go_string(shown)} }}}}"
        for name, shown in cases
    ]
    if not branches:
        return f"{{{{- {variable} = {otherwise} }}}}"
    chosen = "\n{{- else ".join(branches)
    return f"{{{{- {chosen}\n{{{{- else }}}}{{{{ {variable} = {otherwise} }}}}{{{{ end }}}}"
