"""The series of a case, read back from promtool's notation."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Selector
from tocsin.lang.promql.evaluate import Series
from tocsin.lang.promql.parser import parse_promql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.cases import Case

_NUMBER = r"[+-]?(?:[0-9.]+(?:[eE][+-]?[0-9]+)?|[Ii]nf|NaN)"
_ITEM = re.compile(rf"({_NUMBER}|_)(?:([+-](?:[0-9.]+(?:[eE][+-]?[0-9]+)?)))?(?:x([0-9]+))?")


def series_of(case: Case) -> list[Series] | None:
    """The series as an evaluator takes them; None where one cannot be read, such as a native histogram."""
    found = []
    for name, text in case.series:
        labels = _labels(name)
        if labels is None:
            return None
        times: list[int] = []
        values: list[float] = []
        count = 0
        for item in text.split():
            read = _ITEM.fullmatch(item)
            if read is None:
                return None
            samples = list(_samples(*read.groups()))
            for index, value in enumerate(samples, count):
                if value is not None:
                    times.append(index * case.step * 1000)
                    values.append(value)
            count += len(samples)
        found.append(Series(labels, times, values))
    return found


def _labels(text: str) -> dict[str, str] | None:
    try:
        tree = parse_promql(text)
    except LangError:
        return None
    if not isinstance(tree, Selector):
        return None
    labels = {"__name__": tree.name} if tree.name else {}
    return {**labels, **{matcher.name: matcher.value for matcher in tree.matchers}}


def _samples(first: str, step: str | None, more: str | None) -> Iterator[float | None]:
    """One item: `_x3` is three gaps, `1x3` four samples."""
    if first == "_":
        yield from [None] * int(more or 1)
        return
    value, growth = float(first), float(step or 0)
    for _ in range(int(more or 0) + 1):
        yield value
        value += growth
