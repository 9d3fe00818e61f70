"""Writing the output folder: look, then exchange it as a whole or replace its files, whatever can be done."""

from __future__ import annotations

import contextlib
import dataclasses
import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.output.attributes import can_keep, make_folders
from tocsin.output.changes import WrittenPaths, changes, last_manifest
from tocsin.output.errors import system_error
from tocsin.output.exchange import replace_folder
from tocsin.output.inplace import replace_files
from tocsin.output.known_files import KnownFiles
from tocsin.output.lock import hold_folder
from tocsin.output.manifest import MANIFEST, content_hash, manifest_of
from tocsin.output.outcome import merge_paths
from tocsin.output.paths import require_distinct, require_portable
from tocsin.output.recovery import end_killed_runs
from tocsin.output.stage import real_folder, staging_folder
from tocsin.output.survey import EntryKind, survey_folder
from tocsin.output.tree import CannotLinkError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from tocsin.files import File
    from tocsin.output.manifest import Manifest
    from tocsin.output.outcome import WriteOutcome
    from tocsin.output.survey import Survey
    from tocsin.result_store import ResultStore


def write(
    files: Iterable[File],
    folder: Path,
    *,
    spec: dict[str, str],
    version: str,
    environment: str | None = None,
    keep: Callable[[str], bool] = lambda _: False,
    store: ResultStore | None = None,
) -> WrittenPaths:
    """Make a folder hold these files and their manifest; `spec` is the SHA-256 of each spec file.

    Files that an earlier manifest lists and that are no longer wanted go, unless `keep` says of their path
    that they stay, or somebody has changed them; nothing else is touched. A run that writes the same folder
    is waited for. On OutputError the folder is as it was before. The manifest names the `environment` of the
    spec whose files they are. Files that an earlier run has read are not read again where the `store` knows
    them.
    """
    manifest = partial(manifest_of, spec=spec, version=version, environment=environment)
    try:
        folder = real_folder(folder)
        make_folders(folder.parent)
        with hold_folder(folder):
            end_killed_runs(folder)
            found = survey_folder(folder)
            known = KnownFiles(store, folder)
            wanted, written = _changes(files, folder, found, keep, manifest, known)
            done = _apply(wanted, folder, found, written) if written else written
            known.keep(written.unchanged, found, wanted[-1].content)
            return done
    except OSError as error:
        raise system_error(error) from error


def compare(
    files: Iterable[File],
    folder: Path,
    *,
    spec: dict[str, str],
    version: str,
    environment: str | None = None,
    keep: Callable[[str], bool] = lambda _: False,
) -> WrittenPaths:
    """What `write` would do; nothing is written. Each file is read, as a gate has to know what it holds."""
    manifest = partial(manifest_of, spec=spec, version=version, environment=environment)
    try:
        folder = real_folder(folder)
        return _changes(files, folder, survey_folder(folder), keep, manifest, KnownFiles(None, folder))[1]
    except OSError as error:
        raise system_error(error) from error


def remove(folder: Path) -> WrittenPaths:
    """Remove what earlier runs wrote into a folder, with its manifest; what somebody has changed stays.

    Nothing happens where there is no manifest. On OutputError the folder is as it was before.
    """
    try:
        folder = real_folder(folder)
        with hold_folder(folder):
            end_killed_runs(folder)
            found = survey_folder(folder)
            written = _removal(folder, found)
            return _apply((), folder, found, written) if written else written
    except OSError as error:
        raise system_error(error) from error


def compare_removal(folder: Path) -> WrittenPaths:
    """What `remove` would do; nothing is removed."""
    try:
        folder = real_folder(folder)
        return _removal(folder, survey_folder(folder))
    except OSError as error:
        raise system_error(error) from error


def _removal(folder: Path, found: Survey) -> WrittenPaths:
    old = last_manifest(folder, found)
    if old is None:
        return WrittenPaths()
    listed = {**old.files, MANIFEST: content_hash((folder / MANIFEST).read_bytes())}
    return changes((), (), listed, folder, found)


def _changes(
    files: Iterable[File],
    folder: Path,
    found: Survey,
    keep: Callable[[str], bool],
    manifest: Callable[[Mapping[str, str], Mapping[str, str]], Manifest],
    known: KnownFiles,
) -> tuple[Sequence[File], WrittenPaths]:
    """The files with their manifest, and how the folder differs from them."""
    wanted = sorted(files, key=lambda file: file.path)
    new = {file.path: file.digest() for file in wanted}
    old = last_manifest(folder, found)
    listed = {} if old is None else old.files
    retained = {
        path: value
        for path, value in listed.items()
        if path not in new and found.kinds.get(path) is EntryKind.FILE and keep(path)
    }
    wanted.append(manifest(new, retained).file())
    paths = [*(file.path for file in wanted), *retained]
    require_distinct(paths)
    require_portable(paths)
    hashes = {**new, MANIFEST: wanted[-1].digest()}
    same = {} if old is None else known.find((folder / MANIFEST).read_bytes())
    return wanted, changes(wanted, retained, listed, folder, found, hashes, same)


def _apply(wanted: Sequence[File], folder: Path, found: Survey, written: WrittenPaths) -> WrittenPaths:
    files = {file.path: file for file in wanted}
    if found.root is None or _can_be_exchanged(folder, found):
        with contextlib.suppress(CannotLinkError), staging_folder(folder.parent, f".{folder.name}") as beside:
            outcome = replace_folder(beside, folder, files, found, written)
            if outcome is not None:
                return _with(written, outcome)
    with staging_folder(folder, "") as inside:
        return _with(written, replace_files(inside, folder, files, found, written))


def _can_be_exchanged(folder: Path, found: Survey) -> bool:
    """Whether another folder may take the place of this one, which leaves whoever stands in the old one."""
    ours = MANIFEST in found.kinds or not found.kinds
    repository = any(path.rsplit("/", 1)[-1] == ".git" for path in found.kinds)
    return (
        ours
        and not repository
        and not _holds_working_directory(folder)
        and found.one_device
        and not os.path.ismount(folder)
        and os.access(folder.parent, os.W_OK | os.X_OK)
        and can_keep(found)
    )


def _holds_working_directory(folder: Path) -> bool:
    try:
        return Path.cwd().is_relative_to(folder)
    except FileNotFoundError:
        return False


def _with(written: WrittenPaths, outcome: WriteOutcome) -> WrittenPaths:
    return dataclasses.replace(
        written,
        removed=tuple(path for path in written.removed if path not in outcome.left),
        edited=merge_paths(written.edited, outcome.edited),
        left=merge_paths(written.left, outcome.left),
        aside=outcome.aside,
    )
