"""`tocsin generate`: the spec becomes files."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import click

from tocsin import __version__
from tocsin.cli.command import Command
from tocsin.cli.generated_files import (
    end_killed_runs,
    generate_files,
    kept_proofs,
    mention_changes_of_others,
    output_folder,
    outputs_left_over,
    spec_digests,
)
from tocsin.cli.kept_listing import KeptListing, ListedOutput, Listing
from tocsin.cli.options import (
    every_environment_option,
    format_option,
    no_cache_option,
    output_option,
    spec_argument,
)
from tocsin.cli.planning import each_sound_or_exit
from tocsin.cli.refusal import refuse_unloadable
from tocsin.errors import CommandError
from tocsin.result_store import open_result_store
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tocsin.files import File
    from tocsin.output import WrittenPaths
    from tocsin.workspace.load import Planned


@value_object
class _Written:
    """What happened to a folder, or would: `stale` are proofs in it that are out of date."""

    folder: Path
    paths: WrittenPaths
    stale: tuple[str, ...] = ()
    proving: str = ""
    """The command that makes proofs for it."""


@value_object
class _Emitted:
    """The files of one environment, and what is reported of the proofs in its folder."""

    folder: Path
    files: Iterable[File]
    environment: str | None
    digests: dict[str, str]
    """Of each file of the spec."""
    stale: tuple[str, ...]
    proving: str


@click.command(cls=Command)
@spec_argument
@output_option
@click.option("--check", is_flag=True, help="Write nothing; exit with code 1 if anything is out of date.")
@no_cache_option
@every_environment_option
@format_option
def generate(spec: Path, output: Path, check: bool, environment: str | None, form: str) -> None:
    """Turn the spec in the folder SPEC into rules, routes, dashboards and runbooks.

    Either everything is written or nothing; nothing is written if a program would refuse to load a file.
    Files that an earlier run wrote and the spec no longer produces are removed, unless they were changed by
    hand; other files are not touched. Generated files that were changed by hand are listed and overwritten. A
    run that was killed is completed first, with --check as well. Proofs written by `tocsin prove --write` are
    kept; those of alerts that have changed since are listed.

    Each of the spec's `environments:` has a folder of its own in the output folder.
    """
    from tocsin.output import OutputError

    if output.resolve().is_relative_to(spec.resolve()):
        raise CommandError(f"{output} is inside the spec, so its files would be read as part of the spec")
    listing = KeptListing(open_result_store(), spec, environment)
    try:
        names, emitted = _listed(listing, output) or _planned(listing, spec, output, environment, form)
        left_over = outputs_left_over(output, names) if environment is None else []
        done = [_removed(folder, check) for folder in left_over]
        done += [_written(one, check) for one in emitted]
    except OutputError as error:
        raise CommandError(str(error)) from None
    if check:
        _tell_outdated(done, form)
    for one in done:
        mention_changes_of_others(one.folder, one.paths)
        if form == "text":
            click.echo(_summary(one.paths, one.folder))
            for line in one.stale:
                click.echo(f"note: {line}; run `{one.proving}`", err=True)


def _listed(listing: KeptListing, output: Path) -> tuple[tuple[str, ...], list[_Emitted]] | None:
    """The environments, and the files of each as an earlier run made them; None where that is not known."""
    found = listing.find()
    emitted = []
    for one in () if found is None else found.outputs:
        folder = output_folder(output, one.environment)
        end_killed_runs(folder)
        stale = listing.find_outdated(one.environment, kept_proofs(folder))
        if stale is None:
            return None
        files, proving = listing.files(one), _proving(output, one.environment)
        emitted.append(_Emitted(folder, files, one.environment, one.digests, tuple(stale), proving))
    return None if found is None else (found.environments, emitted)


def _planned(
    listing: KeptListing, spec: Path, output: Path, environment: str | None, form: str
) -> tuple[tuple[str, ...], list[_Emitted]]:
    """The same as the spec is turned into them; the command ends where something is wrong with it."""
    names: tuple[str, ...] = ()
    emitted = []
    for made in each_sound_or_exit((spec,), form, environment=environment):
        if not made.is_spec:
            message = f"{spec} does not contain a spec; files can only be generated from a spec"
            raise CommandError(message)
        refuse_unloadable(made, form)
        names = made.environments
        emitted.append(_emitted(made, output, spec, listing))
        # What was turned into files is needed no more, and several plans take much memory.
        del made
    outputs = (
        ListedOutput(one.environment, one.digests, tuple((file.path, file.digest()) for file in one.files))
        for one in emitted
    )
    listing.keep(Listing(names, tuple(outputs)))
    return names, emitted


def _proving(output: Path, environment: str | None) -> str:
    """The command that makes proofs for an environment."""
    return f"tocsin prove --write {output}" + ("" if environment is None else f" --environment {environment}")


def _emitted(made: Planned, output: Path, spec: Path, listing: KeptListing) -> _Emitted:
    from tocsin.output.set_aside import FilesSetAside
    from tocsin.prove.store.spec_files import outdated_proofs

    folder = output_folder(output, made.environment)
    generated = generate_files(made.plan)
    # All are made before the first is written: either everything is written or nothing. What keeps a file of
    # an earlier run keeps its plan as well, and several plans take much memory.
    files = FilesSetAside(generated, folder, leave_kept=len(made.environments) < 2)
    end_killed_runs(folder)
    proofs = kept_proofs(folder)
    stale = outdated_proofs(made.plan, proofs)
    listing.keep_outdated(made.environment, proofs, stale)
    return _Emitted(
        folder,
        files,
        made.environment,
        spec_digests(made, spec),
        tuple(stale),
        _proving(output, made.environment),
    )


def _written(one: _Emitted, check: bool) -> _Written:
    from tocsin.output import compare, write
    from tocsin.prove.store.spec_files import is_proof

    put = compare if check else partial(write, store=open_result_store())
    paths = put(
        one.files,
        one.folder,
        spec=one.digests,
        version=__version__,
        environment=one.environment,
        keep=is_proof,
    )
    return _Written(one.folder, paths, one.stale, one.proving)


def _removed(folder: Path, check: bool) -> _Written:
    from tocsin.output import compare_removal, remove

    end_killed_runs(folder)
    return _Written(folder, (compare_removal if check else remove)(folder))


def _tell_outdated(done: Sequence[_Written], form: str) -> None:
    if form == "json":
        import orjson

        found: dict[str, object] = {str(one.folder): _as_json(one) for one in done}
        several = len(done) > 1
        click.echo(orjson.dumps(found if several else _as_json(done[0]), option=orjson.OPT_INDENT_2).decode())
    else:
        for one in done:
            for line in _outdated_lines(one):
                click.echo(line)
    sys.exit(1 if any(one.paths or one.stale for one in done) else 0)


def _as_json(one: _Written) -> dict[str, object]:
    return {
        "missing": one.paths.added,
        "changed": one.paths.changed,
        "left_over": one.paths.removed,
        "changed_by_hand": (*one.paths.edited, *one.paths.left),
        "proofs": one.stale,
    }


def _outdated_lines(one: _Written) -> Iterator[str]:
    written, folder = one.paths, one.folder
    for word, paths in (
        ("missing", written.added),
        ("changed by hand", written.edited),
        ("changed by hand and no longer generated", written.left),
        ("changed", tuple(path for path in written.changed if path not in written.edited)),
        ("left over", written.removed),
    ):
        for path in paths:
            yield f"{word}: {folder / path}"
    if written:
        yield f"{folder} is out of date; run `tocsin generate` and commit the result"
    for line in one.stale:
        yield f"proof: {line}"
    if one.stale:
        yield f"the proofs are out of date; run `{one.proving}`"
    if not written and not one.stale:
        yield f"{folder} is up to date"


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
