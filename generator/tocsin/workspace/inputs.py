"""From the paths on the command line to files that were read: a spec, or files that a team already has."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.detect.candidates import may_hold_alerting
from tocsin.detect.foreign import Unread
from tocsin.detect.foreign_to_spec import is_sure_spec, may_be_spec
from tocsin.detect.kinds import DocumentKind
from tocsin.errors import CommandError
from tocsin.existing.files import NotRead
from tocsin.existing.input import Input
from tocsin.existing.markdown import Markdown
from tocsin.existing.template_texts import SUFFIXES as TEMPLATE_SUFFIXES
from tocsin.existing.templates import Templates
from tocsin.source.decode import YAML_SUFFIXES, decode_file, is_binary
from tocsin.source.document import Document
from tocsin.source.json import json_as_yaml
from tocsin.source.yaml import Reading, Stream, read_yaml
from tocsin.source.yaml_error import YamlError
from tocsin.value_object import value_object
from tocsin.workspace.delivered import FurtherForms
from tocsin.workspace.files_read import FilesRead, Left
from tocsin.workspace.listing import MARKDOWN_SUFFIXES, USUAL_SUFFIXES, list_dashboards, list_files
from tocsin.workspace.markdown import read_markdown
from tocsin.workspace.reader import STORED_FILES
from tocsin.workspace.scripts import with_fillings
from tocsin.workspace.templates import read_templates
from tocsin.workspace.unread import why_not_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.workspace.reader import FileReader


_PLAIN = {
    DocumentKind.RULES,
    DocumentKind.DASHBOARD,
    DocumentKind.ALERTMANAGER,
    DocumentKind.PROMETHEUS,
    DocumentKind.RESOURCE,
    DocumentKind.OPERATOR,
}
_BINARY = Unread("a binary file", "it is encrypted, or no text at all")


@value_object
class Inputs:
    """The files that were read, and what was wrong with those that could not be."""

    files: tuple[Input, ...]
    is_spec: bool
    policies: tuple[Document, ...]
    """Files with a team's own rules among those that are no spec."""
    undecodable: tuple[YamlError, ...]
    templates: Templates
    markdown: Markdown
    not_read: tuple[NotRead, ...]
    """Files that hold alerting, or may become some, and cannot be read."""

    def files_read(self, unrendered: tuple[NotRead, ...] = ()) -> FilesRead:
        """How many files hold something that is read, and what is not, `unrendered` templates among it."""
        left = [Left(one.document.name, False, one.unread) for one in (*self.not_read, *unrendered)]
        read = len(self.templates.documents())
        templates = {one.document.name for one in unrendered}
        for file in self.files:
            if file.document.name in templates:
                continue
            parts = file.parts()
            known = any(part.kind is not DocumentKind.OTHER for part in parts)
            read += known
            unread = [part.unread for part in parts if part.unread is not None]
            if known:
                unread = [one for one in unread if one.is_alerting]
            left += [Left(file.document.name, known, one) for one in dict.fromkeys(unread)]
        return FilesRead(read, tuple(left))

    def only(self, files: tuple[Input, ...]) -> Inputs:
        """The same with some of the files, and the templates that belong to them."""
        parts = ((file.document.name, part) for file in files for part in file.parts())
        return replace(self, files=files, templates=self.templates.of(parts))

    def readings(self) -> list[tuple[Document, Reading]]:
        """The files as parts of a spec, each with its one document."""
        return [(file.document, _reading(file)) for file in self.files]


