"""The sentences in which changes are told, whatever they are shown in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.lang.matchers import Matcher
from tocsin.routing.answers import labels_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diff.behaviour import Behaviour
    from tocsin.diff.changes import (
        AlertChange,
        Changes,
        Detail,
        InhibitionChange,
        RoutingChange,
        SloChange,
    )
    from tocsin.diff.classes import Case, Values
    from tocsin.routing.intervals import Period

NOTHING = "Nothing changes for anybody."
NOTHING_FOUND = "No change was found, but not everything could be tried."
_WEEKDAYS = ("Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat")


def alert_line(change: AlertChange) -> str:
    """One alert and what became of it, in a line without marks."""
    name = change.alert + (f" ({change.severity})" if change.severity else "")
    if change.kind in ("added", "removed"):
        return f"{name}: {change.kind}"
    return f"{name}: {'; '.join(_detail(detail) for detail in change.details)}"


def slo_line(change: SloChange) -> str:
    """One objective and what became of it, in a line without marks."""
    if change.kind in ("added", "removed"):
        return f"{change.slo}: {change.kind}"
    return f"{change.slo}: {'; '.join(_detail(detail) for detail in change.details)}"


def _detail(detail: Detail) -> str:
    before, after = _short(detail.before), _short(detail.after)
    return f"{detail.what} {before} → {after}"


def _short(text: str | None) -> str:
    if text is None:
        return "nothing"
    line = " ".join(text.split())
    return line if len(line) <= 100 else f"{line[:97]}…"


def routing_title(change: RoutingChange) -> str:
    """What a class was and becomes, in a line."""
    if "receivers" in change.kinds:
        before, after = names(_receivers(change.before)), names(_receivers(change.after))
        if not change.after:
            return f"no longer told: {before}"
        return f"told {before} → {after}" if change.before else f"told as well: {after}"
    parts = []
    was, now = change.before[0], change.after[0]
    if "grouping" in change.kinds:
        parts.append(f"grouped {_grouping(was)} → {_grouping(now)}")
    if "timing" in change.kinds:
        parts += _timings(was, now)
    if "muting" in change.kinds:
        parts.append(f"told {_times(was)} → {_times(now)}")
    return f"{names(_receivers(change.after))}: {'; '.join(parts)}"


def names(receivers: Iterable[str]) -> str:
    """Receivers in a line."""
    return ", ".join(receivers) or "nobody"


def few(alerts: tuple[str, ...], most: int = 8) -> str:
    """The first alerts in a line, and how many more there are."""
    more = f" and {len(alerts) - most} more" if len(alerts) > most else ""
    return ", ".join(alerts[:most]) + more


def inhibition_example(change: InhibitionChange) -> str:
    """Two alerts that show the effect of an inhibition, or that none were found."""
    if change.example is None:
        return "perhaps: its labels can be combined in too many ways to try them all"
    source, target = map(labels_text, change.example)
    return f"such as {source} → {target}"


def case_text(case: Case) -> str:
    """What a case asks of labels."""
    return ", ".join(_values(values) for values in case) or "any labels"


def remarks(changes: Changes) -> list[str]:
    """What a reader has to know about how sure this is."""
    found = []
    if not changes.complete:
        found.append(
            "The trees allow too many combinations to list: every changed path was followed, alone and with "
            "every other path, but combinations of three and more were not."
        )
    if changes.undecided:
        found.append(
            f"Patterns of {', '.join(changes.undecided)} may exclude each other where a class needs both."
        )
    if changes.unlisted:
        found.append(
            f"These alerts may be affected as well, as their labels can be combined in too many ways to try "
            f"them all: {few(changes.unlisted)}."
        )
    return found


def _values(values: Values) -> str:
    label = values.label
    if values.texts:
        shown = [text for text in values.texts if text]
        missing = len(shown) < len(values.texts)
        if not shown:
            return f"no {label}"
        text = Matcher(label, "=", shown[0]).text()
        if len(shown) > 1:
            listed = ", ".join(f'"{text}"' for text in shown[:5])
            more = f" and {len(shown) - 5} more" if len(shown) > 5 else ""
            text = f"{label} is one of {listed}{more}"
        return f"{text} (or missing)" if missing else text
    if values.matching:
        return " and ".join(Matcher(label, "=~", one).text() for one in values.matching)
    return f"another {label}"


def _receivers(stops: Iterable[Behaviour]) -> list[str]:
    return [stop.receiver for stop in stops]


def _grouping(stop: Behaviour) -> str:
    if stop.group_by is None:
        return "one by one"
    return f"by {', '.join(sorted(stop.group_by))}" if stop.group_by else "all together"


def _timings(before: Behaviour, after: Behaviour) -> list[str]:
    found = []
    for what, name in (
        ("first after", "group_wait"),
        ("changes every", "group_interval"),
        ("again every", "repeat_interval"),
    ):
        left, right = getattr(before, name), getattr(after, name)
        if left != right:
            found.append(f"{what} {format_duration(left)} → {format_duration(right)}")
    return found


def _times(stop: Behaviour) -> str:
    parts = []
    if stop.muting.active is not None:
        parts.append(f"only {_periods(stop.muting.active)}")
    if stop.muting.mute:
        parts.append(f"not {_periods(stop.muting.mute)}")
    return " and ".join(parts) or "always"


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
