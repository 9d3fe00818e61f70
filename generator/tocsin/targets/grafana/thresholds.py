"""Thresholds as Grafana draws them: steps with a colour from each value on, and a line at each value.

Grafana gives a line the colour of the step that begins there, but up to the first transparent step that of
the step that ends there. What is well is transparent, so lines of both directions get their own colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.grafana.colours import TRANSPARENT
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

_BELOW = ("<", "<=")
_ABOVE = (">", ">=")
_HEADROOM = 0.05
"""The share of the axis beyond its outermost line."""


@value_object
class DrawnLimit:
    """Where one severity begins: the rule's comparison, its number, and the severity's colour."""

    comparison: str
    value: float
    colour: str


def threshold_style(limits: Sequence[DrawnLimit]) -> str:
    """How Grafana shows the steps: as dashed lines, which no series is, or not at all without a limit."""
    return "dashed" if limits else "off"


def soft_range(limits: Sequence[DrawnLimit]) -> tuple[float, float]:
    """The least range of the axis, so that every line is well inside it however calm the data is."""
    values = [limit.value for limit in limits]
    lowest, highest = min(values, default=0.0), max(values, default=0.0)
    room = _HEADROOM * max(highest - lowest, abs(lowest), abs(highest))
    # A line at 1 or below belongs to something that begins at nought: a state, a share, a small number.
    return short(0.0 if 0 <= lowest <= 1 else lowest - room), short(highest + room)


def short(number: float) -> float:
    """The number without the digits that only the calculation has brought."""
    return float(f"{number:.6g}")


def threshold_steps(limits: Sequence[DrawnLimit]) -> list[dict[str, Any]]:
    """The steps of limits, the most urgent one first: of two at one value it gives the colour."""
    below = {limit.comparison for limit in limits if limit.comparison in _BELOW}
    above = {limit.comparison for limit in limits if limit.comparison in _ABOVE}
    lower: dict[float, str] = {}
    upper: dict[float, str] = {}
    for limit in limits:
        falling = limit.comparison in _BELOW or (bool(below) and not above)
        (lower if falling else upper).setdefault(limit.value, limit.colour)
    if lower and upper and max(lower) >= min(upper):
        # Nothing between them is well: each line keeps its colour as a step of its own.
        lower, upper = {}, _most_urgent(limits)
    values = sorted(lower)
    colours = [*(lower[value] for value in values), TRANSPARENT]
    return [
        {"color": colours[0], "value": None},
        *({"color": colour, "value": value} for value, colour in zip(values, colours[1:], strict=True)),
        *({"color": upper[value], "value": value} for value in sorted(upper)),
    ]


def _most_urgent(limits: Sequence[DrawnLimit]) -> dict[float, str]:
    colours: dict[float, str] = {}
    for limit in limits:
        colours.setdefault(limit.value, limit.colour)
    return colours
