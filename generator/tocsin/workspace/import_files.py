"""The files that are to be imported, read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from tocsin.detect.slo_formats import may_hold_slos
from tocsin.diagnostics.model import Diagnostic, Level
from tocsin.existing.yaml_faults import faults, file_template, unrendered_template
from tocsin.importing.import_slos import SourceFile
from tocsin.source.decode import decode_file, read_file
from tocsin.source.document import Document
from tocsin.source.json import json_as_yaml
from tocsin.source.yaml import read_stream
from tocsin.source.yaml_error import YamlError
from tocsin.workspace.listing import list_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


STANDARD_INPUT = Path("-")


class FilesToImport(NamedTuple):
    """The files that could be read, and what is wrong with them and the others."""

    files: tuple[SourceFile, ...]
    diagnostics: tuple[Diagnostic, ...]


def read_files_to_import(paths: Iterable[Path], piped: bytes = b"") -> FilesToImport:
    """Read the files, and those in the folders; OSError when one cannot be read.

    Files without an SLO are left out. `piped` is what `STANDARD_INPUT` among the paths stands for.
    """
    files: list[SourceFile] = []
    found: list[Diagnostic] = []
    for path, below, named in _listed(paths):
        raw = piped if path == STANDARD_INPUT else read_file(path)
        document = decode_file("stdin" if path == STANDARD_INPUT else path.as_posix(), raw)
        if isinstance(document, YamlError):
            if named:
                found.append(Diagnostic("file/encoding", Level.ERROR, document.message, document.span))
            continue
        if not may_hold_slos(document.text) and path.suffix != ".json":
            continue
        if path.suffix == ".json":
            document = Document(document.name, json_as_yaml(document.text))
        stream = read_stream(document)
        template = file_template(document, stream)
        if template is not None:
            found.append(unrendered_template(document, template, Level.ERROR))
            continue
        found += faults(stream)
        files.append(SourceFile(document, stream.nodes, below))
    return FilesToImport(tuple(files), tuple(found))


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
