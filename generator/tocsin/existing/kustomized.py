"""The files that overlays of Kustomize build on, by the `kustomization.yaml` of each folder."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from tocsin.detect.signatures import items_at
from tocsin.source.node import MappingNode, ScalarNode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.existing.input import Input

_NAMES = frozenset({"kustomization.yaml", "kustomization.yml", "Kustomization"})
_LISTS = ("resources", "bases", "components")
_GENERATORS = ("configMapGenerator", "secretGenerator")


def kustomized_files(inputs: Iterable[Input]) -> Mapping[str, frozenset[str]]:
    """The names of the files that each Kustomization puts together, by its folder.

    Itself and those of other folders that it builds on are among them, and theirs.
    """
    named: dict[str, set[str]] = {}
    for one in inputs:
        folder, name = posixpath.split(posixpath.normpath(one.document.name))
        if name in _NAMES:
            paths = (
                path for node in one.stream.nodes if isinstance(node, MappingNode) for path in _paths(node)
            )
            found = named.setdefault(folder, set())
            found.add(posixpath.join(folder, name))
            found.update(posixpath.normpath(posixpath.join(folder, path)) for path in paths)
    return {folder: _reached(folder, named) for folder in named}


def _reached(folder: str, named: Mapping[str, set[str]]) -> frozenset[str]:
    """What a folder names, and what the folders among it name in turn."""
    reached: set[str] = set()
    waiting = [folder]
    while waiting:
        # The folder that all files lie in is called "" by its files, and "." by a path to it.
        here = waiting.pop()
        new = named.get("" if here == "." else here, set()) - reached
        reached |= new
        waiting += new
    return frozenset(reached)


def _paths(node: MappingNode) -> Iterator[str]:
    for key in _LISTS:
        yield from (one.text for one in items_at(node, key) if isinstance(one, ScalarNode))
    for key in _GENERATORS:
        for made in items_at(node, key):
            for one in items_at(made, "files") if isinstance(made, MappingNode) else ():
                if isinstance(one, ScalarNode):
                    # The key in the ConfigMap may stand before the file.
                    yield one.text.rpartition("=")[2]
