"""`tocsin import`: definitions of other tools become a spec."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.options import format_option
from tocsin.errors import CommandError

if TYPE_CHECKING:
    from tocsin.importing.import_slos import Import


def _window(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    from tocsin.lang.durations import parse_duration
    from tocsin.lang.errors import LangError

    try:
        if text is not None and parse_duration(text) == 0:
            raise CommandError("--window: a window of no length holds nothing")
    except LangError as error:
        raise CommandError(f"--window: {error.reason}", *([error.help] if error.help else [])) from None
    return text


@click.command("import", cls=Command)
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path)
)
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the spec, which must be empty or not exist yet.",
)
@click.option("--window", callback=_window, help="Window of SLOs that name none: 30d unless given.")
@click.option("--part", is_flag=True, help="Write no project.yaml: FOLDER becomes part of a spec.")
@format_option
def import_(paths: tuple[Path, ...], folder: Path, window: str | None, part: bool, form: str) -> None:
    """Make a spec of the SLO definitions of Sloth, Pyrra and OpenSLO in PATHS; `-` is standard input.

    Windows, burn rates, labels and annotations become those of the spec; comments are kept. An SLO that a
    spec cannot hold is refused with its line and the reason; the others are written, and the exit code is 1.
    The folder is written whole or not at all.
    """
    from tocsin.cli.planning import show_findings
    from tocsin.diagnostics.model import Level
    from tocsin.importing.import_slos import import_slos
    from tocsin.output import OutputError, require_new, write_new_folder
    from tocsin.workspace.import_files import STANDARD_INPUT, read_files_to_import

    try:
        require_new(folder)
        piped = sys.stdin.buffer.read() if STANDARD_INPUT in paths else b""
        read = read_files_to_import(paths, piped)
        made = import_slos(read.files, window, part=part)
        found = (*read.diagnostics, *made.diagnostics)
        if not made.read and not found:
            raise CommandError(
                "no file there has SLOs: `tocsin import` reads those of Sloth, Pyrra and OpenSLO",
                "`tocsin check` reads rules and routes as they are",
            )
        if made.files:
            write_new_folder(made.files, folder)
    except OutputError as error:
        raise CommandError(str(error)) from None
    if found or form != "text":
        show_findings(found, form)
    if form == "text":
        click.echo(_summary(made, folder))
    if any(one.level is Level.ERROR for one in found):
        sys.exit(1)


def _summary(made: Import, folder: Path) -> str:
    refused = sum(one.id == "import/refused" for one in made.diagnostics)
    of = f", {refused} refused" if refused else ""
    if not made.files:
        return f"nothing written: 0 SLOs imported{of}"
    slos = "1 SLO" if made.slos == 1 else f"{made.slos} SLOs"
    files = "1 file" if len(made.files) == 1 else f"{len(made.files)} files"
    return f"{folder}: {slos} imported into {files}{of}\nnext: `tocsin check {folder}`"
