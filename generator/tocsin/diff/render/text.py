"""Changes for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.render.words import (
    NOTHING,
    NOTHING_FOUND,
    alert_line,
    case_text,
    few,
    inhibition_example,
    receivers_line,
    remarks,
    routing_title,
    slo_line,
)
from tocsin.routing.answers import labels_text, rule_text
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.diff.changes import Changes

_MARKS = {"added": "+", "removed": "-", "renamed": "~", "changed": "~"}
_SHOWN = 3


def as_text(changes: Changes) -> str:
    """A section for each kind of change, or the sentence that there is none."""
    if not changes:
        return "\n".join([NOTHING, *remarks(changes)]) + "\n"
    return "\n".join(map(visible_line, _lines(changes))) + "\n"


def _lines(changes: Changes) -> Iterator[str]:
    if not changes.found:
        yield NOTHING_FOUND
    if changes.alerts:
        yield "Alerts"
        for change in changes.alerts:
            yield f"  {_MARKS[change.kind]} {alert_line(change)}"
    if changes.routing:
        yield "Notifications"
        for route in changes.routing:
            yield f"  ~ {routing_title(route)}"
            for case in route.cases[:_SHOWN]:
                yield f"      for {case_text(case)}"
            if route.count > _SHOWN:
                yield f"      and {route.count - _SHOWN} more cases"
            yield f"      example: {labels_text(route.witness)}: {receivers_line(route)}"
            if route.alerts:
                yield f"      alerts: {few(route.alerts)}"
            if route.perhaps:
                yield f"      perhaps: {few(route.perhaps)}"
    if changes.inhibitions:
        yield "Inhibitions"
        for inhibition in changes.inhibitions:
            yield f"  {_MARKS[inhibition.kind]} {rule_text(inhibition.rule)}"
            yield f"      {inhibition_example(inhibition)}"
            if inhibition.alerts:
                yield f"      alerts: {few(inhibition.alerts)}"
    if changes.receivers:
        yield "Receivers"
        for receiver in changes.receivers:
            yield f"  {_MARKS[receiver.kind]} {receiver.receiver}: {receiver.kind}"
    if changes.slos:
        yield "Service level objectives"
        for slo in changes.slos:
            yield f"  {_MARKS[slo.kind]} {slo_line(slo)}"
    yield from remarks(changes)
