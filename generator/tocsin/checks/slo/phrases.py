"""The words in which conditions and promises are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.slo import Latency
from tocsin.source.place import Place

if TYPE_CHECKING:
    from fractions import Fraction

    from tocsin.checks.promises import Condition
    from tocsin.plan.slo import Slo


def promise(slo: Slo) -> Place:
    """Where the number stands that the objective promises."""
    written = ("latency", "within") if isinstance(slo.indicator, Latency) else ("objective",)
    return Place((*slo.place.path, *written))


def promised(slo: Slo) -> str:
    """The level up to which the objective is kept."""
    return slo.indicator.limit_text if isinstance(slo.indicator, Latency) else f"{slo.budget_text} bad"


def said(one: Condition) -> str:
    """The level from which on an alternative fires."""
    if one.quantile is not None:
        return f"{level(one)} at the quantile {float(one.quantile):g}"
    return level(one) if one.is_time else f"{level(one)} bad"


def less(one: Condition) -> str:
    """The levels below which one that is the wrong way round fires."""
    return f"it takes less than {level(one)}" if one.is_time else f"less than {level(one)} are bad"


def level(one: Condition) -> str:
    """The threshold of an alternative, in what the objective is told in."""
    if one.is_time:
        return one.rule.threshold_text or f"{float(one.at):g}"
    return f"{float(one.at * 100):g} %"


def times(number: Fraction) -> str:
    """A multiple, as short as can be."""
    return f"{float(number):.3g}"
