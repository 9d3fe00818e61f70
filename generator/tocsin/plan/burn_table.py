"""What each tier of an objective means: the budget spent when it fires, and how soon it sees an outage."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.objectives import format_share
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.burn import BurnPair, BurnTier
    from tocsin.plan.slo import Promise, Slo


@value_object
class BurnRow:
    """One pair of windows of a tier for one objective, each value as people read it."""

    promise: Promise
    tier: BurnTier
    pair: BurnPair
    objective: Decimal
    factor: str
    threshold: str
    """The share of bad events above which it fires."""
    spent: str
    """The part of the error budget that is spent when it fires, if nothing failed before."""
    outage: str | None
    """How long everything fails before it fires; None where it never does."""


def burn_rows(slo: Slo) -> Iterator[BurnRow]:
    """The rows of an objective with `burn`: each pair of each tier, for each objective that is promised.

    What is promised where no exception holds comes first.
    """
    for promise in slo.promises:
        for tier in promise.tiers:
            for pair in tier.pairs:
                yield from (_row(slo, promise, tier, pair, objective) for objective in promise.objectives)


def _row(slo: Slo, promise: Promise, tier: BurnTier, pair: BurnPair, objective: Decimal) -> BurnRow:
    return BurnRow(
        promise,
        tier,
        pair,
        objective,
        f"{pair.factor:f}",
        format_share(rounded_share(pair.threshold(objective))),
        format_share(rounded_share(pair.spent(parse_duration(slo.window)))),
        outage_text(pair, objective),
    )


def outage_text(pair: BurnPair, objective: Decimal) -> str | None:
    """How long everything fails before the pair fires, in whole seconds; None where it never does."""
    ms = pair.outage_ms(objective)
    return None if ms is None else format_duration(-(-ms // 1000) * 1000)


def rounded_share(share: Decimal) -> Decimal:
    """A share of one, rounded to three significant digits."""
    return share.quantize(Decimal(1).scaleb(min(share.adjusted() - 2, -2)))


def rounded_up(number: Decimal, digits: int) -> Decimal:
    """A number, rounded up to so many significant digits."""
    return number.quantize(Decimal(1).scaleb(number.adjusted() - digits + 1), rounding=ROUND_CEILING)
