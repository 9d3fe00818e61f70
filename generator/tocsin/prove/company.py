"""Which rules can be tested side by side: those that read nothing of what the others bring into a test."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

_WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_PLAIN_ALERT = re.compile(r"[a-zA-Z0-9_:.-]+")
_ESCAPE = re.compile(r"\\(?:u[0-9a-fA-F]{4}|.)")
_RECORDED = re.compile(r"^[ -]*record: (.*)$", re.MULTILINE)
_BRACE = re.compile(r"([a-zA-Z0-9_:]*)(?<!\{)\{(?![{}])")
_OPERATORS = frozenset(("", "and", "or", "unless", "atan2", "bool", "by", "without", "on", "ignoring"))
_GROUPING = frozenset(("group_left", "group_right"))
_EVERYBODYS = frozenset(("ALERTS", "ALERTS_FOR_STATE", "__name__"))


@frozen
class Reach:
    """What a rule file brings into a test, and what it may look at there."""

    alert: str
    brings: frozenset[str]
    """The metrics of its series and of its recording rules."""
    reads: frozenset[str]
    """Every word of the rule file: the metrics that it reads are among them."""

    def keeps_apart(self, other: Reach) -> bool:
        """Whether neither can notice the other, so that what holds of both together holds of each alone."""
        return (
            self.alert != other.alert
            and self.brings.isdisjoint(other.brings)
            and self.brings.isdisjoint(other.reads)
            and self.reads.isdisjoint(other.brings)
        )


def reach(rules: str, alert: str, series: Iterable[str]) -> Reach | None:
    """What the text of a rule file and the series of its tests reach.

    None where metrics may be read without being named, or names are not written as they are: then nothing
    else may stand in the test.
    """
    words = frozenset(_WORD.findall(rules)) | frozenset(_WORD.findall(_ESCAPE.sub(" ", rules)))
    brings = {one.partition("{")[0] for one in series}
    brings.update(name.strip() for name in _RECORDED.findall(rules))
    plain = all(_WORD.fullmatch(name) for name in brings) and _PLAIN_ALERT.fullmatch(alert)
    if not plain or not words.isdisjoint(_EVERYBODYS) or ("{{" in rules and "query" in words):
        return None
    for found in _BRACE.finditer(rules):
        if found[1].lower() in _OPERATORS or found[1].lower() in _GROUPING:
            return None
    return Reach(alert, frozenset(brings), words)
