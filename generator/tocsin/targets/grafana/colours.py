"""The colour of each severity, in Grafana's own names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Severity

TRANSPARENT = "transparent"
NEUTRAL = "#6B7A99"
"""A greyish blue that no severity has."""

_CALM = "green"

_LADDER = ("red", "orange", "yellow", "blue", "purple")
_ICONS = {"🔴": "red", "🟠": "orange", "🟡": "yellow", "🟢": "green", "🔵": "blue", "🟣": "purple"}


def severity_colours(severities: Iterable[Severity]) -> dict[str, str]:
    """A colour for each severity, the most urgent first: that of its icon, else the next colder one free."""
    severities = tuple(severities)
    colours: dict[str, str] = {}
    for severity in severities:
        colour = next((_ICONS[sign] for sign in severity.icon if sign in _ICONS), None)
        if colour is not None and colour not in colours.values():
            colours[severity.name] = colour
    warmest = 0
    for severity in severities:
        if severity.name not in colours:
            free = [colour for colour in _LADDER if colour not in colours.values()]
            colder = [colour for colour in free if _LADDER.index(colour) >= warmest]
            colours[severity.name] = next(iter([*colder, *free]), "text")
        if colours[severity.name] in _LADDER:
            warmest = _LADDER.index(colours[severity.name])
    return {severity.name: colours[severity.name] for severity in severities}


def calm_colour(colours: Mapping[str, str]) -> str:
    """The colour of what is well: green, unless a severity has it."""
    return NEUTRAL if _CALM in colours.values() else _CALM
