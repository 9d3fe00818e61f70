"""The units of thresholds, as the texts of an alert or the notation of a number show them."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from math import prod
from typing import TYPE_CHECKING

from tocsin.importing.rules.split import split_calculated, split_plain
from tocsin.importing.sourced import plain_text
from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.alert_data import reads
from tocsin.lang.promql.shape import metric_names
from tocsin.lang.quantities import format_quantity, parse_quantity
from tocsin.lang.threshold_comparison import decimal_text
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.importing.rules.model import ImportedAlert, ImportedRule, Split
    from tocsin.lang.gotemplate.alert_data import ValueUse

_PERCENT = re.compile(r"\s?%(?![A-Za-z0-9])")
_BYTES = re.compile(r"\s?(?:B|i?bytes)\b", re.IGNORECASE)
_FORMATTING = frozenset({"humanize", "printf"})
_PRODUCT = re.compile(r"[0-9 ()*]+")
_WHOLE_NUMBER = re.compile(r"[0-9]+")
_OF_BYTES = re.compile(r"_bytes(?:_|$)")
_OF_TIME = re.compile(r"\btime\(\)|_seconds\b")
_COUNTING = re.compile(r"\b(?:i?rate|increase|delta|count|changes|resets)\b")
_LEAST = {"seconds": Decimal(60), "bytes": Decimal(1024)}
"""Below it a number is as readable without its unit."""
_SHARES = ("ratio", "percent")
_MOST_RATIO = 10


def say_unit(
    alert: ImportedAlert, engine: Engine, is_one_query: Callable[[ImportedAlert], bool]
) -> ImportedAlert:
    """The alert with the unit of its thresholds; as it is where none is known.

    A condition that ends in a calculation, such as `86400 * 7`, becomes a threshold where its unit is known.
    `is_one_query` says whether rules with such thresholds may become ones of one query.
    """
    found = alert
    if any(rule.split is None for rule in alert.rules):
        rules = [
            replace(rule, split=rule.split or split_plain(rule, engine) or split_calculated(rule, engine))
            for rule in alert.rules
        ]
        found = replace(alert, rules=tuple(rules))
        found = replace(found, has_one_query=is_one_query(found))
    splits = [rule.split for rule in found.rules if rule.split is not None]
    units = {*_told(alert), *_of_numbers(splits, engine)}
    made = use_unit(found, units.pop() if len(units) == 1 else None)
    return alert if made is found else made


def use_unit(alert: ImportedAlert, unit: str | None) -> ImportedAlert:
    """The alert with its thresholds in a unit; unchanged where it has one, or the unit makes no sense."""
    if alert.unit is not None or unit is None:
        return alert
    rules: list[ImportedRule] = []
    for rule in alert.rules:
        said = None if rule.split is None else _with_unit(rule.split, unit)
        if said is None:
            return alert
        rules.append(replace(rule, split=said))
    return replace(alert, rules=tuple(rules), unit=unit)


def _told(alert: ImportedAlert) -> Iterator[str]:
    """The units in which the texts of an alert print its value."""
    for rule in alert.rules:
        for annotation in rule.annotations.values():
            text = plain_text(annotation)
            if "$value" not in text and ".Value" not in text:
                continue
            try:
                uses = reads(text).values
            except LangError:
                continue
            yield from filter(None, (_unit_of(use, text[use.action[1] :]) for use in uses))


def _unit_of(use: ValueUse, after: str) -> str | None:
    functions = frozenset(use.functions)
    is_percent = _PERCENT.match(after) is not None
    if functions == {"humanizePercentage"}:
        return None if is_percent else "ratio"
    if functions == {"humanizeDuration"}:
        return "seconds"
    if functions == {"humanize1024"} and _BYTES.match(after):
        return "bytes"
    return "percent" if is_percent and functions <= _FORMATTING else None


def _of_numbers(splits: Sequence[Split], engine: Engine) -> Iterator[str]:
    """The units that numbers tell, written as a product or as what it comes to: whole days, whole MiB.

    Smaller ones tell it together with what the query is made of.
    """
    for one in splits:
        number = _number(one)
        if number is None or number <= 0 or (number % 60 and number % 1024):
            continue
        names = () if engine is Engine.LOKI else metric_names(one.query)
        is_size = bool(names) and all(map(_OF_BYTES.search, names))
        is_time = _OF_TIME.search(one.query) is not None and not _COUNTING.search(one.query)
        if number % 2**20 == 0 or (is_size and number % 1024 == 0):
            yield "bytes"
        elif (number % 86_400 == 0 and number < 86_400_000) or (is_time and number % 60 == 0):
            yield "seconds"


def _number(split: Split) -> Decimal | None:
    """The number that a query is compared with; None for a calculation that is no product of whole ones."""
    if not _is_calculated(split):
        return Decimal(split.number)
    if not _PRODUCT.fullmatch(split.number):
        return None
    return Decimal(prod(map(int, _WHOLE_NUMBER.findall(split.number))))


def _is_calculated(split: Split) -> bool:
    return decimal_text(split.number) is None


def _with_unit(split: Split, unit: str) -> Split | None:
    """The threshold in the unit; None where that makes no sense."""
    number, is_calculated = _number(split), _is_calculated(split)
    if number is None:
        return None
    if (unit == "ratio" and abs(number) > _MOST_RATIO) or (unit == "percent" and 0 < abs(number) < 1):
        # The text is wrong about the query.
        return None
    if not is_calculated and (abs(number) < _LEAST.get(unit, 0) or (unit in _SHARES and number == 0)):
        return split
    text = format_quantity(float(number), unit).replace(" ", "")
    try:
        is_same = parse_quantity(text, unit) == float(number)
    except LangError:
        return split
    if is_same:
        return replace(split, quantity=text)
    return None if is_calculated else split
