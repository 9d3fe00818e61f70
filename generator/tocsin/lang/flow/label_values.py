"""The texts that a label can have; the empty text stands for a series without the label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.regexes import literal_texts, matches_all_but_nothing, matches_everything, matches_whole
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.matchers import Operator

Condition = tuple["Operator", str]
"""What every value meets: `!=`, `=~` or `!~`, and the text or pattern."""

_OPPOSITE: dict[Operator, Operator] = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}
_MOST_LISTED = 500


@value_object
class LabelValues:
    """A set of texts: a list of them, or all that meet every condition."""

    listed: frozenset[str] | None = None
    conditions: frozenset[Condition] = frozenset()

    @property
    def is_empty(self) -> bool:
        """Whether no text is left: no series can be like that."""
        return self.listed is not None and not self.listed

    def allows(self, text: str) -> bool:
        """Whether the text is in the set."""
        if self.listed is not None:
            return text in self.listed
        return not self.conditions or all(_meets(text, op, value) for op, value in self.conditions)

    def narrowed(self, op: Operator, value: str) -> LabelValues:
        """Those that meet a matcher as well; the pattern of `=~` and `!~` has to be valid."""
        if op == "=":
            return self.both(single_value(value))
        if op in ("=~", "!~"):
            texts = literal_texts(value)
            if texts is not None:
                return self._listed_in(texts) if op == "=~" else self._listed_out(texts)
            if matches_everything(value):
                return self if op == "=~" else NOTHING
            if matches_all_but_nothing(value):
                return self.narrowed("!=" if op == "=~" else "=", "")
        return self._with(op, value)

    def both(self, other: LabelValues) -> LabelValues:
        """The texts that are in both sets."""
        if self.listed is None and other.listed is not None:
            return other.both(self) if self.conditions else other
        if self.listed is not None:
            kept = frozenset([text for text in self.listed if other.allows(text)])
            return self if len(kept) == len(self.listed) else LabelValues(kept)
        result = self
        for op, value in other.conditions:
            result = result._with(op, value)
        return result

    def either(self, other: LabelValues) -> LabelValues:
        """The texts that are in one of the sets; where that cannot be said exactly, more."""
        if self.listed is not None and other.listed is not None:
            texts = self.listed | other.listed
            return LabelValues(texts) if len(texts) <= _MOST_LISTED else ANY
        if self.listed is not None:
            return other.either(self)
        if other.listed is not None:
            return LabelValues(None, frozenset(c for c in self.conditions if _all_meet(other.listed, c)))
        return LabelValues(None, self.conditions & other.conditions)

    def can_match(self, op: Operator, value: str) -> bool:
        """Whether some text of the set may meet a matcher."""
        if op == "=" and self.listed is not None:
            return value in self.listed
        return not self.narrowed(op, value).is_empty

    def always_matches(self, op: Operator, value: str) -> bool:
        """Whether every text of the set surely meets a matcher."""
        # Routes mostly ask for one value of a label: no set is needed for that.
        if op == "=":
            return self.listed is not None and self.listed <= {value}
        if op == "!=" and self.listed is not None:
            return value not in self.listed
        return self.narrowed(_OPPOSITE[op], value).is_empty

    def _listed_in(self, texts: frozenset[str]) -> LabelValues:
        return self.both(LabelValues(texts))

    def _listed_out(self, texts: frozenset[str]) -> LabelValues:
        result = self
        for text in sorted(texts):
            result = result._with("!=", text)
        return result

    def _with(self, op: Operator, value: str) -> LabelValues:
        if self.listed is not None:
            return LabelValues(frozenset(text for text in self.listed if _meets(text, op, value)))
        if op in ("=~", "!~") and (_OPPOSITE[op], value) in self.conditions:
            return NOTHING
        return LabelValues(None, self.conditions | {(op, value)})


def single_value(text: str) -> LabelValues:
    """The set of one text."""
    return LabelValues(frozenset({text}))


ANY = LabelValues()
MISSING = single_value("")
PRESENT = LabelValues(None, frozenset({("!=", "")}))
NOTHING = LabelValues(frozenset())


def _meets(text: str, op: Operator, value: str) -> bool:
    if op in ("=", "!="):
        return (text == value) == (op == "=")
    return matches_whole(value, text) == (op == "=~")


def _all_meet(texts: frozenset[str], condition: Condition) -> bool:
    return all(_meets(text, *condition) for text in texts)
