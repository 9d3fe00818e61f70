"""A severity's threshold: the operator, the number that the rule compares with, and its words."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.quantities import format_quantity, parse_quantity
from tocsin.source.resolve import WrittenFloat
from tocsin.spec.conditions import COMPARISONS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.spec.conditions import Threshold
    from tocsin.spec.slos import Latency, Slices


@value_object
class ThresholdLimit:
    """The threshold as engines and people read it; `value` is in the unit of the query."""

    operator: str
    value: float
    text: str
    digits: str | None = None
    """How somebody wrote the number, where it is none that would be written so."""

    @property
    def number(self) -> str:
        """The value as PromQL and LogQL write it."""
        return number_text(self.value) if self.digits is None else self.digits


def threshold_limit(threshold: Threshold, unit: str) -> ThresholdLimit:
    """What the threshold means in the unit of the alert; LangError when it means nothing in it."""
    comparison = threshold.comparison
    written = getattr(threshold, comparison)
    limit = _limit(written, COMPARISONS[comparison], unit)
    # Numbers that are equal are one key of a cache, however they are written.
    return replace(limit, digits=written.text) if isinstance(written, WrittenFloat) else limit


def limit_of_latency(latency: Latency) -> ThresholdLimit:
    """How long something may take, in the unit of the histogram; LangError when it means nothing in it."""
    return _limit(latency.within, "<=", latency.unit)


def limit_of_slice(slices: Slices) -> ThresholdLimit:
    """What makes a slice of time good, in the unit of the query; LangError when it means nothing in it."""
    comparison = slices.comparison
    return _limit(getattr(slices, comparison), COMPARISONS[comparison], slices.unit)


# A large spec writes the same few thresholds again and again.
@lru_cache(maxsize=4096)
def _limit(written: float | str, operator: str, unit: str) -> ThresholdLimit:
    value = parse_quantity(written, unit) if isinstance(written, str) else float(written)
    if value != value or value in (float("inf"), float("-inf")):
        raise LangError(f"`{written}` is not a valid threshold", (0, 1), "write a number")
    return ThresholdLimit(operator, value, format_quantity(value, unit))


def number_text(value: float) -> str:
    """A number without an exponent where people would write none."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)
