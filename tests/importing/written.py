"""Importing texts in tests, and what comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.importing.import_slos import SourceFile, import_slos
from tocsin.source.document import Document
from tocsin.source.yaml import read_stream

if TYPE_CHECKING:
    from tocsin.importing.import_slos import Import


def run(*texts: str, window: str | None = None) -> Import:
    """Import texts as the files `a.yaml`, `b.yaml` and so on."""
    files = []
    for name, text in zip("abcdef", texts, strict=False):
        document = Document(f"{name}.yaml", text)
        stream = read_stream(document)
        assert not stream.faults
        files.append(SourceFile(document, stream.nodes, f"{name}.yaml"))
    return import_slos(files, window)


def slos(made: Import) -> dict[str, Any]:
    """All SLOs that were written, by key."""
    found: dict[str, Any] = {}
    for file in made.files:
        found |= yaml.safe_load(file.content).get("slos", {})
    return found


def written(made: Import, path: str = "slos/a.yaml") -> str:
    """The text of a file."""
    return next(file.content.decode() for file in made.files if file.path == path)


def said(made: Import) -> list[tuple[str, str]]:
    """The id and the place of each finding, as `line:text at the place`."""
    places = []
    for one in made.diagnostics:
        assert one.span is not None
        text = one.span.document.text[one.span.start : one.span.end].partition("\n")[0]
        places.append((one.id, f"{one.span.line}:{text}"))
    return places
