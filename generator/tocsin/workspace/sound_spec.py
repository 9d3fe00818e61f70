"""A spec in which nothing is wrong: read as values, and planned by several processes where it is large.

Every spec is tried this way first. Only where it fails are the files read as nodes, which know their places:
whoever reads them says what is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.parallel import parallel_map, useful_processes
from tocsin.result_store import open_result_store
from tocsin.source.decode import YAML_SUFFIXES, decode_file, read_file
from tocsin.source.document import Document
from tocsin.value_object import value_object
from tocsin.workspace.listing import list_files

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore
    from tocsin.source.place import Sources
    from tocsin.spec.fast_load import Values

MUCH = 500_000
"""Bytes of a spec from which on a second process saves more time than it costs."""
_HOLDS_LIST = re.compile(
    r"^(?:groups|receivers):[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*-[ \t]", re.MULTILINE
)
"""A file of another system: below these keys, a spec has names."""
_KIND = "values of a file of a spec"


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
        processes = useful_processes(sum(file.stat().st_size for file in files), MUCH)
    store = open_result_store()

    def read(path: Path) -> _Read | None:
        return _read(path, store)

    # Mostly, the first file tells already that the others are none of a spec.
    first, *others = files
    found = [read(first)]
    if found == [None]:
        return None
    from tocsin.compile.parallel import build_apart
    from tocsin.spec.fast_load import merge_values
    from tocsin.spec.lazy_sources import sources_of

    found += parallel_map(read, others, processes)
    parts = sorted((file for file in found if file is not None), key=lambda file: file.document.name)
    values = merge_values(part.values for part in parts) if len(parts) == len(files) else None
    plan = None if values is None else build_apart(values, processes, store)
    if plan is None:
        return None
    # A spec in which something is wrong may hold a secret in clear: nothing of it is kept.
    for part in parts:
        if store is not None and part.new is not None:
            store.write(part.values, _KIND, part.new)
    documents = tuple(part.document for part in parts)
    return SoundSpec(plan, sources_of((part.document, part.values) for part in parts), documents)


def known_values(store: ResultStore, raw: bytes) -> Values | None:
    """The values of a file with this content, where an earlier run has found it part of a sound spec."""

    def values(kept: Values) -> Values | None:
        from tocsin.spec.fast_load import has_keys_of_spec

        return kept if has_keys_of_spec(kept) else None

    return store.read(_KIND, values, raw)


@value_object
class _Read:
    document: Document
    values: Values
    new: bytes | None
    """The bytes of a file whose values no earlier run has kept."""


def _read(path: Path, store: ResultStore | None) -> _Read | None:
    raw = read_file(path)
    document = decode_file(path.as_posix(), raw)
    if not isinstance(document, Document):
        return None
    if _HOLDS_LIST.search(document.text):
        return None
    from tocsin.spec.fast_load import values_if_spec

    if store is not None and (known := known_values(store, raw)) is not None:
        return _Read(document, known, None)
    values = values_if_spec(document)
    return None if values is None else _Read(document, values, raw)
