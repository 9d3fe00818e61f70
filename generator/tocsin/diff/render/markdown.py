"""Changes as a comment on a pull request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.render.words import (
    NOTHING_FOUND,
    alert_line,
    case_lines,
    first_alerts,
    group_line,
    inhibition_example,
    label_line,
    receiver_line,
    receiver_names,
    recording_line,
    remarks,
    routing_example,
    routing_title,
    slo_line,
)
from tocsin.routing.render.answers import rule_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.diff.changes import Changes

_SHOWN = 3
_SIGNS = str.maketrans({"|": "\\|", "<": "&lt;", ">": "&gt;", "*": "\\*", "_": "\\_", "`": "\\`", "\n": " "})


def as_markdown(changes: Changes) -> str:
    """A heading, and a list or a table for each kind of change."""
    if not changes:
        return (
            "\n\n".join(
                ["### Alerting: nothing changes in alerts, notifications or objectives", *remarks(changes)]
            )
            + "\n"
        )
    return "\n".join(_lines(changes)) + "\n"


def _lines(changes: Changes) -> Iterator[str]:
    yield "### Alerting: what this changes"
    if not changes.found:
        yield from ("", NOTHING_FOUND)
    if changes.routing:
        yield from ("", "#### Notifications", "")
        yield "| Change | For | Example | Receivers before | Receivers after | Alerts |"
        yield "| --- | --- | --- | --- | --- | --- |"
        for route in changes.routing:
            example = routing_example(route)
            cases = [line.removeprefix("for ") for line in case_lines(route, _SHOWN)]
            yield _row(
                escape(routing_title(route)),
                "<br>".join(map(escape, cases)),
                "none found" if example is None else _code(example),
                escape(receiver_names(route.receivers_before)),
                escape(receiver_names(route.receivers_after)),
                escape("; ".join(filter(None, (first_alerts(route.alerts), _perhaps(route.perhaps))))),
            )
    if changes.inhibitions:
        yield from ("", "#### Inhibitions", "", "| | Rule | Example | Alerts |", "| --- | --- | --- | --- |")
        for inhibition in changes.inhibitions:
            yield _row(
                inhibition.kind,
                _code(rule_text(inhibition.rule)),
                escape(inhibition_example(inhibition)),
                escape(first_alerts(inhibition.alerts)),
            )
    if changes.alerts:
        yield from ("", "#### Alerts", "")
        for alert in changes.alerts:
            yield f"- {escape(alert_line(alert))}"
    if changes.recordings:
        yield from ("", "#### Recordings", "")
        for recording in changes.recordings:
            alerts = f"; alerts: {first_alerts(recording.alerts)}" if recording.alerts else ""
            yield f"- {escape(recording_line(recording) + alerts)}"
    if changes.groups:
        yield from ("", "#### Rule groups", "")
        for group in changes.groups:
            yield f"- {escape(group_line(group))}"
    if changes.labels:
        yield from ("", "#### Labels", "")
        for label in changes.labels:
            yield f"- {escape(label_line(label))}"
    if changes.receivers:
        yield from ("", "#### Receivers", "")
        for receiver in changes.receivers:
            yield f"- {escape(receiver_line(receiver))}"
    if changes.slos:
        yield from ("", "#### Service level objectives", "")
        for slo in changes.slos:
            yield f"- {escape(slo_line(slo))}"
    for remark in remarks(changes):
        yield from ("", escape(remark))


def _perhaps(alerts: tuple[str, ...]) -> str:
    return f"possibly {first_alerts(alerts)}" if alerts else ""


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell or ' ' for cell in cells)} |"


def escape(text: str) -> str:
    """A text of which Markdown takes no sign for its own."""
    return text.translate(_SIGNS)


def _code(text: str) -> str:
    text = text.replace("\n", " ").replace("|", "\\|")
    return f"`` {text} ``" if "`" in text else f"`{text}`"
