"""A report in the formats for people and for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.validate.render.json import render_json
from tocsin.validate.render.junit import render_junit
from tocsin.validate.render.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.validate.verdicts import ValidationReport

RENDERERS: dict[str, Callable[[ValidationReport, bool, int], str]] = {
    "text": render_text,
    "json": lambda report, *_: render_json(report),
    "junit": lambda report, *_: render_junit(report),
}
"""From the name of a format to a function of the report, whether to use colour, and the terminal width."""
