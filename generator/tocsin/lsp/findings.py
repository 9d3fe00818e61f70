"""Findings as an editor shows them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import from_fs_path

from tocsin.diagnostics.model import Level
from tocsin.manual import FOLDER, find_section, section_address

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.diagnostics import Diagnostic
    from tocsin.lsp.positions import Positions
    from tocsin.source.document import Span

    Carry = Callable[[Span], Span | None]

_SEVERITIES = {
    Level.ERROR: types.DiagnosticSeverity.Error,
    Level.WARNING: types.DiagnosticSeverity.Warning,
    Level.INFO: types.DiagnosticSeverity.Information,
}


def shown_finding(found: Diagnostic, span: Span, carry: Carry, positions: Positions) -> types.Diagnostic:
    """A finding at its place; `carry` says where other places are by now."""
    help_ = None if found.help is None else f"help: {found.help}"
    address = manual_address(found.id)
    return types.Diagnostic(
        range=positions.range(span),
        message="\n".join(filter(None, (found.message, found.label, help_))),
        severity=_SEVERITIES[found.level],
        code=found.id,
        code_description=None if address is None else types.CodeDescription(address),
        source="tocsin",
        related_information=[
            types.DiagnosticRelatedInformation(location_of(place, positions), note.text)
            for note in found.related
            if (place := carry(note.span)) is not None
        ],
    )


def location_of(span: Span, positions: Positions) -> types.Location:
    """The place of a span in its file."""
    return types.Location(uri_of(span.document.name), positions.range(span))


def uri_of(name: str) -> str:
    """The address of a file."""
    path = str(Path(name).absolute())
    return from_fs_path(path) or Path(path).as_uri()


def manual_address(id_: str) -> str | None:
    """Where the manual of a check can be read: on the web, or in the page that was installed."""
    if (address := section_address(id_)) is not None:
        return address
    if find_section(id_) is None:
        return None
    family, _, name = id_.partition("/")
    return f"{(FOLDER / 'checks' / f'{family}.md').as_uri()}#{family}{name}"
