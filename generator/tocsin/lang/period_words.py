"""Days, months and ranges of them as people write them, in the words of Alertmanager's time intervals."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING

from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable

_WEEKDAYS = {
    "en": "sunday monday tuesday wednesday thursday friday saturday",
    "de": "sonntag montag dienstag mittwoch donnerstag freitag samstag",
    "pt": "domingo segunda terca quarta quinta sexta sabado",
    "es": "domingo lunes martes miercoles jueves viernes sabado",
    "fr": "dimanche lundi mardi mercredi jeudi vendredi samedi",
}
_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar marz april mai juni juli august september oktober november dezember",
    "pt": "janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "fr": "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
}
_SEVERAL = {
    "weekdays": ("monday:friday",),
    "weekday": ("monday:friday",),
    "workdays": ("monday:friday",),
    "working days": ("monday:friday",),
    "business days": ("monday:friday",),
    "weekend": ("saturday", "sunday"),
    "weekends": ("saturday", "sunday"),
    "daily": ("sunday:saturday",),
    "every day": ("sunday:saturday",),
}
_AND = regex_on_use(r"(?<!\s)\s*+(?:[,;/+&]|\band\b|\bund\b)\s*")
_TO = regex_on_use(r"(?<!\s)\s*+(?::|\.\.+|-|–|—|\bto\b|\bthrough\b|\buntil\b|\bbis\b|\bate\b)\s*")
_DAYS = regex_on_use(
    r"(-?\d{1,2})(?:st|nd|rd|th|\.)?(?:\s*(?:\.\.+|:|-|–|—|to|bis)\s*(-?\d{1,2})(?:st|nd|rd|th|\.)?)?"
)
_YEARS = regex_on_use(r"(\d{4})\s*(?:\.\.+|:|-|–|—|to|bis)\s*(\d{4})")


def weekdays_meant(text: str) -> tuple[str, ...]:
    """The entries of `weekdays:` for a text such as `Mo-Fr`; empty where nobody can say.

    A range over the end of the week, which starts on Sunday, is two.
    """
    plain = _plain(text.replace("-feira", ""))
    if plain in _SEVERAL:
        return _SEVERAL[plain]
    names = _WEEKDAYS["en"].split()

    def number(part: str) -> int | None:
        # In cron and in ISO 8601 Monday is 1; Sunday is 0 in the one and 7 in the other.
        return int(part) % 7 if re.fullmatch("[0-7]", part) else None

    return _entries(plain, _WEEKDAYS, names, 2, number)


def months_meant(text: str) -> tuple[str, ...]:
    """The entries of `months:` for a text such as `Jan-Mar`; empty where nobody can say."""
    names = _MONTHS["en"].split()

    def number(part: str) -> int | None:
        return int(part) - 1 if re.fullmatch("0?[1-9]|1[0-2]", part) else None

    return _entries(_plain(text).replace("ae", "a"), _MONTHS, names, 3, number)


def days_of_month_meant(text: str) -> tuple[str, ...]:
    """The entries of `days_of_month:` for a text such as `1-5`, `25:5` or `last`."""
    plain = _plain(text)
    if plain in ("last", "last day"):
        return ("-1",)
    found = _DAYS.fullmatch(plain)
    if found is None:
        return ()
    first, last = (int(part) for part in (found[1], found[2] or found[1]))
    if not all(1 <= abs(day) <= 31 for day in (first, last)):
        return ()
    if first > 0 > last:
        # A range that begins with the month cannot end by its end.
        return (f"{first}:31",) if last == -1 else ()
    if first > last:
        return (_days(last, first),) if last < 0 else (_days(first, 31), _days(1, last))
    return (_days(first, last),)


def _days(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}:{last}"


def years_meant(text: str) -> tuple[str, ...]:
    """The entry of `years:` for a text such as `2026-2028`."""
    found = _YEARS.fullmatch(_plain(text))
    return () if found is None else (":".join(sorted(found.groups())),)


def _entries(
    text: str,
    languages: dict[str, str],
    names: list[str],
    shortest: int,
    number: Callable[[str], int | None],
) -> tuple[str, ...]:
    parts = [_TO.split(entry) for entry in _AND.split(text)]
    if not all(0 < len(ends) < 3 and all(ends) for ends in parts):
        return ()
    for language in languages:
        read = [[_index(end, languages[language], shortest, number) for end in ends] for ends in parts]
        if all(end is not None for ends in read for end in ends):
            known = [[end for end in ends if end is not None] for ends in read]
            return tuple(entry for ends in known for entry in _range(ends[0], ends[-1], names))
    near = [[nearest(end, names) for end in ends] for ends in parts]
    if all(end is not None for ends in near for end in ends):
        sure = [[names.index(end) for end in ends if end is not None] for ends in near]
        return tuple(entry for ends in sure for entry in _range(ends[0], ends[-1], names))
    return ()


def _range(first: int, last: int, names: list[str]) -> list[str]:
    if first > last:
        return _range(first, len(names) - 1, names) + _range(0, last, names)
    return [names[first] if first == last else f"{names[first]}:{names[last]}"]


def _index(part: str, language: str, shortest: int, number: Callable[[str], int | None]) -> int | None:
    found = number(part)
    return _by_beginning(language, shortest).get(part) if found is None else found


@cache
def _by_beginning(language: str, shortest: int) -> dict[str, int]:
    """The number of each name by its beginnings that no other one shares."""
    found: dict[str, set[int]] = {}
    for number, name in enumerate(language.split()):
        for length in range(shortest, len(name) + 1):
            found.setdefault(name[:length], set()).add(number)
        found.setdefault(f"{name}s", set()).add(number)
    return {beginning: min(numbers) for beginning, numbers in found.items() if len(numbers) == 1}


def _plain(text: str) -> str:
    """Lower case, without accents and without the dots of abbreviations."""
    letters = unicodedata.normalize("NFKD", text.strip().lower())
    return re.sub(
        r"(?<=[a-z])\.(?!\.)", "", "".join(one for one in letters if not unicodedata.combining(one))
    )
