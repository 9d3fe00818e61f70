"""Places in the files of a sound spec, which are read once more where somebody asks for one."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tocsin.source.node import MappingNode
from tocsin.source.place import Sources
from tocsin.source.yaml import read_yaml
from tocsin.spec.merge import NAMED, merge

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.source.document import Document
    from tocsin.spec.fast_load import Values


def sources_of(files: Iterable[tuple[Document, Values]], rest: MappingNode | None = None) -> Sources:
    """The sources of a spec whose files hold these values; `rest` is the tree of its other files.

    Where some were read as a tree, the files have named parts and nothing else.
    """
    files = tuple(files)
    documents = tuple(document for document, _ in files)
    # Nearly all places lie in a named part, such as `groups.performance`, which one file alone holds.
    homes = {
        (section, name): document
        for document, values in files
        for section in NAMED & values.keys()
        if isinstance(values[section], dict)
        for name in values[section]
    }

    @cache
    def tree(documents: tuple[Document, ...]) -> MappingNode | None:
        nodes = (read_yaml(document).node for document in documents)
        return merge(node for node in nodes if isinstance(node, MappingNode))[0]

    def read(path: tuple[str | int, ...]) -> MappingNode | None:
        home = homes.get((str(path[0]), str(path[1]))) if len(path) > 1 else None
        if home is None:
            return tree(documents) if rest is None else rest
        return tree((home,))

    return Sources(rest, read)
