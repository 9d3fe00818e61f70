"""What is wrong with the spec that an import makes, at the places that it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.compile import build
from tocsin.diagnostics.model import Level
from tocsin.importing.sourced import Sourced
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.yaml import read_yaml
from tocsin.spec.load import load_documents
from tocsin.text.yaml import OnOneLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.files import File
    from tocsin.source.document import Span
    from tocsin.source.node import Node

    Path = tuple[str | int, ...]


class Fault(NamedTuple):
    """Something that keeps an SLO from being part of a sound spec."""

    key: str
    """Of the SLO; empty where it is about none of them."""
    message: str
    help: str | None
    span: Span
    """In the files that were imported, as near as can be told."""


def spec_faults(
    files: Iterable[File], values: Mapping[str, object], names: Mapping[str, Span]
) -> Iterator[Fault]:
    """The faults of the files as one spec.

    `values` are those of the SLOs by key, and `names` the places of their names.
    """
    documents = [Document(file.path, file.content.decode("utf-8")) for file in files]
    loaded = load_documents(documents)
    found = [one for one in loaded.diagnostics if one.level is Level.ERROR]
    if loaded.spec is not None:
        found = list(build(loaded.spec, loaded.sources).diagnostics)
    roots = {document.name: read_yaml(document).node for document in documents}
    for one in found:
        key, place = _origin(one, roots, values, names)
        yield Fault(key, one.message, one.help, place)


def _origin(
    found: Diagnostic,
    roots: Mapping[str, Node | None],
    values: Mapping[str, object],
    names: Mapping[str, Span],
) -> tuple[str, Span]:
    """The SLO that a diagnostic is about, and the place that the value there was made of."""
    span = found.span
    assert span is not None, "what is wrong with a spec has a place"
    root = roots.get(span.document.name)
    path = () if root is None else _path(root, span.start)
    if len(path) < 2 or path[0] != "slos" or path[1] not in values:
        return "", span
    key = str(path[1])
    return key, _place(values[key], path[2:]) or names[key]


def _path(node: Node, offset: int) -> Path:
    """The path of what begins last at an offset or before it."""
    steps: list[tuple[int, str | int, Node]] = []
    if isinstance(node, MappingNode):
        steps = [(entry.key.start, name, entry.value) for name, entry in node.entries.items()]
    elif isinstance(node, SequenceNode):
        steps = [(item.start, number, item) for number, item in enumerate(node.items)]
    begun = [one for one in steps if one[0] <= offset]
    if not begun:
        return ()
    _, step, inner = max(begun, key=lambda one: one[0])
    return (step, *_path(inner, offset))


def _place(value: object, path: Path) -> Span | None:
    """Where the value at a path comes from; of its nearest ancestor that says so."""
    place: Span | None = None
    rest = list(path)
    while value is not None:
        if isinstance(value, Sourced):
            is_long = value.key is not None and not isinstance(value.node, ScalarNode)
            place = value.key.span if is_long and value.key is not None else value.node.span
            value = value.value
        elif isinstance(value, OnOneLine):
            value = value.value
        elif rest:
            value = _child(value, rest.pop(0))
        else:
            break
    return place


def _child(value: object, step: str | int) -> object:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, tuple | list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
