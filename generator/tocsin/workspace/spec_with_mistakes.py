"""A spec in which something is wrong, of which most files are as an earlier run has found them sound.

Read as nodes are the others, those with more than groups, and groups that have to do with them. Where that is
not enough to say what is wrong, or many files are new, whoever asks has to read all of them.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tocsin.compile.other_groups import NeededGroupsError
from tocsin.compile.parallel import build_beside, other_groups
from tocsin.compile.partial import all_wrong, rest_of, settle
from tocsin.detect.foreign_to_spec import foreign_to_spec
from tocsin.existing.input import read_input
from tocsin.existing.markdown import Markdown
from tocsin.existing.templates import Templates
from tocsin.source.node import MappingNode, plain_data
from tocsin.spec.environment_tree import has_environments
from tocsin.spec.exception_tree import has_exceptions
from tocsin.spec.families import has_families
from tocsin.spec.lazy_sources import sources_of
from tocsin.spec.load import load_readings
from tocsin.spec.node_edits import child_node
from tocsin.value_object import value_object
from tocsin.workspace.inputs import Inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.diagnostics.incomplete import Incomplete
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore
    from tocsin.source.document import Document, Span
    from tocsin.source.place import Sources
    from tocsin.source.yaml import Reading
    from tocsin.workspace.spec_files import SpecFile

_MOST_NEW = 1 / 4
"""The share of files that may be new, or have to do with such: beyond it, reading all takes about as long."""
_FEW = 12
"""So many may be new in any case."""


@value_object
class SpecWithMistakes:
    """The plan of what is left of the spec, and all that is wrong."""

    plan: Plan
    sources: Sources
    documents: tuple[Document, ...]
    diagnostics: tuple[Diagnostic, ...]
    unread: Incomplete
    secrets: tuple[Span, ...]
    """Values that nobody may see."""


def load_spec_with_mistakes(files: Sequence[SpecFile], store: ResultStore) -> SpecWithMistakes | None:
    """The spec of these files, in which something is wrong; None where all have to be read to say what."""
    return _Folder(files, store).load() if files else None


class _Folder:
    """The files of one spec in the order of their names."""

    def __init__(self, files: Sequence[SpecFile], store: ResultStore) -> None:
        self._files = files
        self._store = store
        self._most = max(_FEW, len(files) * _MOST_NEW)

    def load(self) -> SpecWithMistakes | None:
        """What is left of the spec and what is wrong; None where all files have to be read to say that."""
        with_groups = [file for file in self._files if file.values is None or "groups" in file.values]
        # What is missing is shown where the first file, or the section of the first, begins.
        read = {file.document.name for file in (*self._files[:1], *with_groups[:1])}
        read |= {file.document.name for file in self._files if not file.has_groups_alone}
        while sum(file.document.name in read for file in with_groups) <= self._most:
            try:
                return self._load(read)
            except NeededGroupsError as needed:
                more = {self._homes[name] for name in needed.names & self._homes.keys()} - read
            if not more:
                return None
            read |= more
        return None

    @cached_property
    def _homes(self) -> dict[str, str]:
        """The names of the files in which groups stand that were sound."""
        return {name: file.document.name for file in self._files for name in file.groups}

    def _load(self, read: set[str]) -> SpecWithMistakes | None:
        inputs = [
            read_input(file.document, named=False) for file in self._files if file.document.name in read
        ]
        readings = Inputs(tuple(inputs), True, (), (), Templates(), Markdown(), ()).readings()
        loaded = load_readings(readings)
        root, rest = loaded.sources.root, rest_of(loaded)
        if root is None or rest is None or not all(_is_of_one_place(*one) for one in readings):
            return None
        left_out = [file for file in self._files if file.document.name not in read]
        sound = {name: values for file in left_out for name, values in file.groups.items()}
        groups = child_node(root, "groups")
        if isinstance(groups, MappingNode) and (twice := sound.keys() & groups.entries.keys()):
            raise NeededGroupsError(twice)
        others = other_groups(sound)
        settled = None if others is None else settle(rest, others)
        if settled is None or settled.left is None:
            return None
        told = all_wrong(loaded, settled)
        plan = build_beside(settled.left, sound, self._store) if told else None
        if plan is None:
            return None
        return SpecWithMistakes(
            plan,
            sources_of(((file.document, file.values or {}) for file in left_out), settled.left.root),
            tuple(file.document for file in self._files),
            told,
            settled.unread,
            loaded.secrets,
        )


def _is_of_one_place(document: Document, reading: Reading) -> bool:
    """Whether a file has nothing that depends on where the system runs, and none that stands for several."""
    if foreign_to_spec(document, reading) is not None:
        return False
    if not isinstance(reading.node, MappingNode):
        return True
    values: Any = plain_data(reading.node)
    is_otherwise = has_families(values.get("groups")) or has_exceptions(values)
    return not is_otherwise and not has_environments(reading.node)
