"""The formats diagnostics can be shown in, one module each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.render.json import render_json
from tocsin.diagnostics.render.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.diagnostics.model import Diagnostic

    Renderer = Callable[[Sequence[Diagnostic], bool, int], str]

__all__ = ["RENDERERS", "render_json", "render_text"]


def _text(diagnostics: Sequence[Diagnostic], colour: bool, width: int) -> str:
    return render_text(diagnostics, colour=colour, width=width)


def _json(diagnostics: Sequence[Diagnostic], colour: bool, width: int) -> str:  # noqa: ARG001 - one shape for all
    return render_json(diagnostics)


RENDERERS: dict[str, Renderer] = {"text": _text, "json": _json}
