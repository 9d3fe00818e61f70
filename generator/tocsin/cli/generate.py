"""`tocsin generate`: the spec becomes files."""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

import click

from tocsin import __version__
from tocsin.cli.failure import CannotError
from tocsin.cli.options import format_option, output_option, spec_argument
from tocsin.cli.planning import Planned, planned

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tocsin.files import File
    from tocsin.output import Written
    from tocsin.plan.model import Plan


@click.command(short_help="Write rules, routes, dashboards and runbooks.")
@spec_argument
@output_option
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if anything is out of date.")
@format_option
def generate(spec: Path, output: Path, check: bool, form: str) -> None:
    """Turn the spec in the folder SPEC into rules, routes, dashboards and runbooks.

    Everything is written, or nothing is. Files that an earlier run wrote and the spec no longer produces
    are removed; nobody else's files are touched.
    """
    from tocsin.output import OutputError, compare, write

    if output.resolve().is_relative_to(spec.resolve()):
        raise CannotError(f"{output} lies inside the spec: its files would be read as parts of it")
    made = planned((spec,), form)
    if not made.is_spec:
        raise CannotError(f"{spec} holds no spec: only a spec can be generated from")
    act = compare if check else write
    try:
        written = act(_files(made.plan), output, spec=_digests(made, spec), version=__version__)
    except OutputError as error:
        raise CannotError(str(error)) from None
    if check:
        _tell_outdated(written, output, form)
    elif form == "text":
        click.echo(_summary(written, output))


def _files(plan: Plan) -> Iterator[File]:
    from tocsin.targets import TARGETS

    for target in TARGETS.values():
        yield from target.emit(plan)


def _digests(made: Planned, folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of the spec, by its path inside the spec's folder."""
    prefix = f"{folder.as_posix()}/"
    return {
        document.name.removeprefix(prefix): hashlib.sha256(document.text.encode()).hexdigest()
        for document in made.documents
    }


def _tell_outdated(written: Written, output: Path, form: str) -> None:
    if form == "json":
        import orjson

        click.echo(
            orjson.dumps(
                {"missing": written.added, "changed": written.changed, "left_over": written.removed},
                option=orjson.OPT_INDENT_2,
            ).decode()
        )
    else:
        for word, paths in (
            ("missing", written.added),
            ("changed", written.changed),
            ("left over", written.removed),
        ):
            for path in paths:
                click.echo(f"{word}: {output / path}")
        if written:
            click.echo(f"{output} is out of date: run `tocsin generate` and commit what it writes")
        else:
            click.echo(f"{output} is up to date")
    sys.exit(1 if written else 0)


def _summary(written: Written, output: Path) -> str:
    counts = [
        f"{len(paths)} {word}"
        for word, paths in (
            ("added", written.added),
            ("changed", written.changed),
            ("removed", written.removed),
            ("unchanged", written.unchanged),
        )
        if paths
    ]
    return f"{output}: {', '.join(counts)}"
