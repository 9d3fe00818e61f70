"""What a run is going to do to an output folder, written down first, so that another run can end it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

import orjson

from tocsin.files import path_fault
from tocsin.output.errors import OutputError
from tocsin.output.stage import JOURNAL
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.output.survey import Identity


@value_object
class Journal:
    """A change of an output folder. Paths are inside the folder.

    `fresh` are the files to be written, in their order, `removed` those to go; `seen` has the identity that
    each file had when it was looked at, `folders` are those that were there. `replaced` is the device and
    inode of the folder, where the whole folder is exchanged; where the files are replaced one by one it is
    None, and `made` has the identity of each new file: a stage that was copied from elsewhere has others.
    """

    fresh: tuple[str, ...]
    removed: tuple[str, ...]
    seen: dict[str, Identity]
    folders: tuple[str, ...] = ()
    replaced: tuple[int, int] | None = None
    made: dict[str, Identity] = field(default_factory=dict)


def write_journal(stage: Path, journal: Journal) -> None:
    """Put the journal into a stage, whole or not at all: from now on what it says can be done or undone."""
    fresh = stage / f"{JOURNAL}.new"
    fresh.write_bytes(orjson.dumps(journal))
    fresh.replace(stage / JOURNAL)


def read_journal(stage: Path) -> Journal | None:
    """The journal of a stage; None when there is none. OutputError when it is not one, as it moves files."""
    try:
        content = (stage / JOURNAL).read_bytes()
    except FileNotFoundError:
        return None
    try:
        data = orjson.loads(content)
        return Journal(
            tuple(_path(path) for path in data["fresh"]),
            tuple(_path(path) for path in data["removed"]),
            _identities(data["seen"]),
            tuple(_path(path) for path in data["folders"]),
            None if data["replaced"] is None else _numbers(data["replaced"], 2),
            _identities(data["made"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise OutputError(f"{stage / JOURNAL} was not written by tocsin: move {stage} away") from error


def end_journal(stage: Path) -> None:
    """Say that nothing is left to do: the stage may be removed."""
    (stage / JOURNAL).unlink(missing_ok=True)


def _path(path: object) -> str:
    if not isinstance(path, str) or path_fault(path):
        raise ValueError(path)
    return path


def _identities(given: dict[str, object]) -> dict[str, Identity]:
    return {_path(path): _numbers(numbers, 3) for path, numbers in given.items()}


def _numbers(given: object, count: int) -> Any:
    if not (isinstance(given, list) and len(given) == count and all(isinstance(one, int) for one in given)):
        raise ValueError(given)
    return tuple(given)
