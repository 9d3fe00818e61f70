"""The formats that findings can be shown in, one module each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.render.github import render_github
from tocsin.diagnostics.render.json import render_json
from tocsin.diagnostics.render.sarif import render_sarif
from tocsin.diagnostics.render.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.diagnostics.report import Report

    Renderer = Callable[[Report], str]

__all__ = ["RENDERERS", "render_github", "render_json", "render_sarif", "render_text"]


def _text(report: Report) -> str:
    return render_text(report.open(), colour=report.colour, width=report.width, folds=report.folds)


def _json(report: Report) -> str:
    return render_json(report.diagnostics)


def _github(report: Report) -> str:
    return render_github(report.open())


def _junit(report: Report) -> str:
    # A library that writes XML is worth loading for nobody else.
    from tocsin.diagnostics.render.junit import render_junit

    return render_junit(report)


RENDERERS: dict[str, Renderer] = {
    "text": _text,
    "json": _json,
    "sarif": render_sarif,
    "github": _github,
    "junit": _junit,
}
