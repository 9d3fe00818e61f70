"""Diagnostics as JSON, for programs: this shape is public and does not follow the model's."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, TypedDict

from tocsin.diagnostics.render.cells import replace_surrogates

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.subject import Subject
    from tocsin.source import Span
    from tocsin.source.origin import Origin


class Where(TypedDict):
    """A part of a file; lines and columns count from 1, in code points, and the end is the column after."""

    file: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None


class Related(Where):
    """A second place."""

    message: str


class Replaced(Where):
    """What stands at a place after the edit that the help describes; an empty place is where to insert it."""

    text: str


class About(TypedDict):
    """What a finding is about: `kind` is `alert`, `record`, `receiver`, `route`, `panel`, `file`, …"""

    kind: str
    name: str
    within: str | None
    """The group, dashboard or route above; of a file, its folder."""


class Accepted(TypedDict):
    """Why and when a finding was put into the baseline, which makes it fail nothing."""

    reason: str
    date: str


class FromElsewhere(TypedDict):
    """Where a file comes from that others write than the people of its repository."""

    kind: str
    """`vendored`, `generated` or `test`."""
    source: str
    """What says so."""


class Further(Where):
    """Another place of the same cause."""

    subject: About | None


class Finding(Where):
    """One diagnostic."""

    check: str
    level: str
    message: str
    reason: str | None
    """What is said at the place itself."""
    help: str | None
    fix: Replaced | None
    related: list[Related]
    more: list[Further]
    subject: About | None
    accepted: Accepted | None
    origin: FromElsewhere | None
    """None of a file that the people of the repository write."""


def from_elsewhere(origin: Origin) -> FromElsewhere:
    """An origin as JSON has it."""
    return {"kind": origin.kind.value, "source": origin.source}


def render_json(diagnostics: Iterable[Diagnostic]) -> str:
    """A JSON list with an object for each diagnostic, and a line break at the end."""
    text = json.dumps([_finding(diagnostic) for diagnostic in diagnostics], ensure_ascii=False, indent=2)
    return replace_surrogates(text) + "\n"


def _finding(diagnostic: Diagnostic) -> Finding:
    return {
        "check": diagnostic.id,
        "level": diagnostic.level.value,
        **_where(diagnostic.span),
        "message": diagnostic.message,
        "reason": diagnostic.label or None,
        "help": diagnostic.help,
        "fix": None
        if diagnostic.fix is None
        else {**_where(diagnostic.fix.span), "text": diagnostic.fix.text},
        "related": [{**_where(note.span), "message": note.text} for note in diagnostic.related],
        "more": [
            {**_where(span), "subject": _about(subject)}
            for span, subject in zip(diagnostic.more, diagnostic.more_subjects, strict=True)
        ],
        "subject": _about(diagnostic.subject),
        "accepted": None
        if diagnostic.accepted is None
        else {"reason": diagnostic.accepted.reason, "date": diagnostic.accepted.date.isoformat()},
        "origin": None if diagnostic.origin is None else from_elsewhere(diagnostic.origin),
    }


def _about(subject: Subject | None) -> About | None:
    if subject is None:
        return None
    return {"kind": subject.kind, "name": subject.name, "within": subject.within or None}


def _where(span: Span | None) -> Where:
    if span is None:
        return {"file": None, "line": None, "column": None, "end_line": None, "end_column": None}
    return {
        "file": span.document.name,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
    }
