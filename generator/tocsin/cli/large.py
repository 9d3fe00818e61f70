"""A large spec in which nothing is wrong: read and planned by several processes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.adopt.files import Input
from tocsin.adopt.kinds import Kind
from tocsin.cli.inputs import listed
from tocsin.processes import processors, spread
from tocsin.source.document import Document
from tocsin.source.file import decode
from tocsin.source.node import MappingNode, plain
from tocsin.source.yaml import read_stream

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources
    from tocsin.spec.values import Values

MUCH = 500_000
"""Bytes of a spec from which on a second process saves more time than it costs."""
_KINDS = {Kind.SPEC, Kind.POLICY, Kind.OTHER}


@dataclass(frozen=True, slots=True)
class Large:
    """The plan of a spec, and the files that it was made of."""

    plan: Plan
    sources: Sources
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class _Read:
    """A file in which nothing is wrong so far, and which a spec can hold."""

    document: Document
    kinds: frozenset[Kind]
    values: Values


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
    # Mostly, the first file tells already that the others are none of a spec.
    if any(file.suffix != ".yaml" for file in files) or not files or _read(files[0]) is None:
        return None
    found = spread(_read, files, processes)
    read = sorted((file for file in found if file is not None), key=lambda file: file.document.name)
    if len(read) < len(files) or not any(Kind.SPEC in file.kinds for file in read):
        return None
    from tocsin.plan.build.apart import build_apart
    from tocsin.spec.files import sources_of
    from tocsin.spec.values import merged

    values = merged(file.values for file in read)
    plan = None if values is None else build_apart(values, processes)
    if plan is None:
        return None
    sources = sources_of((file.document, file.values) for file in read)
    return Large(plan, sources, tuple(file.document for file in read))


def _read(path: Path) -> _Read | None:
    document = decode(path.as_posix(), path.read_bytes())
    if not isinstance(document, Document):
        return None
    stream = read_stream(document)
    kinds = frozenset(part.kind for part in Input(document, stream, False).parts())
    if stream.faults or stream.broken or not kinds <= _KINDS or len(stream.nodes) > 1:
        return None
    if not stream.nodes:
        return _Read(document, kinds, {})
    node = stream.nodes[0]
    if not isinstance(node, MappingNode):
        return None
    return _Read(document, kinds, {name: plain(entry.value) for name, entry in node.entries.items()})
