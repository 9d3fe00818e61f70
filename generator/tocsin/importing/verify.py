"""What is wrong with the spec that an import makes, at the places that it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.compile import build
from tocsin.compile.parallel import build_apart
from tocsin.diagnostics.model import Level
from tocsin.importing.sourced import Sourced
from tocsin.source.document import Document
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.source.yaml import read_yaml
from tocsin.spec.fast_load import merge_values, values_if_spec
from tocsin.spec.lazy_sources import sources_of
from tocsin.spec.load import load_documents
from tocsin.text.yaml import OnOneLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.files import File
    from tocsin.plan.model import Plan
    from tocsin.source.document import Span
    from tocsin.source.node import Node
    from tocsin.source.place import Sources

    Path = tuple[str | int, ...]


Key = tuple[str, str]
"""A section of the spec and a key in it, such as `slos` and the name of one."""


class Fault(NamedTuple):
    """Something that keeps an imported part of a spec from being sound."""

    key: Key | None
    """Of the part; None where it is about none of them."""
    message: str
    help: str | None
    span: Span
    """In the files that were imported, as far as can be determined."""
    inside: Path = ()
    """Where in the part it is."""


class SoundFiles(NamedTuple):
    """Files that are a whole spec, and its plan."""

    plan: Plan
    sources: Sources
    documents: tuple[Document, ...]


class Verified(NamedTuple):
    """The files as one spec, or what is wrong with them."""

    sound: SoundFiles | None
    faults: tuple[Fault, ...]


def verify_spec(files: Iterable[File], values: Mapping[Key, object], names: Mapping[Key, Span]) -> Verified:
    """The files as one spec.

    `values` are those of the parts that were imported, by section and key, and `names` the places of their
    names.
    """
    documents = sorted(
        (Document(file.path, file.content.decode("utf-8")) for file in files), key=lambda one: one.name
    )
    sound = _without_places(documents)
    if sound is not None:
        return Verified(sound, ())
    loaded = load_documents(documents)
    found = [one for one in loaded.diagnostics if one.level is Level.ERROR]
    if loaded.spec is not None:
        built = build(loaded.spec, loaded.sources)
        if built.plan is not None:
            return Verified(SoundFiles(built.plan, loaded.sources, tuple(documents)), ())
        found = list(built.diagnostics)
    roots = {document.name: read_yaml(document).node for document in documents}
    return Verified(None, tuple(_fault(one, roots, values, names) for one in found))


def _without_places(documents: Sequence[Document]) -> SoundFiles | None:
    """The spec where nothing is wrong with it, which takes less time when places need not be known."""
    read = [(document, values_if_spec(document)) for document in documents]
    found = [(document, values) for document, values in read if values is not None]
    whole = merge_values(values for _, values in found) if len(found) == len(read) else None
    plan = None if whole is None else build_apart(whole, 1)
    return None if plan is None else SoundFiles(plan, sources_of(found), tuple(documents))


def _fault(
    found: Diagnostic,
    roots: Mapping[str, Node | None],
    values: Mapping[Key, object],
    names: Mapping[Key, Span],
) -> Fault:
    """A diagnostic with the part that it is about, and the place that the value there was made of."""
    span = found.span
    assert span is not None, "what is wrong with a spec has a place"
    root = roots.get(span.document.name)
    path = () if root is None else _path(root, span.start)
    key = (str(path[0]), str(path[1])) if len(path) >= 2 else None
    if key is None or key not in values:
        return Fault(None, found.message, found.help, span)
    return Fault(key, found.message, found.help, _place(values[key], path[2:]) or names[key], path[2:])


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
