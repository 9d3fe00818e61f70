"""From the folder of a spec to its plan, or to the end of the command with all that is wrong."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.plan.model import Plan
    from tocsin.source.document import Document

_WIDEST = 120


@dataclass(frozen=True, slots=True)
class Planned:
    """The plan, and the files it was made of."""

    plan: Plan
    documents: tuple[Document, ...]


def planned(folder: Path, form: str) -> Planned:
    """The plan of the spec in a folder; otherwise its diagnostics are shown and the command exits with 1."""
    import gc

    from tocsin.plan.build import build
    from tocsin.spec.load import load

    # A run is short and keeps nearly all that it makes: looking for garbage would only cost time.
    gc.disable()
    loaded = load(folder)
    if loaded.spec is None:
        stop(loaded.diagnostics, form)
    built = build(loaded.spec, loaded.sources)
    if built.plan is None:
        stop(built.diagnostics, form)
    return Planned(built.plan, loaded.documents)


def stop(diagnostics: Sequence[Diagnostic], form: str) -> NoReturn:
    """Show what was found and exit with 1."""
    show(diagnostics, form)
    sys.exit(1)


def show(diagnostics: Sequence[Diagnostic], form: str) -> None:
    """Print diagnostics on standard output, in colour on a terminal."""
    import shutil

    from tocsin.diagnostics.render import RENDERERS

    colour = sys.stdout.isatty()
    width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
    click.echo(RENDERERS[form](diagnostics, colour, width), nl=False)
