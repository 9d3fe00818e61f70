"""`tocsin fmt`: the files of a spec in one layout."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.settings import default_paths
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.formatting import Formatted
    from tocsin.source.document import Document

_STANDARD_INPUT = Path("-")


@click.command(cls=Command, short_help="Format the files of a spec: order of keys, indentation.")
@click.argument(
    "paths",
    nargs=-1,
    type=click.Path(exists=True, allow_dash=True, path_type=Path),
    metavar="[PATHS]...",
    callback=lambda _context, _parameter, paths: paths or default_paths(),
)
@click.option(
    "--check", is_flag=True, help="Write nothing; name the files that would change and exit with 1."
)
@click.option(
    "--diff", "diffing", is_flag=True, help="Write nothing; show what would change and exit with 1."
)
def fmt(paths: tuple[Path, ...], check: bool, diffing: bool) -> None:
    """Format the files of a spec.

    PATHS are folders or files of a spec (`spec` by default); `-` reads one file from standard input and
    prints it. The keys of a record come in the order of the manual, with two spaces per level and no more
    than one blank line in a row; what you name (alerts, groups, labels) keeps its order. Values, quotes and
    comments stay as they are written: a file that would not say the same afterwards is left alone.

    Exit codes: 0 all files are formatted, 1 with --check or --diff, a file would change, 2 a file could not
    be read as YAML.
    """
    if _STANDARD_INPUT in paths:
        if len(paths) > 1 or check or diffing:
            raise CommandError("`-` stands alone: what is laid out is printed, and no file is written")
        _format_standard_input()
        return
    from tocsin.cli.changed_texts import diff_texts, write_texts
    from tocsin.formatting import format_spec_file

    before: dict[str, str] = {}
    after: dict[str, str] = {}
    broken: list[Formatted] = []
    for document in _documents(paths):
        made = format_spec_file(document)
        broken += [made] if made.faults else []
        if made.left is not None:
            click.echo(visible_line(f"{document.name}: left as it is: {made.left}"), err=True)
        if made.text != document.text:
            before[document.name], after[document.name] = document.text, made.text
    if diffing:
        for line in diff_texts(before, after, ()):
            click.echo(visible_line(line))
    elif check:
        for name in after:
            click.echo(visible_line(f"{name}: not laid out"))
    else:
        write_texts(after)
        for name in after:
            click.echo(visible_line(f"{name}: laid out"))
    if broken:
        _show_faults(broken)
        sys.exit(2)
    if after and (check or diffing):
        sys.exit(1)


def _documents(paths: Sequence[Path]) -> Iterator[Document]:
    """The YAML files of a spec; CommandError when the paths hold something else."""
    from tocsin.source.decode import YAML_SUFFIXES
    from tocsin.workspace.inputs import read_inputs

    paths = paths or (Path("spec"),)
    if not paths[0].exists():
        raise CommandError("there is no folder `spec` here: name the folder of a spec, or files of it")
    inputs = read_inputs(paths)
    if not inputs.is_spec:
        # A file alone seldom shows that it is part of a spec; its folder does.
        with contextlib.suppress(CommandError):
            inputs = read_inputs([path if path.is_dir() else path.parent for path in paths])
    if not inputs.is_spec:
        raise CommandError(
            f"{paths[0]} is not part of a spec, and `tocsin fmt` lays out nothing else",
            "help: name the folder of a spec, or files of it",
        )

    def is_asked(name: str) -> bool:
        return any(Path(name).is_relative_to(path) for path in paths)

    for fault in inputs.undecodable:
        if is_asked(fault.span.document.name):
            raise CommandError(f"{fault.span.document.name}: {fault.message}")
    for document, _ in inputs.readings():
        if document.name.endswith(YAML_SUFFIXES) and is_asked(document.name):
            yield document


def _format_standard_input() -> None:
    from tocsin.formatting import format_spec_file
    from tocsin.source.decode import LARGEST, decode_file
    from tocsin.source.yaml_error import YamlError

    raw = sys.stdin.buffer.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise CommandError(f"standard input is larger than {LARGEST // 1024 // 1024} MiB: split it")
    document = decode_file("standard input", raw)
    if isinstance(document, YamlError):
        raise CommandError(f"{document.span.document.name}: {document.message}")
    made = format_spec_file(document)
    if made.faults:
        _show_faults([made], to_errors=True)
        sys.exit(2)
    if made.left is not None:
        click.echo(visible_line(f"left as it is: {made.left}"), err=True)
    sys.stdout.buffer.write(made.text.encode("utf-8"))


def _show_faults(broken: Sequence[Formatted], *, to_errors: bool = False) -> None:
    from tocsin.cli.planning import show_findings
    from tocsin.source.yaml import Reading
    from tocsin.spec.model_file import yaml_diagnostics

    found = [one for made in broken for one in yaml_diagnostics(Reading(None, made.faults))]
    if not to_errors:
        show_findings(found, "text")
        return
    for one in found:
        place = "" if one.span is None else f"{one.span.line}:{one.span.column}: "
        click.echo(visible_line(f"{place}{one.message}"), err=True)
