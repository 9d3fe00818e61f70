"""Findings as an editor shows them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

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

_LONGEST_TITLE = 100
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
        data=_fix(found, carry, positions),
        related_information=[
            types.DiagnosticRelatedInformation(location_of(place, positions), note.text)
            for note in found.related
            if (place := carry(note.span)) is not None
        ],
    )


def _fix(found: Diagnostic, carry: Carry, positions: Positions) -> dict[str, Any] | None:
    """The edit that fixes a finding, as `quick_fix` takes it back; None where there is none."""
    span = None if found.fix is None else carry(found.fix.span)
    if found.fix is None or span is None:
        return None
    place, written = positions.range(span), span.document.text[span.start : span.end]
    before = found.fix.span
    # What is masked in the finding's own document is a secret, which no message repeats.
    if before.document.text[before.start : before.end] != written:
        return None
    return {
        "uri": uri_of(span.document.name),
        "range": [place.start.line, place.start.character, place.end.line, place.end.character],
        "text": found.fix.text,
        "written": written,
        "safe": found.fix.is_safe,
    }


def quick_fix(
    shown: types.Diagnostic, as_it_is: Callable[[str, types.Range], str | None]
) -> types.CodeAction | None:
    """The edit of a shown finding; None where it has none, or what it replaces is not as it was.

    `as_it_is` says what is written in a document now.
    """
    data = shown.data
    if not isinstance(data, dict) or not data.keys() >= {"uri", "range", "text", "written", "safe"}:
        return None
    line, character, end_line, end_character = data["range"]
    place = types.Range(types.Position(line, character), types.Position(end_line, end_character))
    if as_it_is(data["uri"], place) != data["written"]:
        return None
    text = data["text"]
    if not data["written"]:
        title = f"Insert `{text.strip()}`"
    else:
        title = f"Replace `{data['written']}` with `{text}`" if text else f"Remove `{data['written']}`"
    return types.CodeAction(
        title if len(title) <= _LONGEST_TITLE else f"Fix {shown.code}",
        kind=types.CodeActionKind.QuickFix,
        diagnostics=[shown],
        is_preferred=True if data["safe"] else None,
        edit=types.WorkspaceEdit({data["uri"]: [types.TextEdit(place, text)]}),
    )


def location_of(span: Span, positions: Positions) -> types.Location:
    """The place of a span in its file."""
    return types.Location(uri_of(span.document.name), positions.range(span))


def uri_of(name: str) -> str:
    """The address of a file."""
    path = str(Path(name).absolute())
    return from_fs_path(path) or Path(path).as_uri()


@lru_cache(maxsize=1024)
def manual_address(id_: str) -> str | None:
    """Where the manual of a check can be read: on the web, or in the page that was installed."""
    if (address := section_address(id_)) is not None:
        return address
    if find_section(id_) is None:
        return None
    family, _, name = id_.partition("/")
    return f"{(FOLDER / 'checks' / f'{family}.md').as_uri()}#{family}{name}"
