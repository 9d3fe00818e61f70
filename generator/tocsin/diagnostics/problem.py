"""What is wrong with a part of a spec or of a plain file, by its path; located, it becomes a diagnostic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.fix import string_fix
from tocsin.diagnostics.model import Diagnostic, Note
from tocsin.diagnostics.subject import subject_at
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.errors import LangError
    from tocsin.source.place import Sources


@value_object
class Problem:
    """What is wrong, where, and how to mend it; `related` are further places with a word on each."""

    id: str
    message: str
    place: Place
    label: str = ""
    help: str | None = None
    related: tuple[tuple[Place, str], ...] = ()
    fix: str | None = None
    """What stands at the place afterwards, where the help comes down to that."""
    is_safe: bool = False
    """Whether nothing else than `fix` can be meant."""
    unknown: str | None = None
    """The name that is not there: of what a reference means, or of a key."""

    def located(self, sources: Sources) -> Diagnostic:
        """The diagnostic with the lines of the files."""
        notes = tuple(Note(sources.locate(place), text) for place, text in self.related)
        span = sources.locate(self.place)
        fix = None if self.fix is None else string_fix(span, self.fix, is_safe=self.is_safe)
        level = MESSAGES[self.id].level
        subject = subject_at(self.place.path, sources)
        return Diagnostic(
            self.id, level, self.message, span, self.label, notes, self.help, fix, subject=subject
        )


def of_language(id_: str, error: LangError, place: Place) -> Problem:
    """The problem that a language kernel found in the text at a place."""
    return Problem(
        id_,
        error.reason,
        Place(place.path, error.span),
        help=error.help,
        fix=error.fix,
        is_safe=error.is_safe,
    )
