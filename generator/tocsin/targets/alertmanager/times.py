"""When an alert began and how long it has lasted, as fragments of Go templates in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.targets.alertmanager.go_text import assign, go_string

if TYPE_CHECKING:
    from tocsin.plan.model import Plan
    from tocsin.translations.model import NotificationWords

_MINUTE = 60_000_000_000
"""In nanoseconds, as Go counts durations."""


_UTC = "UTC"


class Zone:
    """The time zone of messages: that of the project, and those of receivers that have one of their own."""

    def __init__(self, plan: Plan) -> None:
        project = plan.project.timezone
        receivers = [
            (one.name, one.timezone) for one in plan.receivers if one.timezone not in (None, project)
        ]
        self._own = [(name, zone) for name, zone in receivers if zone is not None]
        self._project = project

    @property
    def declaration(self) -> str:
        """Statements to put before the first time of a template; empty where all receivers share a zone."""
        if not self._own:
            return ""
        usual = go_string(self._project or _UTC)
        return f'{{{{- $zone := "" }}}}{assign("$zone", ".Receiver", self._own, usual)}'

    def time_text(self, time: str, words: NotificationWords) -> str:
        """An expression of a time: the local one, if there is a zone, and UTC, with its day if that differs.

        Alertmanager looks the zone up in the time zone database of the machine, as for its time intervals.
        """
        layout, clock = go_string(words.time), go_string(words.clock)
        utc = f"({time}.UTC.Format {layout})"
        if self._project is None and not self._own:
            return utc
        local = f"(tz {'$zone' if self._own else go_string(self._project or _UTC)} {time})"
        same = f'(eq ({local}.Format "2") ({time}.UTC.Format "2"))'
        # `and` and `or` give one of their arguments.
        beside = f"(or (and {same} ({time}.UTC.Format {clock})) {utc})"
        both = f'(printf "%s (%s)" ({local}.Format {layout}) {beside})'
        return f'(or (and (eq $zone "{_UTC}") {utc}) {both})' if self._own and not self._project else both


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
