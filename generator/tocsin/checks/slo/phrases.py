"""The words in which conditions and objectives are described."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.slo import Latency
from tocsin.source.place import Place

if TYPE_CHECKING:
    from fractions import Fraction

    from tocsin.checks.slo.burn_rates import BurnCondition
    from tocsin.plan.slo import Slo


def place_of_objective(slo: Slo) -> Place:
    """Where the number stands that the objective promises."""
    written = ("latency", "within") if isinstance(slo.indicator, Latency) else ("objective",)
    return Place((*slo.place.path, *written))


def objective_level(slo: Slo) -> str:
    """The level up to which the objective is kept."""
    return slo.indicator.limit_text if isinstance(slo.indicator, Latency) else f"{slo.budget_text} bad"


def firing_level(one: BurnCondition) -> str:
    """The level from which on an alternative fires."""
    if one.quantile is not None:
        return f"{threshold_level(one)} at the quantile {float(one.quantile):g}"
    return threshold_level(one) if one.is_time else f"{threshold_level(one)} bad"


def levels_below(one: BurnCondition) -> str:
    """The levels below which one that is the wrong way round fires."""
    return (
        f"it takes less than {threshold_level(one)}"
        if one.is_time
        else f"less than {threshold_level(one)} are bad"
    )


def threshold_level(one: BurnCondition) -> str:
    """The threshold of an alternative, in what the objective is told in."""
    if one.is_time:
        return one.rule.threshold_text or f"{float(one.at):g}"
    return f"{float(one.at * 100):g} %"


def multiple(number: Fraction) -> str:
    """A multiple, as short as can be."""
    return f"{float(number):.3g}"
