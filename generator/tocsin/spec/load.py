"""From a folder of YAML files to the spec, or to everything that is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from tocsin.detect.foreign_to_spec import foreign_to_spec
from tocsin.detect.template import faulty_template
from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.diagnostics.model import Diagnostic, Level, sort_diagnostics
from tocsin.diagnostics.secrets import mask_secrets
from tocsin.source.decode import YAML_SUFFIXES, decode_file, read_file
from tocsin.source.document import Document, Span
from tocsin.source.empty import empty_values
from tocsin.source.node import MappingNode, Node, plain_data
from tocsin.source.place import Sources
from tocsin.source.yaml import Reading, read_yaml
from tocsin.source.yaml_error import YamlError
from tocsin.spec.empty import empty_value_diagnostics, follows_from_empty, without_values
from tocsin.spec.exception_mistakes import written_branches
from tocsin.spec.families import expand_families
from tocsin.spec.hidden_characters import hidden_character_diagnostics
from tocsin.spec.merge import merge
from tocsin.spec.mistakes.diagnose import Diagnosis
from tocsin.spec.model import Spec
from tocsin.spec.model_file import yaml_diagnostics
from tocsin.spec.recover import Mistake, Recovered, recover_spec, unread_in, unread_section
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@value_object
class Loaded:
    """What could be read: the spec is None when anything was wrong, and then `diagnostics` says what."""

    spec: Spec | None
    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    documents: tuple[Document, ...]
    rest: Recovered | None = None
    """What is left of a spec in which something is wrong; None of a sound one, and where nothing is left."""
    secrets: tuple[Span, ...] = ()
    """Values that nobody may see."""


def load(folder: Path) -> Loaded:
    """Read every `*.yaml` and `*.yml` below the folder as one spec; OSError when a file cannot be read."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in YAML_SUFFIXES)
    read = [decode_file(path.as_posix(), read_file(path)) for path in files]
    return load_documents(
        (document for document in read if isinstance(document, Document)),
        (fault for fault in read if isinstance(fault, YamlError)),
    )


def load_documents(documents: Iterable[Document], undecodable: Iterable[YamlError] = ()) -> Loaded:
    """The spec that the documents are together, in whatever order they come."""
    return load_readings(
        [(document, read_yaml(document, in_parts=True)) for document in documents], undecodable
    )


def load_readings(
    readings: Iterable[tuple[Document, Reading]],
    undecodable: Iterable[YamlError] = (),
    missing: Incomplete = COMPLETE,
) -> Loaded:
    """The spec of documents that were read; the faults are of files beside them that could not be.

    With something `missing` that is neither, there is never a whole spec, only a `rest`.
    """
    undecodable = tuple(undecodable)
    found = [
        Diagnostic("spec/encoding", Level.ERROR, fault.message, fault.span, help=fault.help)
        for fault in undecodable
    ]
    secrets: list[Span] = []
    roots: list[MappingNode] = []
    readings = sorted(readings, key=lambda pair: pair[0].name)
    foreigners: list[Document] = []
    unread = sum((_all_of(fault.span.document) for fault in undecodable), missing)
    for document, reading in readings:
        foreign = foreign_to_spec(document, reading)
        if foreign is not None:
            found.append(_foreign(document, reading, *foreign))
            foreigners.append(document)
            if faulty_template(document, reading.faults) is not None:
                unread += _all_of(document)
            continue
        found += yaml_diagnostics(reading)
        unread += _unread_of(document, reading)
        if isinstance(reading.node, MappingNode):
            roots.append(reading.node)
        elif reading.node is not None:
            found.append(_not_a_mapping(reading.node))
    root, twice = merge(roots)
    clashes: list[Diagnostic] = []
    if root is not None:
        root = expand_families(root, clashes)
    found.extend(clashes)
    sources = Sources(root)
    found.extend(twice)
    for one in twice:
        unread += _unread_of_second(one, roots)
    spec: Spec | None = None
    rest: Recovered | None = None
    if root is None:
        if not found:
            message = "nothing to read here: no `*.yaml` or `*.yml` file holds alerts or a part of a spec"
            help_ = "name the folder or the files that hold them; `tocsin init` starts a spec"
            found.append(Diagnostic("spec/empty", Level.ERROR, message, None, help=help_))
    else:
        found += hidden_character_diagnostics(root)
        found += written_branches(root)
        empty = list(empty_values(root))
        data = without_values(plain_data(root), empty)
        diagnosis = Diagnosis(data, sources, Spec)
        details: list[Any] = []
        try:
            spec = Spec.model_validate(data)
        except ValidationError as error:
            details += error.errors(include_url=False)
        found += empty_value_diagnostics(empty, details)
        said: dict[int, Diagnostic] = {}
        for detail in diagnosis.relevant(details):
            said[id(detail)] = one = diagnosis.diagnostic(detail)
            # What is missing may stand in a file that could not be read.
            is_section = detail["type"] == "missing" and len(detail["loc"]) == 1
            known_unread = foreigners or missing or unread.may_define(str(detail["loc"][0]))
            may_be_there = is_section and bool(known_unread)
            if not follows_from_empty(detail, empty) and not may_be_there:
                found.append(one)
                if detail["type"] == "secret_in_clear" and one.span is not None:
                    secrets.append(one.span)
        if found or missing:
            mistakes = [
                Mistake(
                    diagnosis.path(detail),
                    detail["type"],
                    diagnosis.key_meant(detail),
                    said[id(detail)].fix if id(detail) in said else None,
                )
                for detail in details
            ]
            rest = recover_spec(root, mistakes, [one.path for one in empty])
    if rest is not None:
        rest = replace(rest, unread=rest.unread + unread)
    documents = tuple(document for document, _ in readings)
    told = sort_diagnostics(mask_secrets(found, secrets))
    return Loaded(None if found or missing else spec, sources, told, documents, rest, tuple(secrets))


def _unread_of(document: Document, reading: Reading) -> Incomplete:
    """What is not known of a file that is not sound YAML."""
    if not isinstance(reading.node, MappingNode):
        return _all_of(document) if reading.faults else Incomplete()
    parts = Incomplete.of(unread_section(part.section, part.span) for part in reading.unread)
    others = (fault.span for fault in reading.faults if not parts.holds(fault.span))
    return parts + Incomplete.of(unread_in(reading.node, span) for span in others)


def _all_of(document: Document) -> Incomplete:
    """A file of which nothing is known: it may hold anything."""
    return unread_section(None, Span(document, 0, len(document.text)))


def _unread_of_second(twice: Diagnostic, roots: Iterable[MappingNode]) -> Incomplete:
    """The second of two definitions, which is not used."""
    span = twice.span
    homes = [root for root in roots if span is not None and root.document is span.document]
    return unread_in(homes[0], span) if homes and span is not None else Incomplete()


def _foreign(document: Document, reading: Reading, what: str, advice: str | None) -> Diagnostic:
    node, template = reading.node, faulty_template(document, reading.faults)
    at = Span(document, 0, 0) if node is None else Span(document, node.start, node.start)
    if template is not None:
        at = Span(document, *template.span)
    return Diagnostic(
        "spec/foreign-file",
        Level.ERROR,
        f"this is {what}, not part of a spec",
        at,
        help="move it out of the spec's folder" + (f": {advice}" if advice else ""),
    )


def _not_a_mapping(node: Node) -> Diagnostic:
    keys = ", ".join(f"`{name}:`" for name in Spec.model_fields)
    return Diagnostic(
        "spec/wrong-type",
        Level.ERROR,
        "a file of the spec holds top-level keys",
        node.span,
        help=f"one of {keys}",
    )
