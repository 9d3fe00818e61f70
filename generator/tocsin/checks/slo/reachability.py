"""Burn-rate alerts that can never fire, that fire late, or that fire while the promise is kept."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.lang.burn_windows import plain, window_text
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.objectives import format_share
from tocsin.plan.burn_table import outage_text, rounded_share

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.plan.burn import BurnPair, BurnTier
    from tocsin.plan.model import Plan
    from tocsin.plan.slo import Promise, Slo

_LATEST_MS = 30 * 60_000
_HALF = Decimal("0.5")
_MINUTE = 60_000


@check("slo/unreachable", Level.ERROR)
def unreachable(plan: Plan) -> Iterator[Finding]:
    """A pair of windows of a burn-rate alert can never fire: not even when everything fails.

    Why:
        It waits for a share of bad events of its factor times the error budget. At 90 % the budget is 10 %,
        and 14.4 times as much is 144 %: no share is above 100 %. The other pairs of the tier do fire, only
        much later than the table of windows makes believe.

    Fix:
        Write a factor that a share can exceed, or leave the pair out; or promise more.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 90%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            burn:
              ticket: {severity: warning, spent: [14.4x in 1h, 6x in 6h]}
            allow: {slo/late: an example}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 90%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            burn:
              ticket: {severity: warning, spent: [5x in 1h, 2x in 6h]}
    """
    for slo, promise, tier in _tiers(plan):
        for pair in tier.pairs:
            dead = [one for one in promise.objectives if not pair.can_fire(one) and _fires(tier, one)]
            if dead:
                objective = max(dead)
                factor = _reachable_factor(objective)
                yield Finding(
                    f"`{tier.name}` can never fire on its window of {pair.long}: "
                    f"{_threshold(pair, objective)}",
                    at=pair.place,
                    also=((promise.place, "promised here"),),
                    help=f"write `{factor}x in {pair.long}`, which a full outage reaches after "
                    f"{_outage(factor, pair, objective)}, or promise at least {_sufficient([pair])}",
                    about=slo.place,
                )


@check("slo/never-pages", Level.ERROR)
def never_pages(plan: Plan) -> Iterator[Finding]:
    """No pair of windows of a tier can ever fire, so its severity is never reached.

    Why:
        The alert exists, it is routed and has a runbook, and when everything fails nobody is notified.

    Fix:
        Write factors that a share can exceed, or promise more.

    Bad:
        slos:
          conversion:
            title: Carts are bought
            objective: 60%
            window: 30d
            ratio:
              bad: sum(rate(carts_total{result="left"}[30d]))
              total: sum(rate(carts_total[30d]))
            burn: {page: critical}

    Good:
        slos:
          conversion:
            title: Carts are bought
            objective: 60%
            window: 30d
            ratio:
              bad: sum(rate(carts_total{result="left"}[30d]))
              total: sum(rate(carts_total[30d]))
            burn:
              page: {severity: critical, spent: [1.25x in 1h]}
            runbook: {actions: {stop: {title: Stop the campaign}}}
    """
    for slo, promise, tier in _tiers(plan):
        dead = [one for one in promise.objectives if not _fires(tier, one)]
        if not dead:
            continue
        objective = max(dead)
        lowest = min(tier.pairs, key=lambda pair: pair.factor)
        shortest = min(tier.pairs, key=lambda pair: pair.long_ms)
        factor = _reachable_factor(objective)
        yield Finding(
            f"`{tier.name}` of `{slo.name}` can never fire: {_threshold(lowest, objective)}",
            at=tier.place,
            also=((promise.place, "promised here"),),
            help=f"write `spent: [{factor}x in {shortest.long}]`, which a full outage reaches after "
            f"{_outage(factor, shortest, objective)}, or promise at least {_sufficient(tier.pairs)}",
            about=slo.place,
        )


@check("slo/late", Level.WARNING)
def late(plan: Plan) -> Iterator[Finding]:
    """The most urgent burn-rate alert fires more than half an hour after everything has begun to fail.

    Why:
        The lower an objective, the longer its error budget lasts, and the usual factors, which suit 99.9 %,
        take hours to see that nothing works at all.

    Fix:
        Give the most urgent tier a smaller factor or a shorter window.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 95%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            burn: {ticket: {severity: warning, spent: [14.4x in 1h]}}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 95%
            window: 30d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[30d]))
              total: sum(rate(checkouts_total[30d]))
            burn: {ticket: {severity: warning, spent: [10x in 1h]}}
    """
    for slo, promise in _promises(plan):
        tiers = promise.tiers
        if not tiers:
            continue
        tier = tiers[0]
        for objective in sorted(promise.objectives):
            urgent = [other for other in tiers if other.severity == tier.severity]
            if any(not pair.can_fire(objective) for other in urgent for pair in other.pairs):
                continue  # That is reported for itself.
            found = [
                (ms, pair)
                for other in urgent
                for pair in other.pairs
                if (ms := pair.outage_ms(objective)) is not None
            ]
            if not found:
                continue
            noticed, pair = min(found, key=lambda one: one[0])
            held = noticed + parse_duration(tier.for_)
            if held > _LATEST_MS and parse_duration(tier.for_) < _LATEST_MS:
                yield _late(slo, promise, tier, pair, objective, held)
                break


@check("slo/within-budget", Level.ERROR)
def within_budget(plan: Plan) -> Iterator[Finding]:
    """A burn-rate alert fires while the promise is kept.

    Why:
        A factor below 1 means that the error budget burns more slowly than allowed: it would last for longer
        than the whole window. Sloth's tables do it for 28d and 7d, with factors of 0.93 and 0.98.

    Fix:
        Write a factor of 1 or more, a larger share, or a shorter window.

    Bad:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.9%
            window: 28d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[28d]))
              total: sum(rate(checkouts_total[28d]))
            burn: {ticket: {severity: warning, spent: [10% in 3d, 10% in 6h]}}

    Good:
        slos:
          checkout:
            title: Checkouts succeed
            objective: 99.9%
            window: 28d
            ratio:
              bad: sum(rate(checkouts_total{result="failed"}[28d]))
              total: sum(rate(checkouts_total[28d]))
            burn: {ticket: {severity: warning, spent: [1x in 3d, 10% in 6h]}}
    """
    for slo, _, tier in _tiers(plan):
        window_ms = parse_duration(slo.window)
        for pair in tier.pairs:
            if pair.factor >= 1:
                continue
            spent = pair.spent(window_ms)
            hours = int(spent * window_ms / 3_600_000)
            share = format_share(rounded_share(spent)).replace(" ", "")
            shorter = f", or `{share} in {window_text(hours * 3_600_000)}`" if hours else ""
            yield Finding(
                f"`{tier.name}` fires while the promise is kept: at {plain(pair.factor):f} times the allowed "
                f"rate the error budget outlasts {slo.window}",
                at=pair.place,
                help=f"write `1x in {pair.long}`{shorter}",
                about=slo.place,
            )


def _tiers(plan: Plan) -> Iterator[tuple[Slo, Promise, BurnTier]]:
    for slo, promise in _promises(plan):
        for tier in promise.tiers:
            yield slo, promise, tier


def _promises(plan: Plan) -> Iterator[tuple[Slo, Promise]]:
    for slo in plan.slos:
        for promise in slo.promises:
            yield slo, promise


def _fires(tier: BurnTier, objective: Decimal) -> bool:
    return any(pair.can_fire(objective) for pair in tier.pairs)


def _threshold(pair: BurnPair, objective: Decimal) -> str:
    return (
        f"{plain(pair.factor):f} times the budget of {format_share(1 - objective)} is "
        f"{format_share(rounded_share(pair.threshold(objective)))}, and no share is above 100 %"
    )


def _reachable_factor(objective: Decimal) -> Decimal:
    """A factor that half of all events exceed, or, of a low objective, one between 1 and what all do."""
    budget = 1 - objective
    factor = _HALF / budget
    if factor < 1:
        factor = (1 + 1 / budget) / 2
    return _down(factor)


def _sufficient(pairs: Sequence[BurnPair]) -> str:
    """The least objective with which all pairs can fire, and one of them soon enough."""
    reached = max(1 - 1 / pair.factor for pair in pairs)
    soon = min(1 - _LATEST_MS / (pair.factor * pair.long_ms) for pair in pairs)
    least = max(reached, soon, Decimal(0))
    rounded = least.quantize(Decimal("0.001"), rounding=ROUND_FLOOR) + Decimal("0.001")
    return format_share(rounded)


def _down(number: Decimal) -> Decimal:
    rounded = number.quantize(Decimal(1).scaleb(number.adjusted() - 2), rounding=ROUND_FLOOR)
    return plain(max(rounded, Decimal(1)))


def _outage(factor: Decimal, pair: BurnPair, objective: Decimal) -> str:
    reached = outage_text(replace(pair, factor=factor), objective)
    assert reached is not None, "the factor is one that can be reached"
    return reached


def _late(
    slo: Slo, promise: Promise, tier: BurnTier, pair: BurnPair, objective: Decimal, held: int
) -> Finding:
    written = f"{plain(pair.factor):f}x in {pair.long}"
    left = _LATEST_MS - parse_duration(tier.for_)
    ways = []
    factor = (
        _down(left / (pair.long_ms * (1 - objective))) if left >= pair.long_ms * (1 - objective) else None
    )
    if factor is not None:
        ways.append(f"`{factor}x in {pair.long}`")
    shorter = int(left / pair.threshold(objective)) // _MINUTE * _MINUTE
    if shorter >= 5 * _MINUTE:
        ways.append(f"`{plain(pair.factor):f}x in {window_text(_round_window(shorter))}`")
    return Finding(
        f"when everything fails, `{tier.name}` of `{slo.name}` fires after "
        f"{format_duration(-(-held // 1000) * 1000)}",
        at=pair.place,
        label=f"{written}: {outage_text(pair, objective)}",
        also=((promise.place, "promised here"),),
        help=f"write {' or '.join(ways)} in place of `{written}`" if ways else "promise more",
        about=slo.place,
    )


def _round_window(ms: int) -> int:
    """A window that people write, not above this one."""
    for minutes in (60, 45, 30, 20, 15, 10, 5):
        if ms >= minutes * _MINUTE:
            return max(minutes * _MINUTE, ms // 3_600_000 * 3_600_000)
    return ms
