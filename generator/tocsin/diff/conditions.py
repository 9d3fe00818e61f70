"""The conditions that two route trees put on labels, and which of them a value meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.automata import finite_texts, known_ends
from tocsin.lang.regexes import matches_whole
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.lang.alertmanager.matchers import Matcher


@value_object
class Condition:
    """A set of values of a label: a few texts, or all that match a pattern."""

    label: str
    texts: frozenset[str] | None
    pattern: str
    begins: str = ""
    ends: str = ""

    def holds(self, value: str) -> bool:
        """Whether a value is in the set."""
        if self.texts is not None:
            return value in self.texts
        # Nearly all texts that do not match are recognised by their ends.
        if not value.startswith(self.begins) or not value.endswith(self.ends):
            return False
        return matches_whole(self.pattern, value, dot_is_any=False)


@value_object
class TruthAssignment:
    """What is known of a label's value: the conditions that hold, and those still open; no other holds."""

    label: str
    true: frozenset[int]
    open: frozenset[int]


class Space:
    """All conditions of two trees, by number; one written in two ways is one."""

    def __init__(self) -> None:
        self.conditions: list[Condition] = []
        self._numbers: dict[tuple[str, frozenset[str] | str], int] = {}
        self._by_text: dict[tuple[str, str], list[int]] = {}
        self._texts: dict[str, set[str]] = {}
        self._open: dict[str, list[int]] = {}
        self._everything: dict[tuple[str, str], TruthAssignment] = {}

    def literal(self, matcher: Matcher) -> tuple[int, bool]:
        """The number of a matcher's condition, and whether it has to hold or must not."""
        if matcher.op in ("=", "!="):
            texts: frozenset[str] | None = frozenset((matcher.value,))
        else:
            few = finite_texts(matcher.value)
            texts = None if few is None else frozenset(few)
        key = (matcher.name, matcher.value if texts is None else texts)
        if key not in self._numbers:
            self._numbers[key] = len(self.conditions)
            begins_ends = ("", "") if texts is not None else known_ends(matcher.value)
            self._add(Condition(matcher.name, texts, matcher.value, *begins_ends))
        return self._numbers[key], matcher.op in ("=", "=~")

    def label(self, number: int) -> str:
        """The label of a condition."""
        return self.conditions[number].label

    def width(self, label: str) -> int:
        """How many texts and patterns tell the label's values apart."""
        return len(self._texts.get(label, ())) + len(self._open.get(label, ()))

    def labels(self) -> tuple[str, ...]:
        """All labels on which there are conditions."""
        return tuple(dict.fromkeys((*self._texts, *self._open)))

    def at(self, label: str, value: str, among: frozenset[int] | None = None) -> TruthAssignment:
        """What holds for a value, as far as some conditions ask; as far as any does where none are named."""
        key = (label, value)
        if among is None and key in self._everything:
            return self._everything[key]
        asked = (*self._by_text.get((label, value), ()), *self._open.get(label, ()))
        true = (
            one
            for one in asked
            if (among is None or one in among)
            and (self.conditions[one].texts is not None or self.conditions[one].holds(value))
        )
        truth = TruthAssignment(label, frozenset(true), frozenset())
        if among is None:
            self._everything[key] = truth
        return truth

    def elsewhere(self, label: str, among: frozenset[int]) -> TruthAssignment:
        """What holds for values that are none of the texts: patterns are open."""
        patterns = (one for one in self._open.get(label, ()) if one in among)
        return TruthAssignment(label, frozenset(), frozenset(patterns))

    def texts(self, numbers: Iterable[int]) -> list[str]:
        """All texts that some conditions name, the missing value among them."""
        found = {""}
        for one in numbers:
            found |= self.conditions[one].texts or frozenset()
        return sorted(found)

    def _add(self, condition: Condition) -> None:
        number = len(self.conditions)
        self.conditions.append(condition)
        # What is known of a label's values lacks the new condition.
        self._everything = {key: one for key, one in self._everything.items() if key[0] != condition.label}
        if condition.texts is None:
            self._open.setdefault(condition.label, []).append(number)
            return
        self._texts.setdefault(condition.label, set()).update(condition.texts)
        for text in condition.texts:
            self._by_text.setdefault((condition.label, text), []).append(number)
