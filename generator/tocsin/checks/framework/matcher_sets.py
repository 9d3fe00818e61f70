"""What sets of matchers say of each other, whatever alerts there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.flow.label_values import ANY, MISSING
from tocsin.lang.regexes import literal_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.lang.flow.label_values import LabelValues


def allowed_label_values(matchers: Iterable[Matcher]) -> dict[str, LabelValues]:
    """What each label that the matchers name can be in alerts that meet them all."""
    found: dict[str, LabelValues] = {}
    for matcher in matchers:
        found[matcher.name] = found.get(matcher.name, ANY).narrowed(matcher.op, matcher.value)
    return found


def is_impossible(labels: Mapping[str, LabelValues]) -> bool:
    """Whether no alert can be like that."""
    return any(texts.is_empty for texts in labels.values())


def implies(labels: Mapping[str, LabelValues], matchers: Iterable[Matcher]) -> bool:
    """Whether every alert with such labels surely meets the matchers."""
    return all(labels.get(one.name, ANY).always_matches(one.op, one.value) for one in matchers)


def names_values(matcher: Matcher) -> frozenset[str]:
    """The values that a matcher asks for, where it lists them; the empty text is none of them."""
    if matcher.op == "=":
        return frozenset({matcher.value} - {""})
    if matcher.op == "=~":
        return (literal_texts(matcher.value) or frozenset()) - {""}
    return frozenset()


def needs_label(matcher: Matcher) -> bool:
    """Whether an alert without the label fails the matcher."""
    return not MISSING.can_match(matcher.op, matcher.value)


def matchers_in_words(matchers: Iterable[Matcher]) -> str:
    """The matchers as a reader knows them, in one line."""
    return ", ".join(f'{one.name}{one.op}"{one.value}"' for one in matchers)
