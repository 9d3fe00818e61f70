"""From the paths on the command line to files that were read: a spec, or files that a team already has."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.adopt.faults import is_template
from tocsin.adopt.files import Input
from tocsin.adopt.kinds import Kind
from tocsin.adopt.markdown import Markdown
from tocsin.adopt.templates import Templates
from tocsin.cli.failure import CannotError
from tocsin.cli.markdown import SUFFIXES as MARKDOWN_SUFFIXES
from tocsin.cli.markdown import read_markdown
from tocsin.cli.templates import SUFFIXES as TEMPLATE_SUFFIXES
from tocsin.cli.templates import read_templates
from tocsin.frozen import frozen
from tocsin.source.document import Document
from tocsin.source.fault import Fault
from tocsin.source.file import YAML_SUFFIXES, decode, read_file
from tocsin.source.json import json_as_yaml
from tocsin.source.yaml import Reading, Stream, read_stream, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path, PurePath

_PLAIN = {Kind.RULES, Kind.DASHBOARD, Kind.ALERTMANAGER, Kind.PROMETHEUS, Kind.RESOURCE, Kind.OPERATOR}
_SUFFIXES = (*YAML_SUFFIXES, ".rules")


@frozen
class Inputs:
    """The files that were read, and what was wrong with those that could not be."""

    files: tuple[Input, ...]
    is_spec: bool
    policies: tuple[Document, ...]
    """Files with a team's own rules among those that are no spec."""
    undecodable: tuple[Fault, ...]
    templates: Templates
    markdown: Markdown

    def readings(self) -> list[tuple[Document, Reading]]:
        """The files as parts of a spec, each with its one document."""
        return [(file.document, _reading(file)) for file in self.files]


def read(paths: Iterable[Path]) -> Inputs:
    """Read the files, and those in the folders; OSError when one cannot be read.

    CannotError when some belong to a spec and some do not: nobody could say what they are together.
    """
    paths = tuple(paths)
    files: list[Input] = []
    broken: list[Fault] = []
    templates: list[Document] = []
    pages: list[Document] = []
    for path, named in listed(paths):
        document = decode(path.as_posix(), read_file(path))
        if isinstance(document, Fault):
            broken.append(document)
        elif path.suffix in TEMPLATE_SUFFIXES:
            templates.append(document)
        elif path.suffix in MARKDOWN_SUFFIXES:
            pages.append(document)
        elif path.suffix == ".json":
            document = Document(document.name, json_as_yaml(document.text))
            files.append(Input(document, read_stream(document), named))
        else:
            files.append(Input(document, read_stream(document), named))
    kinds = {file.document.name: {part.kind for part in file.parts()} for file in files}
    spec = [name for name, found in kinds.items() if Kind.SPEC in found]
    plain = [name for name, found in kinds.items() if found & _PLAIN]
    if spec and plain:
        raise CannotError(
            f"{spec[0]} is part of a spec and {plain[0]} is not: check the spec and the other files apart"
        )
    template = any(is_template(file.document, file.stream) for file in files)
    is_spec = bool(spec) or not (plain or template or any(path.is_file() for path in paths))
    if is_spec:
        # A folder's spec is in its YAML files.
        files = [file for file in files if file.named or file.document.name.endswith(YAML_SUFFIXES)]
    policies = [file.document for file in files if Kind.POLICY in kinds[file.document.name]]
    if is_spec:
        return Inputs(tuple(files), True, (), tuple(broken), Templates(), Markdown())
    return Inputs(
        tuple(files),
        False,
        tuple(policies),
        tuple(broken),
        read_templates(files, templates),
        read_markdown((file.document for file in files), pages),
    )


def listed(paths: Iterable[Path]) -> Iterator[tuple[Path, bool]]:
    """Each file once, with whether it was named itself."""
    seen: set[Path] = set()
    for path in paths:
        inside = path.is_dir()
        below = _inside(path) if inside else [path]
        for file in below:
            if file not in seen:
                seen.add(file)
                yield file, not inside


def _inside(folder: Path) -> list[Path]:
    """The files below a folder, without those of hidden folders such as `.git` and `.venv`."""
    return sorted(path for path in folder.rglob("*") if is_read(path.relative_to(folder)) and path.is_file())


def is_read(path: PurePath) -> bool:
    """Whether a file at this path inside of a folder is read, as its name and its folders say."""
    return path.suffix in _SUFFIXES and not any(part.startswith(".") for part in path.parts[:-1])


def _reading(file: Input) -> Reading:
    stream: Stream = file.stream
    if len(stream.nodes) > 1:
        return read_yaml(file.document)
    return Reading(stream.nodes[0] if stream.nodes and not stream.broken else None, stream.faults)
