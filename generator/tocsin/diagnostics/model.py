"""One finding: what is wrong, where, why, and how to put it right."""

from __future__ import annotations

from dataclasses import field
from enum import Enum
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tocsin.diagnostics.fix import Fix
    from tocsin.diagnostics.subject import Subject
    from tocsin.source import Span
    from tocsin.source.origin import Origin


class Level(Enum):
    """How much a finding matters."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@value_object
class Note:
    """A second place and what it has to do with the finding."""

    span: Span
    text: str


@value_object
class Acceptance:
    """Why and when somebody accepted a finding as it stood."""

    reason: str
    date: date


@value_object
class Diagnostic:
    """A finding; `label` is said at the place itself, and no span means that no one line is guilty."""

    id: str
    level: Level
    message: str
    span: Span | None
    label: str = ""
    related: tuple[Note, ...] = ()
    help: str | None = None
    fix: Fix | None = None
    """The edit that the help comes down to, where it is a single one."""
    more: tuple[Span, ...] = ()
    """Further places of the same cause."""
    subject: Subject | None = field(default=None, compare=False)
    """What it is about; findings that differ in nothing else are the same."""
    more_subjects: tuple[Subject | None, ...] = field(default=(), compare=False)
    """What is at each of the further places."""
    accepted: Acceptance | None = None
    """Set where a baseline holds it: then it is not shown to people and fails nothing."""
    origin: Origin | None = None
    """Where the file comes from, if others write it than the people of its repository."""


def sort_diagnostics(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """In the order of files and lines, each only once; those without a place come first."""
    return tuple(sorted(dict.fromkeys(diagnostics), key=_order))


def worst_first(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    """Errors, then warnings, then notes; those of one level keep their order."""
    return sorted(diagnostics, key=lambda one: _LEVELS.index(one.level))


_LEVELS = tuple(Level)


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str, str, str, str]:
    span = diagnostic.span
    name, line, column = ("", 0, 0) if span is None else (span.document.name, span.line, span.column)
    rest = diagnostic.level.value, diagnostic.message, diagnostic.help or ""
    return name, line, column, diagnostic.id, *rest
