"""Everything the spec says of one objective, with what its burn-rate alerts come to, for `tocsin explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.objectives import format_share
from tocsin.plan.burn_table import burn_rows
from tocsin.plan.slo import Latency

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.slo import Promise, Slo

_HEAD = ("tier", "severity", "windows", "factor", "bad above", "spent", "full outage after")


def explain_slo(slo: Slo) -> list[tuple[str, list[str]]]:
    """Sections of the objective: what is promised, the table of its tiers, its alerts, how it is measured.

    What is otherwise for some of its groups follows the table of all others.
    """
    within = _within(slo)
    promised = [
        f"{slo.objective_text} good{within} over {slo.window}",
        *(f"{slo.by}={one.value}: {format_share(one.objective)}" for one in slo.objectives),
        f"error budget: {slo.budget_text}, as much as {slo.budget_time} in which everything fails",
        f"owner: {slo.team or 'nobody'}",
    ]
    sections = [(slo.name, [slo.title, *promised]), *_burn(slo), *_exceptions(slo)]
    sections.append(("Alerts", list(slo.alerts) or ["none"]))
    sections.append(("Measured by", slo.query.split("\n")))
    return sections


def _within(slo: Slo) -> str:
    return f" within {slo.indicator.limit_text}" if isinstance(slo.indicator, Latency) else ""


def _burn(slo: Slo) -> Iterator[tuple[str, list[str]]]:
    burn = slo.burn
    if burn is None:
        return
    lines = list(_tiers(slo, slo.promises[0]))
    if burn.at_least > 1:
        lines.append(f"only with at least {burn.at_least} bad events in the long window")
    yield "Tiers", [*lines, *_held(slo.promises[0])]
    where = "recorded by Prometheus" if burn.recorded else "evaluated by Loki, from the logs alone"
    missing = (
        f"missing data is reported by {burn.missing}" if burn.missing else "missing data is not reported"
    )
    yield "Rules", [f"group {burn.rule_group}, every {burn.interval}, {where}", missing]


def _exceptions(slo: Slo) -> Iterator[tuple[str, list[str]]]:
    """What is otherwise for some groups."""
    for one in slo.exceptions:
        objectives = " or ".join(map(format_share, one.objectives))
        promised = [f"{objectives} good{_within(slo)} over {slo.window}", f"owner: {one.team or 'nobody'}"]
        yield f"Where {one.selected}", [*promised, *_tiers(slo, one), *_held(one)]
    for off in slo.unwatched:
        yield f"Where {off.selected}", [f"switched off: {off.reason}"]


def _tiers(slo: Slo, promise: Promise) -> Iterator[str]:
    """The table of what is promised of some groups."""
    several = len(promise.objectives) > 1
    rows = [
        (
            row.tier.name,
            row.tier.severity,
            f"{row.pair.long} and {row.pair.short}",
            row.factor,
            row.threshold,
            row.spent,
            (row.outage or "never") + (f" at {format_share(row.objective)}" if several else ""),
        )
        for row in burn_rows(slo)
        if row.promise == promise
    ]
    return (line.rstrip() for line in _table([_HEAD, *rows])) if rows else iter(())


def _held(promise: Promise) -> Iterator[str]:
    """Of the tiers that have to hold for some time, for how long."""
    held = (tier for tier in promise.tiers if tier.for_ != "0s")
    return (f"{tier.name}: {tier.for_} later, for as long as it has to hold" for tier in held)


def _table(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    rows = list(rows)
    widths = [max(len(row[number]) for row in rows) for number in range(len(rows[0]))]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
