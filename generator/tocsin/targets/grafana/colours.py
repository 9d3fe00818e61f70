"""The colour of each severity, in Grafana's own names."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Severity

TRANSPARENT = "transparent"
CALM = "green"

_LADDER = ("red", "orange", "yellow", "blue", "purple")
_ICONS = {"🔴": "red", "🟠": "orange", "🟡": "yellow", "🟢": "green", "🔵": "blue", "🟣": "purple"}


def severity_colours(severities: Iterable[Severity]) -> dict[str, str]:
    """A colour for each severity, the most urgent first: that of its icon, else the next one free."""
    colours: dict[str, str] = {}
    waiting: list[str] = []
    for severity in severities:
        colour = next((_ICONS[sign] for sign in severity.icon if sign in _ICONS), None)
        if colour is None or colour in colours.values():
            waiting.append(severity.name)
            colours[severity.name] = ""
        else:
            colours[severity.name] = colour
    free = [colour for colour in _LADDER if colour not in colours.values()]
    for position, name in enumerate(waiting):
        colours[name] = free[position] if position < len(free) else "text"
    return colours
