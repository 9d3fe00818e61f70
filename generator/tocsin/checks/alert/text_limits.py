"""Limits that texts of alerts state, read with their units, and whether a query can have the same one."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.framework.query_units import (
    is_per_cent,
    is_quotient,
    metric_names,
    query_nodes,
    strip_parentheses,
    written_number,
)
from tocsin.checks.framework.time_units import TIME_UNITS, UNIT_NAMES, unit_of_time
from tocsin.lang.durations import parse_duration
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.checks.framework.query_units import Node
    from tocsin.plan.model import Rule

_SAID = regex_on_use(
    # Looking ahead first spares all the words where none of them can begin.
    r"(?=[<>abeghiklmopsuwäü])"
    r"(?:(?P<above>>=?|\b(?:above|over|more than|greater than|higher than|older than|exceeds?|exceeded"
    r"|acima de|mais de|maior que|mehr als|über|höher als|größer als|älter als|plus de|supérieure? à"
    r"|más de|mayor que|superior a))"
    r"|(?P<below><=?|\b(?:below|under|less than|lower than|abaixo de|menos de|menor que"
    r"|weniger als|unter|kleiner als|moins de|inférieure? à|inferior a)))\s*"
    r"(?P<number>[0-9]+(?:[.,][0-9]+)?)(?P<space>[ \t\u00a0]?)"
    r"(?P<unit>%|[A-Za-zµ]+\b)?(?![0-9A-Za-z/%]|[.,:][0-9])",
    re.IGNORECASE,
)
_PER_CENT = regex_on_use(
    r"(?:(?P<above>超过|超過|大于|大於|高于|高於|达到|\b(?:более|больше|выше|свыше|превы[а-я]+))"
    r"|(?P<below>小于|小於|低于|低於|少于|不足|\b(?:менее|меньше|ниже)))(?:了|\s+чем)?"
    r"\s*(?P<number>[0-9]+(?:[.,][0-9]+)?)(?P<space>\s?)(?P<unit>[%％])",
    re.IGNORECASE,
)
"""The same in Chinese and Russian, per cent alone: other units have many forms, or no space before them."""
_MAY_SAY = regex_on_use(r"[<>=ernsdwàa]\s*[0-9]", re.IGNORECASE)
"""How the words and signs end before a number."""
_NUMBER = regex_on_use(r"(?<![\w.{$])([0-9]+(?:[.,][0-9]+)?)")
_OF_NAME = regex_on_use(r"\b(?:codes?|status|port|version|exit)\s*(?:is|of)?\s*$", re.IGNORECASE)
"""What makes a name of the number after it: nobody measures a response code."""
_OF_MORE = regex_on_use(
    r"\s*(?:of\s+(?:\w+\s+){0,2}[0-9]|(?:in|within|during|over|per|every|each|for|em|por|a|pro|je|par|en)\s+"
    r"(?!\{\{)|/)",
    re.IGNORECASE,
)
"""What makes a part of something, or a rate, of the number before it."""
_SIZES = frozenset(
    {"b", "byte", "bytes", *(f"{n}{i}{b}" for n in "kmgt" for i in ("", "i") for b in ("", "b"))}
)
_MULTIPLES = _SIZES - {"b", "byte", "bytes"}
_KEEPING = frozenset({"sum", "max", "min", "avg"})
_LOAD = regex_on_use(r"node_load(?:1|5|15)")
_CPU_TIME = regex_on_use(r"cpu_(?:usage_)?seconds_total$")
_PART_BY_NAME = regex_on_use(r"percent|pct|ratio|fraction|utili[sz]ation", re.IGNORECASE)
_TIME_BY_NAME = regex_on_use(r"seconds|_ms\b|_ms_|minutes|hours|_days|duration|latency", re.IGNORECASE)
_RATES = frozenset({"rate", "irate", "deriv", "delta", "idelta", "bytes_rate"})
_FACTORS = (1.0, 100.0, 60.0, 3600.0, 86400.0, 1e3, 1e6, 1e9, 1e12, 1024.0, 1024.0**2, 1024.0**3, 8.0)

_OF_SHARES = (1.0, 100.0)


@value_object
class StatedLimit:
    """The one limit that a text states."""

    number: str
    unit: str
    is_above: bool
    span: tuple[int, int]
    others: tuple[float, ...]
    """The other numbers of the text."""

    @property
    def value(self) -> float:
        """The number, without its unit."""
        return _read(self.number)

    @property
    def said(self) -> str:
        """The number with its unit, as the text has them."""
        return f"{self.number}{'' if self.unit in ('', '%') else ' '}{self.unit}"


# The severities of an alert share their texts.
@lru_cache(maxsize=65536)
def stated_limit(text: str) -> StatedLimit | None:
    """The limit that a text states; None where it states none or several, or a part or rate of something."""
    found = tuple(_SAID.finditer(text)) if _MAY_SAY.search(text) else ()
    if not text.isascii():
        found += tuple(_PER_CENT.finditer(text))
    if len(found) != 1 or _OF_MORE.match(text, found[0].end()) or _OF_NAME.search(text[: found[0].start()]):
        return None
    (said,) = found
    unit = "%" if said["unit"] == "％" else said["unit"] or ""
    if unit and not said["space"] and unit.lower() not in ("%", *TIME_UNITS, *_SIZES):
        # Nobody can say what `10k` or `5x` counts.
        return None
    rest = f"{text[: said.start()]} {text[said.end() :]}"
    others = tuple(_read(one[1]) for one in _NUMBER.finditer(rest))
    return StatedLimit(said["number"], unit, said["above"] is not None, said.span(), others)


def contradicts(limit: StatedLimit, rule: Rule, node: Node, compared: tuple[Node, str, float, Node]) -> bool:
    """Whether a limit is about the number that a query compares with, and surely another one.

    Where the text may mean something else, such as the opposite or another quantity, it does not contradict.
    """
    measured, op, threshold, _ = compared
    if threshold == limit.value and limit.unit in ("", "%"):
        return False
    is_of_unit = limit.unit.lower() in ("%", *TIME_UNITS, *_SIZES)
    if op == ">" and threshold == 0 and limit.is_above and not is_of_unit:
        # Whether there is one at all is asked: the text tells the limit by which it is counted.
        return False
    if limit.is_above != (op in (">", ">=")) or not _same_quantity(limit, measured, threshold):
        return False
    return not _is_meant(limit, rule, node)


def other_unit(
    limit: StatedLimit, rule: Rule, node: Node, compared: tuple[Node, str, float, Node]
) -> str | None:
    """The unit of the query, where the text tells the same number of another one: milliseconds, bytes."""
    measured, op, threshold, _ = compared
    if threshold == limit.value and limit.is_above == (op in (">", ">=")):
        if limit.unit.lower() in _MULTIPLES and threshold > 0 and _in_bytes(measured):
            return "bytes"
        if limit.unit == "%" and threshold >= 1 and (events := _of_events(measured)) is not None:
            return events
    told, has = TIME_UNITS.get(limit.unit.lower()), unit_of_time(measured)
    if told is None or has is None or threshold != limit.value or threshold == 0:
        return None
    is_same_way = limit.is_above == (op in (">", ">="))
    # The text may tell the `for`, or how far the query looks back.
    is_other = any(abs(one - told * threshold) < 1 for one in times(rule, node))
    if not is_same_way or is_other or abs(has - told) < 0.01 * told:
        return None
    return next((name for name, length in UNIT_NAMES.items() if abs(length - has) < 0.01 * has), None)


def _in_bytes(measured: Node) -> bool:
    """Whether it is a metric in bytes by its name, or what an aggregation makes of it."""
    found = strip_parentheses(measured)
    while isinstance(found, promql.Aggregation) and found.op in _KEEPING:
        found = strip_parentheses(found.expr)
    return isinstance(found, promql.Selector) and (found.name or "").endswith("_bytes")


def _of_events(measured: Node) -> str | None:
    """What a query counts a second where that is no share of anything; None where it may be one."""
    found = strip_parentheses(measured)
    while isinstance(found, promql.Aggregation) and found.op in _KEEPING:
        found = strip_parentheses(found.expr)
    if isinstance(found, promql.Selector) and _LOAD.fullmatch(found.name or ""):
        return "the load, how many processes run or wait,"
    if not isinstance(found, promql.Call) or found.function not in ("rate", "irate"):
        return None
    names = metric_names(found)
    if names and all(_CPU_TIME.search(name) for name in names):
        return "CPUs, of which 1 is a whole one,"
    is_count = all(name.endswith("_total") and not name.endswith("_seconds_total") for name in names)
    return "how many there are a second" if names and is_count else None


def _same_quantity(limit: StatedLimit, measured: Node, threshold: float) -> bool:
    """Whether the query measures what the unit of the limit counts, as far as its form and names tell."""
    names, unit = " ".join(metric_names(measured)), limit.unit.lower()
    functions = {part.function for part in query_nodes(measured) if isinstance(part, promql.Call)}
    if unit == "%":
        is_part = is_per_cent(measured) or _divides(measured) or _PART_BY_NAME.search(names)
        return bool(is_part) and 0 < threshold <= 100
    if unit in TIME_UNITS:
        return "time" in functions or bool(_TIME_BY_NAME.search(names) and not _RATES & functions)
    if unit in _SIZES:
        return "bytes" in names and not _RATES & functions
    if _RATES & functions or is_quotient(measured):
        return False
    return ("." in limit.number or "," in limit.number) == (threshold != int(threshold))


def _divides(measured: Node) -> bool:
    """Whether two metrics are divided, times 100 or not."""
    if is_quotient(measured):
        return True
    parted = any(isinstance(part, promql.Binary) and part.op == "/" for part in query_nodes(measured))
    return parted and any(written_number(part) == 100 for part in query_nodes(measured))


def _is_meant(limit: StatedLimit, rule: Rule, node: Node) -> bool:
    """Whether a number of the text can be one of the rule, in whatever unit, or a time of it that is over."""
    value, unit = limit.value, limit.unit.lower()
    if value == 0:
        return True
    numbers = [abs(one) for part in query_nodes(node) if (one := written_number(part)) is not None]
    if unit == "%" and any(one != 100 for one in numbers):
        # It makes per cent of a ratio.
        numbers = [one for one in numbers if one != 100]
    numbers += [one * other for one in numbers for other in numbers]
    if unit in TIME_UNITS:
        # Whole hours and days are round numbers: a little more than two hours is over two hours.
        if "." not in limit.number and any(_rounds_to(one, value * TIME_UNITS[unit]) for one in numbers):
            return True
        # What is so after twelve minutes, and stays so for 25, is so after 37.
        waits = parse_duration(rule.for_) / 1000
        is_long = value * TIME_UNITS[unit] >= 1
        if is_long and any(abs(one + waits - value * TIME_UNITS[unit]) < 1 for one in numbers):
            return True
        # What has lasted for an hour has also lasted for more than ten minutes.
        if is_long and any(time >= value * TIME_UNITS[unit] for time in times(rule, node)):
            return True
    elif unit in _MULTIPLES and "i" not in unit and any(_is_size(one, value, unit) for one in numbers):
        return True
    elif unit != "%":
        numbers += times(rule, node)
    decimals = len(re.split("[.,]", limit.number)[1]) if re.search("[.,]", limit.number) else None
    exact = 1e-6 if decimals is None else max(1e-6, 0.5 * 10.0**-decimals / value)
    told = {value: exact, value * TIME_UNITS.get(unit, 1.0): exact}
    for one in (value, *limit.others):
        told |= {100 - one: 1e-6, one / 100: max(exact, 1e-6) if one == value else 1e-6, 1 - one / 100: 1e-6}
        if unit == "%":
            # What has grown by half is at one and a half times what it was.
            told |= {1 + one / 100: 1e-6, 100 + one: 1e-6}
    told |= dict.fromkeys(limit.others, 1e-6)
    return any(
        abs(one * factor - wanted) <= near * max(wanted, 1e-9) or abs(one / factor - wanted) <= near * wanted
        for one in numbers
        for factor in (_OF_SHARES if unit == "%" else _FACTORS)
        for wanted, near in told.items()
        if wanted > 0
    )


def _rounds_to(seconds: float, told: float) -> bool:
    """Whether somebody who tells a time in hours or days leaves out what it is longer or shorter."""
    return told >= TIME_UNITS["h"] and abs(seconds - told) <= 0.1 * told


def _is_size(number: float, told: float, unit: str) -> bool:
    """Whether bytes lie between what a size is by powers of 1000 and by those of 1024, which people mix."""
    power = "kmgt".index(unit[0]) + 1
    return told * 1000.0**power <= number <= told * 1024.0**power


def _read(text: str) -> float:
    return float(text.replace(",", "."))


def times(rule: Rule, node: Node) -> list[float]:
    """The durations of the query and the `for`, in seconds."""
    found = [parse_duration(rule.for_) / 1000]
    for part in query_nodes(node):
        if isinstance(part, promql.Range | promql.Subquery) and part.range.seconds is not None:
            found.append(part.range.seconds)
        elif (
            isinstance(part, promql.Selector) and part.offset is not None and part.offset.seconds is not None
        ):
            found.append(abs(part.offset.seconds))
        elif isinstance(part, logql.RangeAggregation):
            found.append(part.range.range.seconds)
    return found
