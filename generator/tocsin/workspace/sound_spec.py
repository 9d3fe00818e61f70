"""A spec in which nothing is wrong: read as values, and planned by several processes where it is large.

Every spec is tried this way first. Only where it fails are the files read as nodes, which know their places:
whoever reads them says what is wrong.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.parallel import parallel_map, useful_processes
from tocsin.result_store import open_result_store
from tocsin.source.decode import YAML_SUFFIXES
from tocsin.value_object import value_object
from tocsin.workspace.listing import list_files
from tocsin.workspace.spec_files import keep_values, look_at

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.plan.model import Plan
    from tocsin.source.document import Document
    from tocsin.source.place import Sources
    from tocsin.workspace.spec_files import SpecFile

MUCH = 500_000
"""Bytes of a spec from which on a second process saves more time than it costs."""
_HOLDS_LIST = re.compile(
    r"^(?:groups|receivers):[ \t]*(?:#.*)?\r?\n(?:[ \t]*(?:#.*)?\r?\n)*[ \t]*-[ \t]", re.MULTILINE
)
"""A file of another system: below these keys, a spec has names."""


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

    # Mostly, the first file tells already that the others are none of a spec.
    first, *others = files
    found = [_parsed(look_at(first, store))]
    if found == [None]:
        return None
    from tocsin.compile.parallel import build_apart
    from tocsin.spec.fast_load import merge_values
    from tocsin.spec.lazy_sources import sources_of

    looked = [look_at(file, store) for file in others]
    new = [number for number, one in enumerate(looked) if one is not None and one.values is None]
    parsed = parallel_map(lambda number: _parsed(looked[number]), new, processes)
    for number, one in zip(new, parsed, strict=True):
        looked[number] = one
    found += looked
    parts = sorted((file for file in found if file is not None), key=lambda file: file.document.name)
    values = merge_values(part.values or {} for part in parts) if len(parts) == len(files) else None
    plan = None if values is None else build_apart(values, processes, store)
    if plan is None:
        return None
    # A spec in which something is wrong may hold a secret in clear: nothing of it is kept.
    for part in parts:
        if store is not None and not part.is_known:
            keep_values(store, part)
    documents = tuple(part.document for part in parts)
    return SoundSpec(plan, sources_of((part.document, part.values or {}) for part in parts), documents)


def _parsed(file: SpecFile | None) -> SpecFile | None:
    """The file with its values; None where it is none of a spec, or something is wrong with it."""
    if file is None or file.values is not None:
        return file
    if _HOLDS_LIST.search(file.document.text):
        return None
    from tocsin.spec.fast_load import values_if_spec

    values = values_if_spec(file.document)
    return None if values is None else replace(file, values=values)
