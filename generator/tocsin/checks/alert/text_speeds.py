"""Limits that texts of alerts state in bytes or bits a second, against a rate of bytes."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.framework.query_units import scaling, strip_parentheses
from tocsin.lang.promql import ast as promql
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.query_units import Node

_SAID = regex_on_use(
    r"(?:>=?|\b(?i:above|over|more than|greater than|higher than|exceed(?:s|ed|ing)?|acima de|mais de"
    r"|mehr als|über|plus de|más de))\s*(?P<number>[0-9]+(?:[.,][0-9]+)?)\s?"
    r"(?P<unit>(?P<multiple>[kMGT])?(?P<binary>i)?(?P<of>B|b|bits?|bytes?|Bytes?)"
    r"(?:ps|\s?/\s?s(?:ec(?:ond)?)?|\s(?:per|a|por|par|pro)\ssec(?:ond)?))(?!\w)",
)
_MAY_SAY = regex_on_use(r"[0-9]\s?[kMGT]?i?[Bb]")
_ANOTHER = regex_on_use(r"[0-9]\s?[kKMGT]?i?[Bb](?:its?|ytes?)?(?:ps|\s?/\s?s)")
_POWERS = {None: 0, "k": 1, "M": 2, "G": 3, "T": 4}
_BITS = 8.0
_NEAR = 0.1
_KEEPING = frozenset({"sum", "max", "min", "avg"})
_BYTES = re.compile(r"_bytes(?:_total)?$|_octets(?:_total)?$|^if(?:HC)?(?:In|Out)Octets$")


@value_object
class StatedSpeed:
    """The one speed that a text states: what it says, its place, and the bytes a second that it can mean."""

    said: str
    span: tuple[int, int]
    meant: tuple[float, ...]


# The severities of an alert share their texts.
@lru_cache(maxsize=4096)
def stated_speed(text: str) -> StatedSpeed | None:
    """The speed that a text states as a limit; None where it states none or several."""
    found = _SAID.search(text) if _MAY_SAY.search(text) else None
    if found is None or len(_ANOTHER.findall(text)) > 1:
        return None
    number = float(found["number"].replace(",", "."))
    power = _POWERS[found["multiple"]]
    divisors = [_BITS] if found["of"].startswith("bit") else [1.0]
    if found["of"] == "b":
        # `Mbps` is in bits by the book, and many write it for bytes.
        divisors = [_BITS, 1.0]
    # Many write `MB` for what a computer counts in powers of 1024, and the reverse.
    bases = (1024, 1000) if found["binary"] else (1000, 1024)
    meant = tuple(number * base**power / by for base in bases for by in divisors)
    return StatedSpeed(f"{found['number']} {found['unit']}", found.span(), meant)


def contradicted_speed(speed: StatedSpeed, measured: Node, threshold: float) -> float | None:
    """The number that the query would have to compare with, where it surely compares with another speed."""
    factor = _of_bytes(measured)
    if factor is None or any(abs(threshold / factor - one) <= _NEAR * one for one in speed.meant):
        return None
    # Of what it can mean, a query has the round number.
    return min((one * factor for one in speed.meant), key=lambda number: len(f"{number:g}"))


def _of_bytes(node: Node) -> float | None:
    """By what a rate of bytes a second is multiplied; None where it is none."""
    node = strip_parentheses(node)
    match node:
        case promql.Aggregation() if node.op in _KEEPING:
            return _of_bytes(node.expr)
        case promql.Binary() if node.op in ("*", "/"):
            return _scaled(node)
        case promql.Binary() if node.op == "+":
            left, right = _of_bytes(node.left), _of_bytes(node.right)
            return left if left == right else None
        case promql.Call() if node.function in ("rate", "irate"):
            names = list(_names(node))
            return 1.0 if names and all(map(_BYTES.search, names)) else None
    return None


def _scaled(node: promql.Binary) -> float | None:
    if (scaled := scaling(node)) is None:
        return None
    measured, op, number = scaled
    inner = _of_bytes(measured)
    return None if inner is None else inner * number if op == "*" else inner / number


def _names(node: promql.Node) -> Iterator[str]:
    return (one.name or "" for one in promql.walk(node) if isinstance(one, promql.Selector))
