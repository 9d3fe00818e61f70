"""Series whose labels are among listed values, or are none of these: what one set has and another has not.

Exceptions of the spec divide the series of an alert by these sets. They know no patterns, so that each
difference is such a set again, nothing is undecided, and each is written as one matcher for a label. What an
alert's labels can be, patterns included, is `lang.flow.label_values`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.regexes import quote_regex
from tocsin.lang.strings import quote_string
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@value_object
class ListedValues:
    """Some values of a label, or all but some; the empty text is that of a series without the label."""

    texts: frozenset[str]
    is_all_but: bool = False

    def allows(self, text: str) -> bool:
        """Whether a value is in the set."""
        return (text in self.texts) != self.is_all_but

    @property
    def is_empty(self) -> bool:
        """Whether no value is in the set."""
        return not self.texts and not self.is_all_but

    def without(self, other: ListedValues) -> ListedValues:
        """Those that are not in another set."""
        return self.both(ListedValues(other.texts, not other.is_all_but))

    def both(self, other: ListedValues) -> ListedValues:
        """Those that are in both sets."""
        if self.is_all_but and other.is_all_but:
            return ListedValues(self.texts | other.texts, True)
        if self.is_all_but:
            return other.both(self)
        return ListedValues(frozenset(filter(other.allows, self.texts)))

    def matcher(self, label: str) -> str:
        """The matcher that selects these values of a label, as PromQL writes it."""
        if len(self.texts) == 1:
            [text] = self.texts
            return f"{label}{'!=' if self.is_all_but else '='}{quote_string(text)}"
        pattern = "|".join(map(quote_regex, sorted(self.texts)))
        return f"{label}{'!~' if self.is_all_but else '=~'}{quote_string(pattern)}"


EVERY_VALUE = ListedValues(frozenset(), True)

LabelSets = dict[str, ListedValues]
"""The series whose labels are in these sets; a label that is not named may be anything."""


def values_of(texts: Iterable[str]) -> ListedValues:
    """The set of some values."""
    return ListedValues(frozenset(texts))


def label_sets_without(sets: LabelSets, other: LabelSets) -> list[LabelSets]:
    """The series of one set that are not in another, as sets that have nothing in common."""
    found: list[LabelSets] = []
    inside = dict(sets)
    for label, values in other.items():
        known = inside.get(label, EVERY_VALUE)
        outside = known.without(values)
        if not outside.is_empty:
            found.append({**inside, label: outside})
        inside[label] = known.both(values)
        if inside[label].is_empty:
            break
    return found


def in_both_label_sets(sets: LabelSets, other: LabelSets) -> LabelSets | None:
    """The series that are in both sets; None where there are none."""
    found = dict(sets)
    for label, values in other.items():
        found[label] = found.get(label, EVERY_VALUE).both(values)
        if found[label].is_empty:
            return None
    return found


def matchers_text(sets: Mapping[str, ListedValues]) -> str:
    """The matchers that select the series, as PromQL writes them between braces."""
    return ", ".join(values.matcher(label) for label, values in sorted(sets.items()))