def read_inputs(paths: Iterable[Path], reader: FileReader = STORED_FILES) -> Inputs:
    """Read the files, and those in the folders; OSError when one cannot be read.

    CommandError when some belong to a spec and some do not: nobody could say what they are together.
    """
    paths = tuple(paths)
    files: list[Input] = []
    broken: list[YamlError] = []
    other_texts: list[YamlError] = []
    templates: list[Document] = []
    pages: list[Document] = []
    aside: list[tuple[Input, Unread]] = []
    further = FurtherForms(path for path in paths if path.is_dir())
    for path, named in list_files(paths):
        usual = named or path.suffix in USUAL_SUFFIXES
        raw = reader.read_bytes(path)
        document = decode_file(path.as_posix(), raw)
        if isinstance(document, YamlError) and usual and not named and is_binary(raw):
            aside.append((Input(document.span.document, Stream((), (), False), named), _BINARY))
        elif isinstance(document, YamlError):
            if usual:
                (broken if named or not _is_other_text(raw) else other_texts).append(document)
        elif path.suffix in TEMPLATE_SUFFIXES and not may_hold_alerting(document.text.encode()):
            templates += [document] if named else []
        elif named and path.suffix in MARKDOWN_SUFFIXES:
            pages.append(document)
        else:
            if path.suffix == ".json":
                document = Document(document.name, json_as_yaml(document.text))
            file = reader.read_input(document, named=named)
            if not named and any(part.kind is DocumentKind.BASELINE for part in file.parts()):
                continue
            why = None if named else further.why_not_read(path, raw)
            why = why or why_not_read(file, path, is_usual=path.suffix in USUAL_SUFFIXES)
            if why is not None:
                aside.append((file, why))
            elif usual or (file.is_alerting() and not file.stream.faults):
                files.append(file)
    if not (aside or broken or templates or pages or _holds_more(files)):
        # Beside rules, dashboards are read where they are named; a folder of them holds nothing else.
        with_dashboards = {file.document.name: file for file in _dashboards(paths, reader)}
        files = [
            *(one for one in files if one.document.name not in with_dashboards),
            *with_dashboards.values(),
        ]
    kinds = {file.document.name: {part.kind for part in file.parts()} for file in files}
    named_ones = {file.document.name for file in files if file.named}
    spec = [
        path
        for path, found in ((Path(name), found) for name, found in kinds.items())
        # What is hidden are the settings of other tools.
        if DocumentKind.SPEC in found and (not path.name.startswith(".") or path.as_posix() in named_ones)
    ]
    if not named_ones.intersection(path.as_posix() for path in spec) and not is_sure_spec(
        part.node
        for file in files
        for part in file.parts()
        if part.kind is DocumentKind.SPEC and Path(file.document.name) in spec
    ):
        spec = []
    plain = [Path(name) for name, found in kinds.items() if found & _PLAIN]
    if spec:
        broken += other_texts
        _keep_apart(spec, plain, [Path(file.document.name) for file in files if file.named])
    if spec or not (plain or any(path.is_file() for path in paths)):
        # A mistake in a file of the spec is reported as such, also where it may be a template.
        yaml = [pair for pair in aside if pair[0].document.name.endswith(YAML_SUFFIXES)]
        parts = [*filter(_belongs, files), *(file for file, _ in yaml)]
        # A folder in which nothing is, or nearly is, a part of a spec holds something else.
        if spec or not (files or aside):
            is_spec = True
        else:
            is_spec = bool(parts) and may_be_spec((file.document, _reading(file)) for file in parts)
        if is_spec:
            rest = tuple(NotRead(file.document, why) for file, why in aside if (file, why) not in yaml)
            return Inputs(tuple(parts), True, (), tuple(broken), Templates(), Markdown(), rest)
    return Inputs(
        with_fillings(files, paths, reader),
        False,
        tuple(file.document for file in files if DocumentKind.POLICY in kinds[file.document.name]),
        tuple(broken),
        read_templates(files, templates, reader),
        read_markdown((file.document for file in files), pages, reader),
        tuple(NotRead(file.document, why) for file, why in aside),
    )


def _is_other_text(raw: bytes) -> bool:
    """Whether bytes are text that has no word of alerting, in UTF-16 or whatever other encoding."""
    is_wide = raw.startswith((b"\xff\xfe", b"\xfe\xff"))
    return not may_hold_alerting(raw[2:].replace(b"\0", b"") if is_wide else raw)


def _holds_more(files: list[Input]) -> bool:
    """Whether a file was named or is alerting, or may be, or the files may be meant as a spec."""
    if any(file.named or file.is_alerting() or file.stream.faults for file in files):
        return True
    return bool(files) and may_be_spec((file.document, _reading(file)) for file in files)


def _dashboards(paths: Iterable[Path], reader: FileReader) -> Iterator[Input]:
    for path in list_dashboards(paths):
        document = decode_file(path.as_posix(), reader.read_bytes(path))
        if isinstance(document, Document):
            if path.suffix == ".json":
                document = Document(document.name, json_as_yaml(document.text))
            file = reader.read_input(document, named=False, dashboards=True)
            if any(part.kind is DocumentKind.DASHBOARD for part in file.parts()):
                yield file


def _belongs(file: Input) -> bool:
    """Whether a file is read with a spec: as a part, or as a mistake in its folder."""
    return file.named or file.document.name.endswith(YAML_SUFFIXES) or file.is_alerting()


def _keep_apart(spec: list[Path], plain: list[Path], named: list[Path]) -> None:
    """CommandError when plain files were named beside a spec, or stand outside of its folder.

    One inside of the folder is told as a mistake in the spec.
    """
    folder = Path(os.path.commonpath([path.parent for path in spec]))
    for path in plain:
        if path in named or not path.is_relative_to(folder):
            raise CommandError(
                f"{spec[0]} is part of a spec and {path} is not: name the spec alone, as in "
                f"`tocsin check {folder}`, and the other files in a run of their own"
            )


def _reading(file: Input) -> Reading:
    stream: Stream = file.stream
    return read_yaml(file.document, in_parts=True) if len(stream.nodes) > 1 else stream.reading()
