"""The files that are to be imported, read."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect.candidates import may_hold_alerting, mentions_alerting
from tocsin.detect.file_names import is_program_name
from tocsin.detect.kinds import DocumentKind
from tocsin.detect.signatures import rules_of
from tocsin.detect.slo_formats import may_hold_slos
from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.existing.input import Input, read_input
from tocsin.existing.template_texts import SUFFIXES, template_texts
from tocsin.existing.yaml_faults import faults, file_template, unrendered_template
from tocsin.importing.alertmanager.read import KINDS
from tocsin.source.decode import decode_file, read_file
from tocsin.source.document import Document, Span
from tocsin.source.json import json_as_yaml
from tocsin.source.node import MappingNode
from tocsin.source.yaml_error import YamlError
from tocsin.workspace.listing import (
    DASHBOARD_SUFFIXES,
    MARKDOWN_SUFFIXES,
    list_by_suffix,
    list_files,
    list_markdown,
)
from tocsin.workspace.templates import read_templates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.existing.templates import Templates


STANDARD_INPUT = Path("-")
_RENDER = "render it first, and import what comes out"
_HELP_FOR = {
    "Jsonnet": f"{_RENDER}: `jsonnet -J vendor FILE | tocsin import - --to spec`",
    "a template of a Helm chart": f"{_RENDER}: `helm template CHART | tocsin import - --to spec`",
}
"""By what a file is, as `detect/template.py` calls it."""


class FilesToImport(NamedTuple):
    """The files that could be read, each with its path below the folder that was named.

    What is wrong with them and the others stands beside them.
    """

    files: tuple[tuple[Input, str], ...]
    diagnostics: tuple[Diagnostic, ...]
    templates: Templates
    """Those of notifications that an Alertmanager configuration among the files loads."""
    pages: tuple[Document, ...]
    """Markdown, which may be about alerts."""
    dashboards: tuple[MappingNode, ...]
    """Those of Grafana, which may draw what alerts watch."""


def read_files_to_import(paths: Iterable[Path], piped: bytes = b"") -> FilesToImport:
    """Read the files, and those in the folders; OSError when one cannot be read.

    Files with nothing to import are left out. `piped` is what `STANDARD_INPUT` among the paths stands for.
    """
    files: list[tuple[Input, str]] = []
    templates: list[Document] = []
    found: list[Diagnostic] = []
    paths = tuple(paths)
    for path, below, named in _listed(paths):
        if path.suffix in MARKDOWN_SUFFIXES or (is_program_name(path.name) and not named):
            continue
        raw = piped if path == STANDARD_INPUT else read_file(path)
        document = decode_file("stdin" if path == STANDARD_INPUT else path.as_posix(), raw)
        if isinstance(document, YamlError):
            if named or may_hold_alerting(raw) or may_hold_slos(raw.decode("latin-1")):
                found.append(_not_utf8(document, raw))
            continue
        text = document.text
        if path.suffix in SUFFIXES and not may_hold_alerting(text.encode()):
            templates.append(document)
            continue
        if path.suffix == ".json":
            document = Document(document.name, json_as_yaml(text))
        elif not may_hold_slos(text) and not mentions_alerting(text):
            continue
        is_sure = may_hold_slos(text) or may_hold_alerting(text.encode())
        is_likely = is_sure or path.suffix == ".json"
        file = read_input(document, named=named)
        template = file_template(document, file.stream) if is_likely else None
        if template is not None:
            said = unrendered_template(document, template)
            found.append(replace(said, help=_HELP_FOR.get(template.what, _RENDER)))
            continue
        kinds = {part.kind for part in file.parts()}
        is_one = bool(kinds & (KINDS | {DocumentKind.RULES})) or may_hold_slos(text)
        if is_one and (is_likely or _has_rules(file)):
            found += faults(file.stream)
            files.append((file, below))
            configured = [one.path for one in file.parts() if one.kind is DocumentKind.ALERTMANAGER]
            templates += [
                Document(one.name, one.text)
                for one in template_texts(file)
                if any(map(one.is_beside, configured))
            ]
        elif is_sure or named:
            # What the parser could not read may be all that there is to import.
            found += faults(file.stream)
    return FilesToImport(
        tuple(files),
        tuple(found),
        read_templates([file for file, _ in files], templates),
        tuple(_pages(paths)),
        tuple(_dashboards(paths)),
    )


def _dashboards(paths: Iterable[Path]) -> Iterator[MappingNode]:
    for path in list_by_suffix((path for path in paths if path != STANDARD_INPUT), DASHBOARD_SUFFIXES):
        raw = read_file(path)
        document = decode_file(path.as_posix(), raw) if b"panels" in raw and b"expr" in raw else None
        if isinstance(document, Document):
            if path.suffix == ".json":
                document = Document(document.name, json_as_yaml(document.text))
            read = read_input(document, named=False, dashboards=True)
            for part in read.parts():
                if part.kind is DocumentKind.DASHBOARD and isinstance(part.node, MappingNode):
                    yield part.node


def _pages(paths: Iterable[Path]) -> Iterator[Document]:
    for path in list_markdown(path for path in paths if path != STANDARD_INPUT):
        document = decode_file(path.as_posix(), read_file(path))
        if isinstance(document, Document):
            yield document


def _has_rules(file: Input) -> bool:
    """Whether there is a rule in it, though perhaps one that no engine takes."""
    nodes = [part.node for part in file.parts() if part.kind is DocumentKind.RULES]
    return any(isinstance(node, MappingNode) and any(rules_of(node)) for node in nodes)


def _not_utf8(fault: YamlError, raw: bytes) -> Diagnostic:
    """The fault with its line, of which nothing is shown: it may hold a secret."""
    try:
        raw.decode("utf-8")
        before = 0
    except UnicodeDecodeError as error:
        before = raw.count(b"\n", 0, error.start)
    document = Document(fault.span.document.name, "\n" * before)
    return Diagnostic("file/encoding", Level.ERROR, fault.message, Span(document, before, before))


def _listed(paths: Iterable[Path]) -> Iterator[tuple[Path, str, bool]]:
    """Each file once, with its path below the folder that was named."""
    seen: set[Path] = set()
    for root in paths:
        if root == STANDARD_INPUT:
            yield root, "stdin", True
            continue
        for path, named in list_files((root,)):
            if path not in seen:
                seen.add(path)
                yield path, path.name if named else path.relative_to(root).as_posix(), named
