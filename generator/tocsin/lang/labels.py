"""Which labels the result of a query can have: the algebra that PromQL and LogQL share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class ResultLabels:
    """The labels of a result.

    Closed: the result can have the `known` labels and no other. Open: it surely has the `known` labels,
    surely has none of the `removed` ones, and may have any other.
    """

    known: frozenset[str] = frozenset()
    open: bool = False
    removed: frozenset[str] = frozenset()

    def can_have(self, label: str) -> bool:
        """Whether a series of the result may carry the label."""
        return label not in self.removed if self.open else label in self.known

    def keep(self, labels: Iterable[str]) -> ResultLabels:
        """What is left when only these labels stay, as after `by (…)`."""
        return ResultLabels(frozenset(label for label in labels if self.can_have(label)))

    def drop(self, labels: Iterable[str]) -> ResultLabels:
        """What is left when these labels go, as after `without (…)`."""
        gone = frozenset(labels)
        return ResultLabels(self.known - gone, self.open, self.removed | gone if self.open else frozenset())

    def possibly(self, labels: Iterable[str]) -> ResultLabels:
        """The labels when these may have been set, changed or removed, as by `label_replace`."""
        touched = frozenset(labels)
        if not self.open:
            return ResultLabels(self.known | touched)
        return ResultLabels(self.known - touched, True, self.removed - touched)


NO_LABELS = ResultLabels()
ANY_LABELS = ResultLabels(open=True)


@dataclass(frozen=True)
class Matching:
    """How a binary operator pairs the series of its sides."""

    how: Literal["on", "ignoring"] | None = None
    labels: frozenset[str] = frozenset()
    many: Literal["left", "right"] | None = None
    include: frozenset[str] = frozenset()


def of_operator(op: str, left: ResultLabels, right: ResultLabels, matching: Matching) -> ResultLabels:
    """The labels of `left op right`, both of them vectors."""
    if op in ("and", "unless"):
        return left
    if op == "or":
        return _either(left, right)
    if matching.many == "left":
        return _many(left, right, matching)
    if matching.many == "right":
        return _many(right, left, matching)
    if matching.how == "on":
        return ResultLabels(left.keep(matching.labels).known & right.keep(matching.labels).known)
    return _equal(left.drop(matching.labels), right.drop(matching.labels))


def _either(left: ResultLabels, right: ResultLabels) -> ResultLabels:
    if left == right:
        return left
    gone = left.removed | right.removed
    return ResultLabels(
        left.known & right.known,
        True,
        frozenset(label for label in gone if not left.can_have(label) and not right.can_have(label)),
    )


def _equal(left: ResultLabels, right: ResultLabels) -> ResultLabels:
    """Both sides have to carry the same labels, so each says something about the other."""
    if left.open and right.open:
        return ResultLabels(left.known | right.known, True, left.removed | right.removed)
    candidates = left.known if not left.open else right.known
    return ResultLabels(
        frozenset(label for label in candidates if left.can_have(label) and right.can_have(label))
    )


def _many(many: ResultLabels, one: ResultLabels, matching: Matching) -> ResultLabels:
    """The many side's labels, and the included ones of the one side, which overwrite and may remove."""
    result = many
    for label in matching.include:
        if not one.can_have(label):
            result = result.drop([label])
        elif one.open and label in one.known:
            result = ResultLabels(result.known | {label}, result.open, result.removed - {label})
        else:
            result = result.possibly([label])
    return result
