"""A spec in which nothing is wrong: read as values, and planned by several processes where it is large.

Every spec is tried this way first. Only where it fails are the files read as nodes, which know their places:
whoever reads them says what is wrong.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.parallel import parallel_map, useful_processes
from tocsin.source.decode import YAML_SUFFIXES, decode_file, read_file
from tocsin.source.document import Document
from tocsin.value_object import value_object
from tocsin.workspace.inputs import list_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources
    from tocsin.spec.fast_load import Values

MUCH = 500_000
"""Bytes of a spec from which on a second process saves more time than it costs."""


@value_object
class SoundSpec:
    """The plan of a spec, and the files that it was made of."""

    plan: Plan
    sources: Sources
    documents: tuple[Document, ...]


def load_sound_spec(paths: Iterable[Path], processes: int | None = None) -> SoundSpec | None:
    """The plan of the spec in the folders; None where the files are none of a spec, or anything is wrong.

    Without `processes` the size of the spec decides. OSError when a file cannot be read.
    """
    files = [file for file, _ in list_files(paths)]
    if not files or any(file.suffix not in YAML_SUFFIXES for file in files):
        return None
    if processes is None:
        processes = useful_processes() if sum(file.stat().st_size for file in files) >= MUCH else 1
    # Mostly, the first file tells already that the others are none of a spec.
    first, *others = files
    found = [_read(first)]
    if found == [None]:
        return None
    from tocsin.compile.parallel import build_apart
    from tocsin.spec.fast_load import merge_values
    from tocsin.spec.lazy_sources import sources_of

    found += parallel_map(_read, others, processes)
    read = sorted((file for file in found if file is not None), key=lambda file: file[0].name)
    values = merge_values(values for _, values in read) if len(read) == len(files) else None
    plan = None if values is None else build_apart(values, processes)
    return (
        None if plan is None else SoundSpec(plan, sources_of(read), tuple(document for document, _ in read))
    )


def _read(path: Path) -> tuple[Document, Values] | None:
    from tocsin.spec.fast_load import values_if_spec

    document = decode_file(path.as_posix(), read_file(path))
    values = values_if_spec(document) if isinstance(document, Document) else None
    return None if values is None or not isinstance(document, Document) else (document, values)
