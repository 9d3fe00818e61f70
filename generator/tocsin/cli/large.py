"""A large spec in which nothing is wrong: read and planned by several processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.cli.inputs import listed
from tocsin.frozen import frozen
from tocsin.processes import processors, spread
from tocsin.source.document import Document
from tocsin.source.file import YAML_SUFFIXES, decode, read_file

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources
    from tocsin.spec.values import Values

MUCH = 500_000
"""Bytes of a spec from which on a second process saves more time than it costs."""


@frozen
class Large:
    """The plan of a spec, and the files that it was made of."""

    plan: Plan
    sources: Sources
    documents: tuple[Document, ...]


def large(paths: Iterable[Path], processes: int | None = None) -> Large | None:
    """The plan of the spec in the folders; None where it has to be read in one piece.

    That is where it is too small for a second process (unless `processes` are given), where the files are
    none of a spec, and where anything is wrong: who reads it in one piece tells what. OSError when a file
    cannot be read.
    """
    files = [file for file, _ in listed(paths)]
    if processes is None:
        processes = processors() if sum(file.stat().st_size for file in files) >= MUCH else 1
        if processes < 2:
            return None
    if not files or any(file.suffix not in YAML_SUFFIXES for file in files):
        return None
    # Mostly, the first file tells already that the others are none of a spec.
    first, *others = files
    found = [_read(first)]
    if found == [None]:
        return None
    from tocsin.plan.build.apart import build_apart
    from tocsin.spec.files import sources_of
    from tocsin.spec.values import merged

    found += spread(_read, others, processes)
    read = sorted((file for file in found if file is not None), key=lambda file: file[0].name)
    values = merged(values for _, values in read) if len(read) == len(files) else None
    plan = None if values is None else build_apart(values, processes)
    return None if plan is None else Large(plan, sources_of(read), tuple(document for document, _ in read))


def _read(path: Path) -> tuple[Document, Values] | None:
    from tocsin.spec.values import values_of

    document = decode(path.as_posix(), read_file(path))
    values = values_of(document) if isinstance(document, Document) else None
    return None if values is None or not isinstance(document, Document) else (document, values)
