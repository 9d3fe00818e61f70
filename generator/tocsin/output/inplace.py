"""Writing file by file, for a folder that cannot be exchanged or that is some program's working directory.

All files are written before the first one is moved to its place. What the journal says is then done by a
process of its own, which continues when the run is killed. Where that process is killed as well, another run
can complete what it began: what the journal says is done from its start, whatever part is done already.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.interruption import hold_signals
from tocsin.output.attributes import attributes_at, attributes_of, make_folders, set_attributes
from tocsin.output.changes import not_ours
from tocsin.output.detached import detached
from tocsin.output.errors import OutputError
from tocsin.output.journal import Journal, end_journal, write_journal
from tocsin.output.manifest import MANIFEST
from tocsin.output.outcome import WriteOutcome
from tocsin.output.paths import parent_folders
from tocsin.output.renames import rename_to_free
from tocsin.output.stage import remove_finished
from tocsin.output.survey import EntryKind, file_identity, identity_at, kind_of
from tocsin.output.tree import write_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.files import File
    from tocsin.output.changes import WrittenPaths
    from tocsin.output.survey import Survey

_UNDO = "undo"
"""In a stage: an empty file that says that what the journal says is to be undone."""


def replace_files(
    stage: Path, folder: Path, files: Mapping[str, File], found: Survey, written: WrittenPaths
) -> WriteOutcome:
    """Replace what differs, the manifest last; on an error everything is put back.

    `stage` is an empty folder in the output.
    """
    fresh = sorted({*written.added, *written.changed}, key=lambda path: (path == MANIFEST, path))
    root = folder.stat()
    new, old = stage / "new", stage / "old"
    new.mkdir()
    for parent in sorted({parent for path in fresh for parent in parent_folders(path)}):
        (new / parent).mkdir()
        set_attributes(new / parent, attributes_at(parent, EntryKind.FOLDER, found, root))
    # All the space is taken before the first file of the output is touched.
    write_all(new, [files[path] for path in fresh], found, root)
    old.mkdir()
    seen = {path: file_identity(found.statuses[path]) for path in (*written.changed, *written.removed)}
    folders = tuple(path for path, kind in found.kinds.items() if kind is EntryKind.FOLDER)
    made = {path: file_identity((new / path).lstat()) for path in fresh}
    journal = Journal(tuple(fresh), written.removed, seen, folders, made=made)
    for number, path in enumerate(fresh):
        if path in seen:
            _back_up(folder / path, old / f"changed-{number}")
    with hold_signals():
        write_journal(stage, journal)
        return detached(lambda: _act(stage, folder, journal), lambda: remove_finished(stage))


def _act(stage: Path, folder: Path, journal: Journal) -> WriteOutcome:
    try:
        return _complete(stage, folder, journal)
    except BaseException as error:
        try:
            _undo(stage, folder, journal)
        except OSError as second:
            if isinstance(error, (OSError, OutputError)):
                raise OutputError(f"{error}; not all could be undone ({second}): run it again") from error
        raise


def end_replacement(stage: Path, folder: Path, journal: Journal) -> WriteOutcome | None:
    """Do what is left of the journal; None when it had to be undone instead.

    OSError when neither can be done, OutputError when the stage holds what no run puts there.
    """
    _require_own(stage, journal)
    return detached(lambda: _end(stage, folder, journal), lambda: remove_finished(stage))


def _end(stage: Path, folder: Path, journal: Journal) -> WriteOutcome | None:
    if not (stage / _UNDO).exists():
        try:
            return _complete(stage, folder, journal)
        except (OSError, OutputError):
            pass
    _undo(stage, folder, journal)
    return None


def _complete(stage: Path, folder: Path, journal: Journal) -> WriteOutcome:
    """Do what the journal says; what is done already is left out.

    While this runs, other programs see old and new files, so that it does little more than the renames.
    """
    new, old, base, seen = f"{stage}/new", f"{stage}/old", str(folder), journal.seen
    above = sorted({parent for path in journal.fresh for parent in parent_folders(path)})
    edited, left = [], []
    # Removed first: a new file may need the place, or differ from an old one only in its case.
    for number, path in enumerate(journal.removed):
        target, backup = f"{base}/{path}", f"{old}/removed-{number}"
        here = identity_at(target)
        if here is not None and here == seen.get(path):
            os.rename(target, backup)
        elif here is not None and not os.path.lexists(backup):
            left.append(path)
    _make_folders(folder, stage / "new", above)
    for number, path in enumerate(journal.fresh):
        source, target = f"{new}/{path}", f"{base}/{path}"
        if path not in seen:
            _move_to_free(source, target)
            continue
        here = identity_at(target)
        if here != seen[path]:
            if not os.path.lexists(source):
                continue
            if here is not None:
                edited.append(path)
                _back_up(folder / path, stage / "old" / f"changed-{number}")
        os.replace(source, target)
    for parent in sorted(
        {parent for path in journal.removed for parent in parent_folders(path)}, reverse=True
    ):
        with contextlib.suppress(OSError):
            (folder / parent).rmdir()
    end_journal(stage)
    return WriteOutcome(tuple(edited), tuple(left))


def _move_to_free(source: str, target: str) -> None:
    """Move a new file to its place, which may be that of empty folders; done already if it is gone."""
    try:
        rename_to_free(source, target)
    except FileNotFoundError:
        if os.path.lexists(source):
            raise
    except FileExistsError:
        if not os.path.lexists(source):
            return
        _remove_empty(Path(target))
        if os.path.lexists(target):
            raise not_ours(Path(target)) from None
        rename_to_free(source, target)


def _undo(stage: Path, folder: Path, journal: Journal) -> None:
    (stage / _UNDO).touch()
    for number, path in reversed([*enumerate(journal.fresh)]):
        if identity_at(folder / path) != journal.made.get(path):
            continue
        if path not in journal.seen:
            (folder / path).rename(stage / "new" / path)
        elif (backup := stage / "old" / f"changed-{number}").exists():
            backup.replace(folder / path)
    for path in journal.fresh:
        for parent in reversed(parent_folders(path)):
            if parent not in journal.folders:
                _remove_empty(folder / parent)
    for number, path in enumerate(journal.removed):
        backup = stage / "old" / f"removed-{number}"
        if (here := identity_at(backup)) is not None and here == journal.seen.get(path):
            make_folders((folder / path).parent)
            with contextlib.suppress(FileExistsError):
                rename_to_free(backup, folder / path)
    end_journal(stage)


def _make_folders(folder: Path, new: Path, paths: Iterable[str]) -> None:
    """Make folders as they are in the stage, the upper ones first; OutputError when one is a link."""
    for path in paths:
        try:
            kind = kind_of((folder / path).lstat())
        except FileNotFoundError:
            (folder / path).mkdir()
            set_attributes(folder / path, attributes_of((new / path).stat()))
            continue
        if kind is not EntryKind.FOLDER:
            raise OutputError(f"{folder / path} is a {kind.value} where a folder has to be")


def _back_up(source: Path, backup: Path) -> None:
    backup.unlink(missing_ok=True)
    try:
        backup.hardlink_to(source)
    except FileNotFoundError:
        return
    except OSError:
        # A file system without links, or a file of somebody else.
        shutil.copy2(source, backup)


def _remove_empty(path: Path) -> None:
    """Remove a folder that holds nothing but such folders; anything else stays."""
    if path.is_dir() and not path.is_symlink():
        for below in path.iterdir():
            _remove_empty(below)
        with contextlib.suppress(OSError):
            path.rmdir()


def _require_own(stage: Path, journal: Journal) -> None:
    """OutputError for a stage that no run here left, such as one that came with a repository."""
    strange = [
        path for path in stage.rglob("*") if kind_of(path.lstat()) not in (EntryKind.FILE, EntryKind.FOLDER)
    ]
    new = [(stage / "new" / path, journal.made.get(path)) for path in journal.fresh]
    strange += [path for path, made in new if identity_at(path) not in (None, made)]
    if strange:
        raise OutputError(f"{strange[0]} was not written by tocsin: move {stage} away")
