"""The whole folder in one step: the new tree and the old one change places.

What other programs put into the old one in the meantime is moved into the new one.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from tocsin.interruption import hold_signals
from tocsin.output.journal import Journal, end_journal, write_journal
from tocsin.output.lock import try_lock
from tocsin.output.outcome import WriteOutcome
from tocsin.output.renames import exchange_folders
from tocsin.output.returns import Returns
from tocsin.output.survey import EntryKind, file_identity
from tocsin.output.tree import fill_tree

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tocsin.files import File
    from tocsin.output.changes import WrittenPaths
    from tocsin.output.survey import Survey

_TREE = "tree"


def replace_folder(
    stage: Path, folder: Path, files: Mapping[str, File], found: Survey, written: WrittenPaths
) -> WriteOutcome | None:
    """Exchange the folder for the new tree, and return what other programs had put into the old one.

    None when this system or file system cannot exchange folders: then nothing was done. `stage` is an empty
    folder beside the output. CannotLinkError as `fill` raises it.
    """
    tree = stage / _TREE
    linked = fill_tree(tree, folder, files, found, written)
    if found.root is None:
        tree.rename(folder)
        return WriteOutcome()
    gone = {path: file_identity(found.statuses[path]) for path in (*written.changed, *written.removed)}
    journal = Journal(
        fresh=(*written.added, *written.changed),
        removed=written.removed,
        seen={**linked, **gone},
        folders=tuple(path for path, kind in found.kinds.items() if kind is EntryKind.FOLDER),
        replaced=(found.root.st_dev, found.root.st_ino),
    )
    # The tree is going to be the output, which other runs lock.
    with try_lock(tree), hold_signals():
        write_journal(stage, journal)
        returns = None
        try:
            exchanged = exchange_folders(tree, folder)
        finally:
            # A file that cannot be brought back now stays in the stage, and a later run tries again.
            with contextlib.suppress(OSError):
                returns = end_exchange(stage, folder, journal)
        if not exchanged:
            return None
        if returns is None:
            return WriteOutcome()
        returns.follow_deletions(linked)
        return returns.outcome()


def end_exchange(stage: Path, folder: Path, journal: Journal) -> Returns | None:
    """Empty the old folder, if the two were exchanged, else do nothing; then the stage may go.

    OSError when something cannot be brought back: the stage has to stay.
    """
    tree = stage / _TREE
    returns = None
    if tree.is_dir() and (tree.lstat().st_dev, tree.lstat().st_ino) == journal.replaced:
        returns = Returns(folder, journal)
        returns.empty(tree)
    end_journal(stage)
    return returns
