"""The duration that a text tells: for how long something has been so, or how far back it looks."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.framework.time_units import CHINESE_TIME_UNITS, TIME_UNITS
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

NUMBERS_IN_WORDS = {
    **dict.fromkeys(("two", "dois", "duas", "dos", "zwei", "deux"), 2),
    **dict.fromkeys(("three", "três", "tres", "drei", "trois"), 3),
    **dict.fromkeys(("four", "vier", "quatre"), 4),
    **dict.fromkeys(("five", "cinco", "fünf", "cinq"), 5),
    **dict.fromkeys(("ten", "dez", "diez", "zehn", "dix"), 10),
    **dict.fromkeys(("fifteen", "quinze", "quince", "fünfzehn"), 15),
    **dict.fromkeys(("twenty", "vinte", "veinte", "zwanzig", "vingt"), 20),
    **dict.fromkeys(("thirty", "trinta", "treinta", "dreißig", "trente"), 30),
    "sixty": 60,
}
"""Numbers in words, as texts have them before minutes and hours."""
_UNITS = "|".join(sorted(map(re.escape, TIME_UNITS), key=len, reverse=True))
_SINGLE_UNITS = ("minute", "hour", "day", "week")
_SINGLE = "|".join(_SINGLE_UNITS)
_NUMBER = rf"[0-9]+(?:\.[0-9]+)?|(?:{'|'.join(NUMBERS_IN_WORDS)})(?=\s)"
_TOLD = regex_on_use(
    r"\b(?:(?P<lasting>for\s+(?:(?:more|longer)\s+than\s+|over\s+|at\s+least\s+)?"
    r"|(?:há|por)\s+(?:mais\s+de|pelo\s+menos)\s+|(?:depuis|pendant)\s+(?:plus\s+de|au\s+moins)\s+"
    r"|(?:durante|desde\s+hace)\s+(?:más\s+de|al\s+menos)\s+"
    r"|(?:более|больше|дольше)\s+|в\s+течение\s+(?:более\s+)?"
    r"|seit\s+(?:mehr\s+als\s+|über\s+|mindestens\s+)?|(?:für\s+mehr|länger)\s+als\s+)"
    r"|(?P<looking>(?:in|over|within|during|for)\s+the\s+(?:last|past)\s+|n[oa]s\s+últim[oa]s\s+"
    r"|(?:en|durante)\s+l[oa]s\s+últim[oa]s\s+|in\s+den\s+letzten\s+|за\s+последни[ех]\s+"
    r"|(?:dans|durant|pendant|sur|au\s+cours\s+d)\s?(?:les|des|ces|es)\s+(?=[0-9]+\s+derni)))"
    rf"(?:(?P<number>{_NUMBER})\s?(?:derni[eè]re?s\s)?(?P<unit>{_UNITS})|(?P<one>an?|one)\s(?P<single>{_SINGLE}))"
    r"\b(?![\w/-])",
    re.IGNORECASE,
)
_TOLD_AS_ONE = regex_on_use(
    r"\b(?:in|over|within|during|for)\s+the\s+(?:last|past)\s+(?P<unit>minute|hour|day|week)\b"
    r"(?![\w/-])",
    re.IGNORECASE,
)
# Looking behind after the first digit spares all other characters of a text.
_NUMBERS = regex_on_use(
    rf"[0-9](?<![\w.].)[0-9]*(?:\.[0-9]+)?[\s-]?(?:derni[eè]re?s\s)?(?:{_UNITS})\b", re.IGNORECASE
)
_SINGLES = regex_on_use(rf"(?<![\w.])(?:an?|one)\s(?:{_SINGLE})\b", re.IGNORECASE)
_IN_WORDS = regex_on_use(rf"\b(?:{'|'.join(NUMBERS_IN_WORDS)})\s(?:{_UNITS})\b", re.IGNORECASE)
_NORMAL = regex_on_use(
    r"\b(?:should|must|ought|normally|usually|(?:supposed|expected|allowed)\s+to|deve(?:m|ria|riam)?|normalmente|debe[n]?"
    r"|doit|doivent|sollten?|normalerweise)\b[^.!?]*$",
    re.IGNORECASE,
)
"""Words before a duration that say how long something may take, and not how long it has."""
_CHINESE_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_DIGITS = "".join(_CHINESE_DIGITS)
_CHINESE = regex_on_use(
    r"(?:(?P<lasting>(?:持续|持續|连续|連續)(?:时间|時間)?(?:了|(?P<more>超过|超過|大于))?|(?P<over>超过|超過|大于)了?)"
    r"|(?P<looking>过去|過去|最近|近)的?)?\s*"
    rf"(?P<number>[0-9]+|[{_DIGITS}]?十五?|[{_DIGITS}])\s*(?P<unit>{'|'.join(CHINESE_TIME_UNITS)})(?![前后後])"
)


@value_object
class ToldDuration:
    """The one duration of a text."""

    seconds: float
    said: str
    span: tuple[int, int]
    is_lasting: bool
    """Whether something has been so for this time; otherwise, how far back the text looks."""
    is_least: bool
    """Whether it may have been so for longer."""


@lru_cache(maxsize=4096)
def told_duration_of(text: str) -> ToldDuration | None:
    """The one duration that a text tells; None where there is none or several."""
    told = list(_in_chinese(text))
    if told:
        return told[0] if len(told) == 1 and len(list(_CHINESE.finditer(text))) == 1 else None
    as_one = list(_TOLD_AS_ONE.finditer(text)) if "the" in text else []
    if as_one:
        if len(as_one) > 1 or _durations(text):
            return None
        unit = as_one[0]["unit"]
        return ToldDuration(TIME_UNITS[unit.lower()], f"the last {unit}", as_one[0].span(), False, False)
    found = list(_TOLD.finditer(text)) if counts_one_time(text) else []
    if len(found) != 1 or _NORMAL.search(text[: found[0].start()]):
        return None
    unit = found[0]["unit"] or found[0]["single"]
    number = found[0]["number"] or found[0]["one"]
    many = NUMBERS_IN_WORDS.get(number.lower()) or (float(found[0]["number"]) if found[0]["number"] else 1)
    lasting = found[0]["lasting"]
    is_least = lasting is not None and lasting.strip().lower() not in ("for", "seit", "в течение")
    seconds = many * TIME_UNITS[unit.lower()]
    return ToldDuration(seconds, f"{number} {unit}", found[0].span(), lasting is not None, is_least)


def _in_chinese(text: str) -> Iterator[ToldDuration]:
    for found in _CHINESE.finditer(text) if not text.isascii() else ():
        # "Within a minute" alone is mostly how often: 30 times in a minute.
        if not (found["lasting"] or found["looking"]):
            continue
        seconds = _chinese_number(found["number"]) * CHINESE_TIME_UNITS[found["unit"]]
        is_lasting = found["lasting"] is not None
        is_least = bool(found["more"] or found["over"])
        said = f"{found['number']} {found['unit']}"
        yield ToldDuration(seconds, said, found.span(), is_lasting, is_least)


def _chinese_number(text: str) -> float:
    """The number up to 99, in whichever digits it is written."""
    if text.isdecimal():
        return float(text)
    tens, ten, ones = text.rpartition("十")
    of_tens = _CHINESE_DIGITS.get(tens, 1) * 10 if ten else 0
    return float(of_tens + _CHINESE_DIGITS.get(ones, 0))


def counts_one_time(text: str) -> bool:
    """Whether a text names just one time, whatever it says of it."""
    return _durations(text) == 1


def _durations(text: str) -> int:
    """How many durations are in a text."""
    lower = text.lower()
    may_have_one = any(word in lower for word in _SINGLE_UNITS)
    may_have_words = any(word in lower for word in NUMBERS_IN_WORDS)
    in_digits = len(_NUMBERS.findall(text)) + (len(_SINGLES.findall(text)) if may_have_one else 0)
    return in_digits + (len(_IN_WORDS.findall(text)) if may_have_words else 0)
