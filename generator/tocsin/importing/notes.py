"""The notes of an import: what was refused, and what was imported differently."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.model import Diagnostic, Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.importing.fields import Fields
    from tocsin.importing.refused import RefusedError
    from tocsin.source.document import Span


def difference(message: str, original: Span, generated: Span) -> Diagnostic:
    """The finding that the spec would behave differently from what was imported."""
    return Diagnostic(
        "import/differs",
        MESSAGES["import/differs"].level,
        message,
        original,
        related=(Note(generated, "what would be generated"),),
        help="please report it with this file: an import that is not equal is a fault of Tocsin",
    )


REFUSED = " is not imported: "
"""Between what is refused and the reason."""


class Notes:
    """Collects findings in `found`."""

    def __init__(self) -> None:
        self.found: list[Diagnostic] = []

    def branch(self) -> Notes:
        """Notes about one SLO, which count only when it is imported."""
        return Notes()

    def take(self, other: Notes) -> None:
        """Add what was noted about an SLO."""
        self.found += other.found

    def add(self, id_: str, message: str, span: Span, help: str, more: tuple[Span, ...] = ()) -> None:
        """Note something about a place."""
        self.found.append(Diagnostic(id_, MESSAGES[id_].level, message, span, help=help, more=more))

    def refuse(self, name: str, error: RefusedError) -> None:
        """Note that an SLO is not imported."""
        self.add("import/refused", f"`{name}`{REFUSED}{error.reason}", error.span, error.help)

    def left_out(self, what: str, span: Span, help: str, more: tuple[Span, ...] = ()) -> None:
        """Note a part that is left out of the import, and the further places at which it stands."""
        self.add("import/left-out", f"imported without {what}", span, help, more)

    def changed(self, message: str, span: Span, help: str) -> None:
        """Note something that is imported with a small difference."""
        self.add("import/changed", message, span, help)

    def unread(self, fields: Iterable[Fields]) -> None:
        """Note the keys that no reader asked for."""
        for one in fields:
            for entry in one.unread():
                self.left_out(
                    f"`{entry.key.text}`: {one.what} has no key of this name that Tocsin knows",
                    entry.key.span,
                    "correct the name if it is a mistake; otherwise look whether the SLO needs it",
                )
