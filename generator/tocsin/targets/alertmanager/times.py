"""When an alert began and how long it lasts, as pieces of Go templates in the words of a language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.targets.alertmanager.go_text import go_string

if TYPE_CHECKING:
    from tocsin.translations.model import NotificationWords

_MINUTE = 60_000_000_000
"""In nanoseconds, as Go counts durations."""


def time_text(time: str, zone: str | None, words: NotificationWords) -> str:
    """An expression of a time: the local one first, if there is a zone, and UTC with its day if that differs.

    Alertmanager looks the zone up in the time zone database of the machine, as for its time intervals.
    """
    layout, clock = go_string(words.time), go_string(words.clock)
    if zone is None:
        return f"({time}.UTC.Format {layout})"
    local = f"(tz {go_string(zone)} {time})"
    same = f'(eq ({local}.Format "2") ({time}.UTC.Format "2"))'
    # `and` and `or` give one of their arguments.
    beside = f"(or (and {same} ({time}.UTC.Format {clock})) ({time}.UTC.Format {layout}))"
    return f'(printf "%s (%s)" ({local}.Format {layout}) {beside})'


def duration_text(duration: str, words: NotificationWords) -> str:
    """An expression of a duration in words: its two greatest units, without the seconds."""
    steps = [
        # `humanizeDuration` writes `2d 3h 4m 0s`, and nothing before the first unit that is not 0.
        (" 0s$", ""),
        ("^(0s|-.*)$", words.less_than_a_minute),
        ("^([0-9]+d [0-9]+h) .*$", "${1}"),
        (" 0[hm]$", ""),
        ("^([0-9]+[dh]) ([0-9]+[hm])$", "${1} " + words.and_then + " ${2}"),
        *(
            (rf"\b{number}{unit}\b", f"{shown} {name}")
            for unit, one, many in (
                ("d", words.day, words.days),
                ("h", words.hour, words.hours),
                ("m", words.minute, words.minutes),
            )
            for number, shown, name in (("1", "1", one), ("([0-9]+)", "${1}", many))
        ),
    ]
    calls = "".join(f" | reReplaceAll {go_string(pattern)} {go_string(text)}" for pattern, text in steps)
    return f"(({duration}).Truncate {_MINUTE} | humanizeDuration{calls})"
