"""`tocsin generate`: the spec becomes files."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tocsin import __version__
from tocsin.cli.command import Command
from tocsin.cli.generated_files import (
    end_killed_runs,
    generate_files,
    kept_proofs,
    mention_changes_of_others,
    spec_digests,
)
from tocsin.cli.options import format_option, no_cache_option, output_option, spec_argument
from tocsin.cli.planning import load_or_exit
from tocsin.cli.refusal import refuse_unloadable
from tocsin.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.output import WrittenPaths


@click.command(cls=Command)
@spec_argument
@output_option
@click.option("--check", is_flag=True, help="Write nothing; exit with code 1 if anything is out of date.")
@no_cache_option
@format_option
def generate(spec: Path, output: Path, check: bool, form: str) -> None:
    """Turn the spec in the folder SPEC into rules, routes, dashboards and runbooks.

    Either everything is written or nothing; nothing is written if a program would refuse to load a file.
    Files that an earlier run wrote and the spec no longer produces are removed, unless they were changed by
    hand; other files are not touched. Generated files that were changed by hand are listed and overwritten. A
    run that was killed is completed first, with --check as well. Proofs written by `tocsin prove --write` are
    kept; those of alerts that have changed since are listed.
    """
    from tocsin.output import OutputError, compare, write
    from tocsin.prove.store.spec_files import is_proof, outdated_proofs

    if output.resolve().is_relative_to(spec.resolve()):
        raise CommandError(f"{output} is inside the spec, so its files would be read as part of the spec")
    made = load_or_exit((spec,), form)
    if not made.is_spec:
        raise CommandError(f"{spec} does not contain a spec; files can only be generated from a spec")
    refuse_unloadable(made, form)
    act = compare if check else write
    files = list(generate_files(made.plan))
    end_killed_runs(output)
    try:
        written = act(files, output, spec=spec_digests(made, spec), version=__version__, keep=is_proof)
        stale = outdated_proofs(made.plan, kept_proofs(output))
    except OutputError as error:
        raise CommandError(str(error)) from None
    if check:
        _tell_outdated(written, stale, output, form)
    mention_changes_of_others(output, written)
    if form == "text":
        click.echo(_summary(written, output))
        for line in stale:
            click.echo(f"note: {line}; run `tocsin prove --write {output}`", err=True)


def _tell_outdated(written: WrittenPaths, stale: Sequence[str], output: Path, form: str) -> None:
    if form == "json":
        import orjson

        click.echo(
            orjson.dumps(
                {
                    "missing": written.added,
                    "changed": written.changed,
                    "left_over": written.removed,
                    "changed_by_hand": (*written.edited, *written.left),
                    "proofs": stale,
                },
                option=orjson.OPT_INDENT_2,
            ).decode()
        )
    else:
        for word, paths in (
            ("missing", written.added),
            ("changed by hand", written.edited),
            ("changed by hand and no longer generated", written.left),
            ("changed", tuple(path for path in written.changed if path not in written.edited)),
            ("left over", written.removed),
        ):
            for path in paths:
                click.echo(f"{word}: {output / path}")
        if written:
            click.echo(f"{output} is out of date; run `tocsin generate` and commit the result")
        for line in stale:
            click.echo(f"proof: {line}")
        if stale:
            click.echo(f"the proofs are out of date; run `tocsin prove --write {output}`")
        if not written and not stale:
            click.echo(f"{output} is up to date")
    sys.exit(1 if written or stale else 0)


def _summary(written: WrittenPaths, output: Path) -> str:
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
