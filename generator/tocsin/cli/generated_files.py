"""The output folder: the files that a plan makes, the proofs that stay in it, and what is said about it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import click

from tocsin.errors import CommandError
from tocsin.files import File

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from tocsin.output import WriteOutcome, WrittenPaths
    from tocsin.plan.model import Plan
    from tocsin.workspace.load import Planned


def generate_files(plan: Plan) -> Iterator[File]:
    """Every file that a plan is turned into; CommandError where one is more than its program takes."""
    from tocsin.deliver import DeliveryError, delivered_files, holds_other_files
    from tocsin.result_store import open_result_store
    from tocsin.targets import TARGETS

    store = open_result_store()
    # All of them together take much memory.
    wrapped: list[File] | None = [] if holds_other_files(plan) else None
    for target in TARGETS.values():
        for file in target.emit(plan, store):
            if wrapped is not None:
                wrapped.append(file)
            yield file
    try:
        yield from delivered_files(plan, wrapped or ())
    except DeliveryError as error:
        raise CommandError(str(error)) from None


def output_folder(output: Path, environment: str | None) -> Path:
    """Where the files of a plan are: each environment has a folder of its own."""
    return output if environment is None else output / environment


def outputs_left_over(output: Path, environments: Sequence[str]) -> list[Path]:
    """Folders with what was written for environments that the spec has no longer; OutputError.

    The output folder itself is among them where the spec had none then, and has some now.
    """
    from tocsin.output.manifest import MANIFEST, read_manifest

    found = [output] if environments and (output / MANIFEST).is_file() else []
    below = sorted(output.iterdir()) if output.is_dir() else []
    for folder in below:
        manifest = folder / MANIFEST
        if folder.name in environments or folder.is_symlink() or not manifest.is_file():
            continue
        if read_manifest(manifest.read_bytes(), str(manifest)).environment == folder.name:
            found.append(folder)
    return found


def kept_proofs(output: Path) -> list[File]:
    """The files of proofs that `tocsin prove` wrote into the folder; OutputError when that is unclear."""
    from tocsin.output.manifest import MANIFEST, read_manifest
    from tocsin.prove.store.spec_files import is_proof

    manifest = output / MANIFEST
    if not manifest.is_file():
        return []
    listed = read_manifest(manifest.read_bytes(), str(manifest)).files
    paths = [path for path in sorted(listed) if is_proof(path) and (output / path).is_file()]
    return [File(path, (output / path).read_bytes()) for path in paths]


def spec_digests(made: Planned, folder: Path) -> dict[str, str]:
    """The SHA-256 of each file of the spec, by its path inside the spec's folder."""
    prefix = f"{folder.as_posix()}/"
    return {
        document.name.removeprefix(prefix): hashlib.sha256(document.text.encode()).hexdigest()
        for document in made.documents
    }


_LISTED_AT_MOST = 20
"""After a merge, or with a manifest of another branch, all files may have been changed since the last run."""


def end_killed_runs(output: Path) -> None:
    """Complete or undo what a killed run has begun with the folder, and say so.

    CommandError when that cannot be done; nothing happens where no run was killed.
    """
    from tocsin.output import OutputError, recover

    try:
        found = recover(output)
    except OutputError as error:
        raise CommandError(str(error)) from None
    for one in found:
        done = "its files are now complete" if one.completed else "its changes have been undone"
        click.echo(f"note: {output}: an earlier run was killed while writing; {done}", err=True)
        mention_changes_of_others(output, one.outcome)


def mention_changes_of_others(output: Path, found: WriteOutcome | WrittenPaths) -> None:
    """Name the files that others changed and that a run has overwritten, left or moved."""
    _mention(f"{output / path}: changed by hand since the last run; overwritten" for path in found.edited)
    _mention(
        f"{output / path}: changed by hand since the last run and no longer generated; left in place, "
        "delete it if it is not needed"
        for path in found.left
    )
    _mention(f"{output / path}: created by another program during the run; renamed" for path in found.aside)


def _mention(lines: Iterable[str]) -> None:
    listed = list(lines)
    for line in listed[:_LISTED_AT_MOST]:
        click.echo(f"note: {line}", err=True)
    if len(listed) > _LISTED_AT_MOST:
        click.echo(f"note: and {len(listed) - _LISTED_AT_MOST} more changed files", err=True)
