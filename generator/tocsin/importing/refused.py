"""What ends the reading of one SLO: something in it that a spec cannot hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.source.document import Span


class RefusedError(Exception):
    """Why an SLO is not imported, where that is written, and what to do about it."""

    def __init__(self, reason: str, span: Span, help: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.span = span
        self.help = help
