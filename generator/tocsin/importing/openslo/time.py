"""Lengths of time as OpenSLO writes them: `5m`, `4w`, `1M`, `1Q`, `1Y`, or a count and a unit."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.importing.fields import number
from tocsin.importing.refused import RefusedError
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError

if TYPE_CHECKING:
    from tocsin.importing.fields import Fields
    from tocsin.importing.notes import Notes

_SHORTHAND = re.compile(r"([0-9]{1,6})([MQY])")
_DAYS = {"M": 30, "Q": 90, "Y": 365}
_UNITS = {
    **{"second": "1s", "minute": "1m", "hour": "1h", "day": "1d", "week": "1w"},
    **{"month": "1M", "quarter": "1Q", "year": "1Y"},
}


def shorthand(value: Sourced) -> str:
    """The Prometheus duration of a length of time; a month is 30 days, a number alone are minutes."""
    text = plain_text(value).strip()
    found = _SHORTHAND.fullmatch(text)
    if found is not None:
        return f"{int(found[1]) * _DAYS[found[2]]}d"
    if text.isdecimal():
        text = f"{text}m"
    try:
        if parse_duration(text) > 0:
            return text
        reason = "a window of no length holds nothing"
    except LangError as error:
        reason = error.reason
    raise RefusedError(reason, value.node.span, "write for example `5m`, `1h` or `4w`")


def time_window(window: Fields | None, usual: str, name: Sourced, notes: Notes) -> Sourced | str:
    """The window of an SLO, always a rolling one; `usual` where it has none."""
    if window is None:
        notes.changed(
            f"it has no window and gets {usual}",
            name.node.span,
            "write a `timeWindow`, or name another `--window`",
        )
        return usual
    duration = window.text("duration")
    if duration is None:
        duration = _counted(window)
    text = shorthand(duration)
    rolling = window.flag("isRolling")
    calendar = window.entry("calendar")
    if rolling is False or (calendar is not None and not rolling):
        notes.changed(
            f"its window follows the calendar: here it is the last {text} at each time",
            duration.node.span,
            "read the figures of a calendar period off the dashboard, with its time range",
        )
    elif text != plain_text(duration) and not plain_text(duration).isdecimal():
        notes.changed(f"`{plain_text(duration)}` is taken as {text}", duration.node.span, "write the days")
    return Sourced(text, duration.key, duration.node)


def _counted(window: Fields) -> Sourced:
    """The window of v1alpha: `count: 4, unit: Week`."""
    unit, count = window.required_text("unit"), window.required_text("count")
    one = _UNITS.get(plain_text(unit).lower())
    amount = number(count)
    if one is None or amount != amount.to_integral_value() or amount <= 0:
        raise RefusedError("this is not a window", unit.node.span, "write `count: 30` and `unit: Day`")
    return Sourced(f"{int(amount)}{one[1:]}", count.key, count.node)
