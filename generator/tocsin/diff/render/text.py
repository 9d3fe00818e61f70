"""Changes for people at a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.render.words import (
    NOTHING,
    NOTHING_FOUND,
    alert_line,
    by_title,
    case_lines,
    first_alerts,
    group_line,
    inhibition_example,
    label_line,
    receiver_line,
    receivers_line,
    recording_line,
    remarks,
    routing_example,
    slo_line,
)
from tocsin.routing.render.answers import rule_text
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
    if changes.recordings:
        yield "Recordings"
        for recording in changes.recordings:
            yield f"  {_MARKS[recording.kind]} {recording_line(recording)}"
            if recording.alerts:
                yield f"      alerts: {first_alerts(recording.alerts)}"
    if changes.groups:
        yield "Rule groups"
        for group in changes.groups:
            yield f"  ~ {group_line(group)}"
    if changes.labels:
        yield "Labels"
        for label in changes.labels:
            yield f"  ~ {label_line(label)}"
    if changes.routing:
        yield "Notifications"
        for title, routes in by_title(changes.routing).items():
            yield f"  ~ {title}"
            for route in routes:
                yield from (f"      {line}" for line in case_lines(route, _SHOWN))
                example = routing_example(route)
                if example is None:
                    yield "      possibly: no example labels were found"
                else:
                    yield f"      example: {example}: {receivers_line(route)}"
                if route.alerts:
                    yield f"      alerts: {first_alerts(route.alerts)}"
                if route.perhaps:
                    yield f"      possibly: {first_alerts(route.perhaps)}"
    if changes.inhibitions:
        yield "Inhibitions"
        for inhibition in changes.inhibitions:
            yield f"  {_MARKS[inhibition.kind]} {rule_text(inhibition.rule)}"
            yield f"      {inhibition_example(inhibition)}"
            if inhibition.alerts:
                yield f"      alerts: {first_alerts(inhibition.alerts)}"
    if changes.receivers:
        yield "Receivers"
        for receiver in changes.receivers:
            yield f"  {_MARKS[receiver.kind]} {receiver_line(receiver)}"
    if changes.slos:
        yield "Service level objectives"
        for slo in changes.slos:
            yield f"  {_MARKS[slo.kind]} {slo_line(slo)}"
    yield from remarks(changes)
