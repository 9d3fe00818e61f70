"""What each message that does not come from a check is declared with."""

from __future__ import annotations

from tocsin.diagnostics.model import Level
from tocsin.value_object import value_object


@value_object
class Message:
    """A message with an id, how much it matters, and its manual.

    `allowable` says whether an author may accept it: not where the rest cannot be read without it.
    """

    id: str
    level: Level
    doc: str
    allowable: bool


def error(id_: str, doc: str) -> Message:
    """An error that nobody can allow: something could not be read or built."""
    return Message(id_, Level.ERROR, doc, allowable=False)


def accepted(id_: str, level: Level, doc: str) -> Message:
    """A finding that may be allowed: what it is about was read all the same."""
    return Message(id_, level, doc, allowable=True)
