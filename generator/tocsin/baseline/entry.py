"""What a baseline holds: findings that somebody accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from datetime import date

    from tocsin.diagnostics.subject import Subject
    from tocsin.source.document import Span

NOT_LOOKED_AT = "not yet looked at"
"""The reason of who gives none."""


@value_object
class Entry:
    """Accepted findings of one check about one subject, whose file is named from the baseline's folder."""

    check: str
    subject: Subject
    finding: str
    """The message, for who reads the file; it decides only between several findings of one subject."""
    count: int
    date: date
    reason: str
    place: Span | None = None
    """Where it is written; None for one that is new."""
