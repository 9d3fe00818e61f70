"""Rule files among what was read: plain ones, and those inside of resources, ConfigMaps and charts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.detect.kinds import DocumentKind
from tocsin.detect.signatures import value_at
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.input import Input
    from tocsin.source.node import Node

    Path = tuple[str | int, ...]

_LOKI = frozenset({"AlertingRule", "RecordingRule"})
_SUFFIX = re.compile(r"\.(?:ya?ml|json)$")
_NOT_IN_PATHS = re.compile(r"[^A-Za-z0-9_.-]+")


@value_object
class RuleSource:
    """A rule file, or the part of another file that is one."""

    node: Node
    """What holds `groups`."""
    input: Input
    path: Path
    is_loki: bool
    """Whether it can only be for Loki."""
    file: str
    """The path under which it is written, without an ending."""
    whole: Node
    """The resource or document that it belongs to, with whose comments it comes."""
    is_resource: bool
    """Whether it is the `spec` of a Kubernetes resource."""


def rule_sources(inputs: Iterable[tuple[Input, str]]) -> Iterator[RuleSource]:
    """The rule files in what was read, each with its path below the folder that was named."""
    taken: set[str] = set()
    for file, below in inputs:
        later = {id(node) for node in never_loaded(file)}
        parts = [
            part for part in file.parts() if part.kind is DocumentKind.RULES and id(part.node) not in later
        ]
        stem = "/".join(_plain(one) for one in _SUFFIX.sub("", below).split("/"))
        for part in parts:
            whole = _whole(file.root(), part.path)
            name = stem
            if len(parts) > 1:
                inner = _plain(_SUFFIX.sub("", _name(part.path, whole)))
                name = inner if stem == "stdin" else f"{stem}/{inner}"
            wanted, count = name, 1
            while name.casefold() in taken:
                count += 1
                name = f"{wanted}-{count}"
            taken.add(name.casefold())
            yield RuleSource(
                part.node,
                file,
                part.path,
                part.resource in _LOKI,
                name,
                whole or part.node,
                part.resource is not None,
            )


def never_loaded(file: Input) -> list[Node]:
    """The later documents of a plain rule file, of which Prometheus' `rulefmt` reads only the first.

    Streams on standard input, of resources, and with the namespaces of Mimir, are read whole.
    """
    if file.document.name == "stdin" or len(file.stream.nodes) < 2:
        return []
    plain = [
        part.node
        for part in file.parts()
        if part.kind is DocumentKind.RULES
        and part.resource is None
        and any(part.node is node for node in file.stream.nodes)
    ]
    first = file.stream.nodes[0]
    is_empty = isinstance(first, ScalarNode) and first.value is None
    if not is_empty and not any(node is first for node in plain):
        return []
    if any(isinstance(node, MappingNode) and "namespace" in node.entries for node in plain):
        return []
    return [node for node in plain if node is not first]


def _plain(name: str) -> str:
    return _NOT_IN_PATHS.sub("-", name).strip(".-") or "rules"


def _name(path: Path, whole: Node | None) -> str:
    """What a part of a file is called: by its key in a ConfigMap or chart, or by the name of its resource."""
    named = [step for step in path[1:] if isinstance(step, str) and step not in ("spec", "data", "items")]
    if named:
        return named[-1]
    metadata = value_at(whole, "metadata") if isinstance(whole, MappingNode) else None
    name = value_at(metadata, "name") if isinstance(metadata, MappingNode) else None
    return name.text if isinstance(name, ScalarNode) else "rules"


def _whole(root: Node | None, path: Path) -> Node | None:
    """The innermost resource that holds a part; the document where it is in none."""
    node, found = root, None
    for step in (*path[1:], None):
        if isinstance(node, MappingNode) and {"apiVersion", "kind"} <= node.entries.keys():
            found = node
        if isinstance(node, MappingNode) and isinstance(step, str) and step in node.entries:
            node = node.entries[step].value
        elif isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.items):
            node = node.items[step]
        else:
            break
    return found or node
