"""What is known of the result of a query: its labels, its values, and whether it has any series at all."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from tocsin.lang.flow.label_values import MISSING
from tocsin.lang.flow.value_range import UNBOUNDED, ValueRange
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.lang.flow.label_values import LabelValues

METRIC_NAME = "__name__"


class Presence(StrEnum):
    """Whether the series of a result have a label."""

    GUARANTEED = "guaranteed"
    POSSIBLE = "possible"
    IMPOSSIBLE = "impossible"


@value_object
class Why:
    """What decided a fact: a short sentence for users, and the place in the query's text."""

    reason: str
    span: tuple[int, int]
    because: Why | None = None
    """What in turn decided that, at another place of the query."""

    @property
    def sentence(self) -> str:
        """The reason with all that is behind it."""
        return self.reason if self.because is None else f"{self.reason}: {self.because.sentence}"


@value_object
class LabelFact:
    """What is known of one label of a result."""

    texts: LabelValues
    """All that the label can be; the empty text stands for a series without it."""
    why: Why

    @property
    def presence(self) -> Presence:
        """Whether every, some or no series has the label."""
        if not self.texts.allows(""):
            return Presence.GUARANTEED
        return Presence.IMPOSSIBLE if self.texts == MISSING else Presence.POSSIBLE

    @property
    def is_guaranteed(self) -> bool:
        """Whether every series has the label."""
        return not self.texts.allows("")

    @property
    def is_impossible(self) -> bool:
        """Whether no series has the label."""
        return self.texts == MISSING

    @property
    def values(self) -> frozenset[str] | None:
        """The values that the label can have where it is present; None where they are not known."""
        return None if self.texts.listed is None else self.texts.listed - {""}

    @property
    def excluded(self) -> frozenset[str]:
        """Values that the label surely does not have, though the others are not known."""
        return frozenset(value for op, value in self.texts.conditions if op == "!=" and value)

    def can_match(self, op: Operator, value: str) -> bool:
        """Whether some series may satisfy a matcher on the label."""
        return self.texts.can_match(op, value)

    def always_matches(self, op: Operator, value: str) -> bool:
        """Whether every series surely satisfies a matcher on the label."""
        return self.texts.always_matches(op, value)


@value_object
class Flow:
    """What holds for every series of a result; where `empty` is set, there are none and all else is moot."""

    others: LabelFact
    """The fact of every label that `labels` does not name."""
    value_why: Why
    labels: Mapping[str, LabelFact] = field(default_factory=dict)
    value: ValueRange = UNBOUNDED
    empty: Why | None = None
    """Why the query can never return anything."""
    always: bool = False
    """Whether the query returns something at any time, whatever samples there are."""

    def label(self, name: str) -> LabelFact:
        """What is known of a label; `__name__` is the metric's name."""
        return self.labels.get(name, self.others)

    @property
    def is_open(self) -> bool:
        """Whether the result may have labels that nothing in the query names."""
        return not self.others.is_impossible

    @property
    def guaranteed(self) -> tuple[str, ...]:
        """The labels that every series has, sorted, without the metric's name."""
        return self._named(Presence.GUARANTEED)

    @property
    def possible(self) -> tuple[str, ...]:
        """The labels that the query names and some series may have, sorted, without the metric's name."""
        return self._named(Presence.POSSIBLE)

    @property
    def has_labels(self) -> bool:
        """Whether results can have any label."""
        return self.is_open or bool(self.guaranteed or self.possible)

    @property
    def has_one_series(self) -> bool:
        """Whether the result is at most one series, as no label can tell two apart."""
        return not self.is_open and all(
            fact.texts.listed is not None and len(fact.texts.listed) <= 1 for fact in self.labels.values()
        )

    def _named(self, presence: Presence) -> tuple[str, ...]:
        return tuple(
            sorted(
                name
                for name, fact in self.labels.items()
                if name != METRIC_NAME and fact.presence is presence
            )
        )
