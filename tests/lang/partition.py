"""Whether matchers divide all series among them: no series is left out, and none is in two parts.

What labels can be is decided by the automata of the matchers' patterns, not by the values that somebody
lists: all texts that no matcher tells apart are judged by one of them, and so is the missing label.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from tocsin.lang.automata import witness
from tocsin.lang.promql.selecting import meets_matcher
from tocsin.lang.regexes import quote_regex
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from tocsin.lang.promql.ast import LabelMatcher


@value_object
class PartitionFault:
    """Labels of a series that is in none of the parts, or in more than one."""

    labels: Mapping[str, str]
    """A label with an empty value is missing."""
    parts: tuple[int, ...]
    """The numbers of the parts that it is in; none of a gap."""


def partition_faults(parts: Sequence[Sequence[LabelMatcher]]) -> Iterator[PartitionFault]:
    """Where the parts leave something out or overlap.

    UnsupportedError and UndecidedError, both of `automata`, when that cannot be told of a pattern.
    """
    by_label: dict[str, dict[str, None]] = {}
    for part in parts:
        for matcher in part:
            pattern = matcher.value if matcher.op in ("=~", "!~") else quote_regex(matcher.value)
            by_label.setdefault(matcher.name, {})[pattern] = None
    examples = [_examples(patterns) for patterns in by_label.values()]
    for values in product(*examples):
        labels = dict(zip(by_label, values, strict=True))
        inside = tuple(
            number
            for number, part in enumerate(parts)
            if all(meets_matcher(matcher, labels[matcher.name]) for matcher in part)
        )
        if len(inside) != 1:
            yield PartitionFault(labels, inside)


def _examples(patterns: Iterable[str]) -> list[str]:
    """A text of each kind that the patterns tell apart; the empty one, which is no value, is of its own."""
    kinds: list[tuple[tuple[str, ...], tuple[str, ...], str]] = [((), (), "x")]
    for pattern in ("", *patterns):
        divided = []
        for inside, outside, _ in kinds:
            for more in (((*inside, pattern), outside), (inside, (*outside, pattern))):
                text = witness(*more)
                if text is not None:
                    divided.append((*more, text))
        kinds = divided
    return [text for _, _, text in kinds]
