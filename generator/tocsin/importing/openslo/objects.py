"""The objects of all files by their names, for the references between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.fields import Fields, mapping
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import plain_text
from tocsin.source.node import MappingNode, ScalarNode, plain_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.importing.notes import Notes
    from tocsin.importing.sourced import Sourced
    from tocsin.source.node import Node

VERSIONS = ("openslo/v1", "openslo/v1alpha", "openslo.com/v1")
"""Those of OpenSLO, and of the resources of the operator osko."""
_OTHERWISE_CALLED = {"Datasource": "DataSource"}
_REFERRED = ("SLI", "AlertPolicy", "AlertCondition")


class Objects:
    """What SLOs refer to."""

    def __init__(self, nodes: Iterable[MappingNode]) -> None:
        self._by_name: dict[tuple[str, str], list[MappingNode]] = {}
        for node in nodes:
            metadata = node.entries.get("metadata")
            if metadata is not None and isinstance(metadata.value, MappingNode):
                name = text_of(metadata.value, "name")
                kind = text_of(node, "kind")
                self._by_name.setdefault((_OTHERWISE_CALLED.get(kind, kind), name), []).append(node)
        self._used: set[int] = set()

    def has(self, kind: str, name: str) -> bool:
        """Whether some file has the object."""
        return (kind, name) in self._by_name

    def find(self, kind: str, reference: Sourced) -> MappingNode:
        """The object that is meant; RefusedError where there is none, or several."""
        name = plain_text(reference)
        found = self._by_name.get((kind, name), [])
        if not found:
            reason, help_ = f"no file has the {kind} `{name}`", "name the file that has it as well"
            raise RefusedError(reason, reference.node.span, help_)
        # Copies of an object in several folders are one.
        near = [one for one in found if one.document is reference.node.document] or found
        if any(plain_data(one) != plain_data(near[0]) for one in near[1:]):
            reason = f"there is more than one {kind} `{name}`"
            raise RefusedError(reason, reference.node.span, "give each of them another name")
        self._used.update(map(id, found))
        return near[0]

    def mention_unused(self, notes: Notes) -> None:
        """Say which objects no SLO refers to."""
        for (kind, _), nodes in self._by_name.items():
            for node in nodes:
                if kind in _REFERRED and id(node) not in self._used:
                    notes.add(
                        "import/unused",
                        f"no SLO of these files refers to this {kind}",
                        node.entries["kind"].value.span,
                        "name the files of its SLOs as well",
                    )


def text_of(node: MappingNode, key: str) -> str:
    """The string under a key; empty where there is none."""
    entry = node.entries.get(key)
    return entry.value.text if entry is not None and isinstance(entry.value, ScalarNode) else ""


def spec_of(node: Node, what: str, all_: list[Fields]) -> tuple[Fields, Fields | None]:
    """The spec and the metadata of an object, whole or written inside of another one."""
    fields = Fields(mapping(node), what, all_)
    fields.ignore("apiVersion", "kind")
    return fields.required_fields("spec", what), fields.fields("metadata", "metadata")
