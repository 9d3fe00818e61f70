"""Ending what killed runs have left: an output folder is never read or written half changed."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from tocsin.output.errors import OutputError, system_error
from tocsin.output.exchange import end_exchange
from tocsin.output.inplace import end_replacement
from tocsin.output.journal import read_journal
from tocsin.output.lock import hold_folder, try_lock
from tocsin.output.outcome import WriteOutcome
from tocsin.output.stage import left_stages, real_folder, remove_finished
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from pathlib import Path


@value_object
class Recovery:
    """What a killed run had begun was completed, or else undone."""

    completed: bool
    outcome: WriteOutcome


def recover(folder: Path) -> tuple[Recovery, ...]:
    """End what killed runs have begun with an output folder, before it is read; a run at work is waited for.

    OutputError when that cannot be done.
    """
    try:
        folder = real_folder(folder)
        if not left_stages(folder):
            return ()
        with hold_folder(folder):
            return end_killed_runs(folder)
    except OSError as error:
        raise system_error(error) from error


def end_killed_runs(folder: Path) -> tuple[Recovery, ...]:
    """The same where the folder's lock is held."""
    found = []
    for stage in left_stages(folder):
        with contextlib.ExitStack() as stack:
            try:
                free = stack.enter_context(try_lock(stage))
            except FileNotFoundError:
                continue
            if free and (recovery := _end(stage, folder)):
                found.append(recovery)
            if free:
                remove_finished(stage)
    return tuple(found)


def _end(stage: Path, folder: Path) -> Recovery | None:
    journal = read_journal(stage)
    if journal is None:
        return None
    if journal.replaced is not None:
        # The output is whole; what others have in the old folder comes back now, or in a later run.
        with contextlib.suppress(PermissionError):
            returns = end_exchange(stage, folder, journal)
            if returns is not None and returns.outcome():
                return Recovery(completed=True, outcome=returns.outcome())
        return None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(
            f"a run of tocsin was killed while it wrote {folder}, which cannot be written by this user:"
            " run `tocsin generate` as one who may"
        )
    outcome = end_replacement(stage, folder, journal)
    return Recovery(outcome is not None, outcome or WriteOutcome())
