"""The sentences that describe changes, in any format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.render.cases import case_text, merged_cases
from tocsin.lang.durations import format_duration
from tocsin.plan.model.rules import rule_title
from tocsin.routing.render.answers import labels_text
from tocsin.text.differing_parts import differing_parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.diff.changes import (
        AlertChange,
        Changes,
        Detail,
        GroupChange,
        InhibitionChange,
        LabelChange,
        ReceiverChange,
        RecordingChange,
        RoutingChange,
        SloChange,
    )
    from tocsin.diff.effective_settings import Behaviour
    from tocsin.routing.intervals import Period

NOTHING = "Nothing changes in alerts, notifications or objectives."
NOTHING_FOUND = "No change was found, but not everything could be compared."
_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def alert_line(change: AlertChange) -> str:
    """One alert and what became of it, in a line without marks."""
    name = rule_title(change.alert, change.severity, change.variant)
    details = list(change.details)
    if change.kind == "added":
        return "; ".join([f"{name}: added", *(f"notified: {one.after}" for one in details)])
    if change.kind == "removed":
        return "; ".join([f"{name}: removed", *(f"no longer notified: {one.before}" for one in details)])
    parts = [_detail(one) for one in details if one.what != "name"]
    if change.kind == "renamed":
        parts.insert(0, f"renamed from {next(one.before for one in details if one.what == 'name')}")
    return f"{name}: {'; '.join(parts)}"


def recording_line(change: RecordingChange) -> str:
    """One recording rule and what became of it, in a line without marks."""
    if change.kind in ("added", "removed"):
        return f"{change.record}: {change.kind}"
    return f"{change.record}: {'; '.join(_detail(detail) for detail in change.details)}"


def group_line(change: GroupChange) -> str:
    """One rule group and its other options, in a line without marks."""
    return f"{change.group}: {'; '.join(_detail(detail) for detail in change.details)}"


def label_line(change: LabelChange) -> str:
    """One label, the alerts that have it with another value, and both values, in a line without marks."""
    alerts = "all alerts" if change.is_of_all else first_alerts(change.alerts)
    before, after = differing_parts(change.before or "none", change.after or "none")
    return f"{change.label} of {alerts}: {before} → {after}"


def slo_line(change: SloChange) -> str:
    """One objective and what became of it, in a line without marks."""
    if change.kind in ("added", "removed"):
        return f"{change.slo}: {change.kind}"
    return f"{change.slo}: {'; '.join(_detail(detail) for detail in change.details)}"


def _detail(detail: Detail) -> str:
    nothing = {"interval": "server default", "query_offset": "server default"}.get(detail.what, "none")
    before, after = differing_parts(detail.before or nothing, detail.after or nothing)
    return f"{detail.what}{':' if detail.what == 'notified' else ''} {before} → {after}"


def routing_title(change: RoutingChange) -> str:
    """What changes for a class of labels, in a line."""
    lost, gained = change.lost, change.gained
    parts = []
    if lost and gained:
        parts.append(f"notified: {receiver_names(gained)} instead of {receiver_names(lost)}")
    elif lost:
        parts.append(f"no longer notified: {receiver_names(lost)}")
    elif gained:
        also = "also " if any(change.receivers_before) else ""
        parts.append(f"{also}notified: {receiver_names(gained)}")
    for one in change.receivers:
        if one.receiver in (*lost, *gained):
            continue
        if one.before != one.after:
            parts.append(f"{one.receiver}: notified {_times(one.after)} instead of {_times(one.before)}")
        else:
            same = [text for before, after in one.differently for text in _differences(before, after)]
            parts.append(f"{one.receiver}: {', '.join(dict.fromkeys(same))}")
    return "; ".join(parts)


def by_title(changes: Iterable[RoutingChange]) -> dict[str, list[RoutingChange]]:
    """Changes of routing by what changes: the same may happen to several classes."""
    found: dict[str, list[RoutingChange]] = {}
    for change in changes:
        found.setdefault(routing_title(change), []).append(change)
    return found


def receivers_line(change: RoutingChange) -> str:
    """All receivers of the example, before and after where these differ."""
    before, after = receiver_names(change.receivers_before), receiver_names(change.receivers_after)
    return before if before == after else f"{before} → {after}"


def routing_example(change: RoutingChange) -> str | None:
    """Labels that show a change; None where none are known that do, as patterns may exclude each other."""
    is_shown = change.receivers_before != change.receivers_after
    return labels_text(change.witness) if is_shown or not (change.lost or change.gained) else None


def receiver_line(change: ReceiverChange) -> str:
    """One receiver and what became of it."""
    what = "settings changed" if change.kind == "changed" else change.kind
    return f"{change.receiver}: {what}"


def receiver_names(receivers: Iterable[str]) -> str:
    """Receivers in a line."""
    return ", ".join(filter(None, receivers)) or "nobody"


def first_alerts(alerts: tuple[str, ...], most: int = 8) -> str:
    """The first alerts in a line, and how many more there are."""
    more = f" and {len(alerts) - most} more" if len(alerts) > most else ""
    return ", ".join(alerts[:most]) + more


def inhibition_example(change: InhibitionChange) -> str:
    """Two alerts that show the effect of an inhibition, or that none were found."""
    if change.example is None:
        return "possibly: its labels can be combined in too many ways to try all of them"
    source, target = map(labels_text, change.example)
    return f"example: {source} inhibits {target}"


def case_lines(change: RoutingChange, most: int) -> list[str]:
    """What the cases of a class ask of labels, at most so many, and how many more there are."""
    cases = merged_cases(change.cases)
    lines = [f"for {case_text(case)}" for case in cases[:most]]
    more = max(len(cases) - most, 0) + change.count - len(change.cases)
    return [*lines, f"and {more} more {'case' if more == 1 else 'cases'}"] if more else lines


def remarks(changes: Changes) -> list[str]:
    """What a reader has to know about how sure this is."""
    found = []
    if not changes.complete:
        found.append(
            "The route trees allow too many combinations to list: every changed path was followed alone "
            "and with each other path, but combinations of three or more were not tried."
        )
    if changes.undecided:
        found.append(
            f"Patterns of {', '.join(changes.undecided)} may exclude each other where a class needs both."
        )
    if changes.unlisted:
        found.append(
            "These alerts may be affected as well; their labels can be combined in too many ways to try "
            f"all of them: {first_alerts(changes.unlisted)}."
        )
    if changes.not_read:
        found.append(f"Not compared, because it cannot be read: {first_alerts(changes.not_read)}.")
    return found


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _differences(before: Behaviour, after: Behaviour) -> Iterator[str]:
    if before.group_by != after.group_by:
        yield f"grouped {_grouping(before)} → {_grouping(after)}"
    for name in ("group_wait", "group_interval", "repeat_interval"):
        left, right = getattr(before, name), getattr(after, name)
        if left != right:
            yield f"{name} {format_duration(left)} → {format_duration(right)}"
    if before.muting != after.muting:
        yield f"notified {_hours(before)} → {_hours(after)}"
    if before.labels != after.labels:
        yield f"labels of the route {_labels(before)} → {_labels(after)}"


def _grouping(stop: Behaviour) -> str:
    if stop.group_by is None:
        return "by all labels"
    return f"by {', '.join(sorted(stop.group_by))}" if stop.group_by else "all together"


def _labels(stop: Behaviour) -> str:
    return ", ".join(f'{name}="{text}"' for name, text in sorted(stop.labels)) or "none"


def _hours(stop: Behaviour) -> str:
    parts = []
    if stop.muting.active is not None:
        parts.append(f"only {_periods(stop.muting.active)}")
    if stop.muting.mute:
        parts.append(f"except {_periods(stop.muting.mute)}")
    return " and ".join(parts) or "at any time"


def _periods(periods: Iterable[Period]) -> str:
    return " or ".join(sorted(_period(period) for period in periods)) or "never"


def _period(period: Period) -> str:
    parts = []
    if period.weekdays is not None:
        parts.append(", ".join(_from_to(_WEEKDAYS[a], _WEEKDAYS[b]) for a, b in period.weekdays))
    if period.times is not None:
        parts.append(", ".join(f"{_clock(a)}–{_clock(b)}" for a, b in period.times))
    for what, ranges in (
        ("days", period.days_of_month),
        ("months", period.months),
        ("years", period.years),
    ):
        if ranges is not None:
            parts.append(f"{what} {', '.join(_from_to(str(a), str(b)) for a, b in ranges)}")
    return " ".join([*(parts or ["always"]), *([period.location] if period.location else [])])


def _from_to(first: str, last: str) -> str:
    return first if first == last else f"{first}–{last}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
