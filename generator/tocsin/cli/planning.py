"""From the paths on the command line to a plan, or to the end of the command with all that is wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from tocsin.cli.colour import colours
from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.report import Sought
    from tocsin.plan.model import Plan
    from tocsin.source.document import Document, Span
    from tocsin.source.place import Sources
    from tocsin.workspace.files_read import FilesRead

_WIDEST = 120


@value_object
class Planned:
    """The plan, the files it was made of, and what was found wrong with them on the way."""

    plan: Plan
    sources: Sources
    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
    policies: tuple[Document, ...]
    """Files with a team's own rules that stood beside plain files."""
    secrets: tuple[Span, ...]
    """Values in the files that nobody may see."""
    is_spec: bool
    """Whether it is the plan of a spec: then it is whole, unless `unread` says something else."""
    unread: Incomplete = COMPLETE
    """What of the files could not be read; targets need a plan of which nothing is unread."""
    is_whole: bool = True
    """Whether nothing keeps the spec from being generated; plain files never are."""
    files_read: FilesRead | None = None
    """Of plain files: how many were read, and which were not; of a spec, only where some were not."""


def load_or_exit(paths: Iterable[Path], form: str, *, mention: bool = True, rest: bool = False) -> Planned:
    """The plan of a spec, or of files that a team already has; of the folder `spec` where none is named.

    What is wrong with a spec is shown, and the command exits with 1; with `rest` a plan is made of what is
    left of it, if anything is, and `diagnostics` are what is wrong. Of plain files a plan can always be
    made; what is wrong with them is in its `diagnostics`, and unless the command shows these itself, one line
    on standard error mentions them.
    """
    import gc
    from pathlib import Path

    from tocsin.existing.files import read_existing
    from tocsin.workspace.discover import read_inputs
    from tocsin.workspace.load_parallel import load_parallel

    # A run is short and keeps nearly all that it makes: looking for garbage would only cost time.
    gc.disable()
    paths = tuple(paths) or (Path("spec"),)
    if not paths[0].exists():
        raise CommandError("there is no folder `spec` here: name the folder of a spec, or files and folders")
    if all(path.is_dir() for path in paths) and (made := load_parallel(paths)) is not None:
        return Planned(made.plan, made.sources, made.documents, (), (), (), True)
    inputs = read_inputs(paths)
    documents = (
        *(file.document for file in inputs.files),
        *inputs.templates.documents(),
        *inputs.markdown.documents(),
    )
    if not inputs.is_spec:
        adopted = read_existing(
            inputs.files, inputs.undecodable, inputs.templates, inputs.markdown, inputs.not_read
        )
        if mention:
            mention_faults(adopted.diagnostics)
        return Planned(
            adopted.plan,
            adopted.sources,
            documents,
            adopted.diagnostics,
            inputs.policies,
            adopted.secrets,
            is_spec=False,
            unread=adopted.unread,
            files_read=inputs.files_read(),
        )
    from tocsin.compile.rest import build_loaded
    from tocsin.spec.load import load_readings

    loaded = load_readings(inputs.readings(), inputs.undecodable)
    made_of = build_loaded(loaded)
    found = made_of.diagnostics
    if made_of.plan is None or (found and not rest):
        show_and_exit(found, form)
    return Planned(
        made_of.plan,
        made_of.sources,
        loaded.documents,
        found,
        (),
        loaded.secrets,
        is_spec=True,
        unread=made_of.unread,
        is_whole=not found,
        files_read=inputs.files_read() if inputs.not_read else None,
    )


def mention_faults(diagnostics: Iterable[Diagnostic]) -> None:
    """One line on standard error about the first of them, where there are any."""
    from tocsin.diagnostics.model import Level

    errors = [one for one in diagnostics if one.level is Level.ERROR and one.span is not None]
    if errors and errors[0].span is not None:
        where = f"{errors[0].span.document.name}:{errors[0].span.line}"
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        said = visible_line(f"{where}: {errors[0].message}")
        click.echo(f"note: {said}{more}; `tocsin check` shows everything", err=True)


def show_and_exit(diagnostics: Sequence[Diagnostic], form: str) -> NoReturn:
    """Show what was found and exit with 1."""
    show_findings(diagnostics, form)
    sys.exit(1)


def show_findings(diagnostics: Iterable[Diagnostic], form: str, sought: Iterable[Sought] = ()) -> None:
    """Print findings on standard output, in colour on a terminal; `sought` are the checks that ran."""
    from tocsin.diagnostics.render import RENDERERS
    from tocsin.diagnostics.repeats import join_repeats
    from tocsin.diagnostics.report import Report
    from tocsin.diagnostics.secrets import mask_secrets

    report = Report(join_repeats(mask_secrets(diagnostics)), tuple(sought), colours(), terminal_width())
    click.echo(RENDERERS[form](report), nl=False)


def terminal_width() -> int:
    """How many columns to fill: the terminal's, but no more than can be read well."""
    import shutil

    return min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
