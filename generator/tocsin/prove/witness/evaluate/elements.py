"""The elements of a vector, and the distances that say how far each is from appearing or vanishing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

NOWHERE = 1e4
"""The distance of what no number can bring about: labels that do not meet, a series that is not there."""
NOT_A_NUMBER = 5e3
"""The distance of a comparison that fails because a side is NaN."""
STEP = 1e-3
"""Added to each distance, so that `x > 5` at 5 is not as good as met."""

UNSURE = 1e-9
"""The distance of numbers that are equal but for their rounding, so that another engine may say otherwise."""
_ROUNDING = 1e-10
_EXACT_PARTS = 1024
"""Of a whole: what is made of such parts is computed without rounding."""

Labels = dict[str, str]
"""The labels of one element, the name of its metric under `__name__`; never changed once made."""


class EvaluationError(Exception):
    """The engine would refuse to evaluate this, for example where labels match many to many."""


class LimitError(Exception):
    """The evaluation took more steps than it was allowed."""


class Element(NamedTuple):
    """An element that is in a vector (`appear` is 0), or that other numbers would bring into it."""

    labels: Labels
    value: float
    appear: float
    """How far the element is from being there; 0 when it is."""
    vanish: float
    """How far it is from not being there; 0 when it is not."""


Vector = list[Element]
"""Elements that are there, and those that could be, in the order of the engine as far as it defines one."""


def key_of(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Labels in a form that can be looked up."""
    return tuple(sorted(labels.items())) if len(labels) > 1 else tuple(labels.items())


def without_name(labels: Labels) -> Labels:
    """The labels without the metric's name."""
    if "__name__" not in labels:
        return labels
    return {name: value for name, value in labels.items() if name != "__name__"}


def distance(left: float, right: float) -> float:
    """How far two numbers are apart, on a scale on which tens of thousands are not hopeless."""
    gap = abs(left - right)
    if gap != gap or gap == math.inf:
        return NOT_A_NUMBER
    return math.log1p(gap)


def compare(op: str, left: float, right: float) -> tuple[bool, float]:
    """Whether a comparison holds, and how far the numbers are from the opposite."""
    if left != left or right != right:
        return (True, NOT_A_NUMBER) if op == "!=" else (False, NOT_A_NUMBER)
    match op:
        case ">":
            holds = left > right
        case "<":
            holds = left < right
        case ">=":
            holds = left >= right
        case "<=":
            holds = left <= right
        case "==":
            holds = left == right
        case _:
            holds = left != right
    if left == right and op in ("==", "!="):
        # Whoever asks for a number itself gets no nearer to it.
        return holds, STEP
    if left == right or math.isclose(left, right, rel_tol=_ROUNDING):
        return holds, STEP if left == right and (left * _EXACT_PARTS).is_integer() else UNSURE
    if op in ("==", "!="):
        apart = distance(left, right)
        return holds, apart + STEP if (op == "==") != holds else STEP
    return holds, distance(left, right) + STEP
