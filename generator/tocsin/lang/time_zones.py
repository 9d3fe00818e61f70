"""Time zones of the IANA database, and the zone that is meant by what is none of them."""

from __future__ import annotations

import re
import zoneinfo
from functools import cache

from tocsin.lang.errors import LangError
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import is_misspelling, nearest

# Where the clocks show it, and whether it is shown in summer only.
_ABBREVIATIONS = {
    "CET": ("Europe/Berlin", False),
    "CEST": ("Europe/Berlin", True),
    "MEZ": ("Europe/Berlin", False),
    "MESZ": ("Europe/Berlin", True),
    "WEST": ("Europe/Lisbon", True),
    "EEST": ("Europe/Helsinki", True),
    "BST": ("Europe/London", True),
    "MSK": ("Europe/Moscow", False),
    "EDT": ("America/New_York", True),
    "CST": ("America/Chicago", False),
    "CDT": ("America/Chicago", True),
    "MDT": ("America/Denver", True),
    "PST": ("America/Los_Angeles", False),
    "PDT": ("America/Los_Angeles", True),
    "BRT": ("America/Sao_Paulo", False),
    "BRST": ("America/Sao_Paulo", True),
    "ART": ("America/Argentina/Buenos_Aires", False),
    "IST": ("Asia/Kolkata", False),
    "JST": ("Asia/Tokyo", False),
    "KST": ("Asia/Seoul", False),
    "SGT": ("Asia/Singapore", False),
    "HKT": ("Asia/Hong_Kong", False),
    "AEST": ("Australia/Sydney", False),
    "AEDT": ("Australia/Sydney", True),
    "NZST": ("Pacific/Auckland", False),
    "NZDT": ("Pacific/Auckland", True),
}
_OFFSET = regex_on_use(r"(?:UTC|GMT|Z)?\s*[+-]\d{1,2}(?::?\d{2})?", re.IGNORECASE)
_EXAMPLE = "write the zone of a place, for example `Europe/Berlin` or `America/Sao_Paulo`"


def check_location(text: str) -> None:
    """Raise LangError unless the text is a time zone of the IANA database; without one, all are taken."""
    known = _zones()
    if not known or text in known or text in ("", "UTC", "Local"):
        return
    span = (0, len(text))
    short = _ABBREVIATIONS.get(text.strip().upper())
    if short is not None:
        place, summer = short
        what = "the summer time of several zones" if summer else "the time of several zones"
        reason = f"`{text}` is {what}, not a time zone"
        raise LangError(reason, span, f"write the zone of a place, for example `{place}`")
    if _OFFSET.fullmatch(text.strip()):
        raise LangError(f"`{text}` is an offset from UTC, not a time zone", span, _EXAMPLE)
    place_meant = _meant(text, known)
    if place_meant is not None:
        is_safe = is_misspelling(text, place_meant, known)
        help_ = f"write `{place_meant}`"
        raise LangError(f"`{text}` is not a time zone", span, help_, place_meant, is_safe=is_safe)
    raise LangError(f"`{text}` is not a time zone", span, _EXAMPLE)


def check_named_zone(text: str) -> None:
    """Raise LangError unless the text is one time zone on every machine: `Local` is not."""
    if text in ("", "Local"):
        what = (
            f"`{text}` is the time zone of the machine, not of the system"
            if text
            else "it names no time zone"
        )
        raise LangError(what, (0, len(text)), _EXAMPLE)
    check_location(text)


def _meant(text: str, known: frozenset[str]) -> str | None:
    """The zone that is written otherwise: with other letters, without its continent, or misspelt."""
    word = re.sub(r"\s+", "_", text.strip().replace("\\", "/")).lower()
    for name in sorted(known):
        if name.lower() == word:
            return name
    cities = [name for name in sorted(known) if "/" in name and name.rpartition("/")[2].lower() == word]
    if cities:
        return cities[0]
    # A short word is near to `EST`, and no place is called like it.
    return nearest(text, (name for name in known if "/" in name)) if len(text) > len("WEST") else None


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())
