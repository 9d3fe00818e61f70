"""What became of the objectives: promised, given up, or promised otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.changes import Detail, SloChange
from tocsin.plan.slo import Latency, Share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.plan.slo import Query, Slo


def changed_slos(old: Plan, new: Plan) -> Iterator[SloChange]:
    """The objectives that differ, by name."""
    before = {slo.name: slo for slo in old.slos}
    after = {slo.name: slo for slo in new.slos}
    for name in sorted({*before, *after}):
        if name not in before:
            yield SloChange("added", name)
        elif name not in after:
            yield SloChange("removed", name)
        elif details := tuple(_details(before[name], after[name])):
            yield SloChange("changed", name, details)


def _details(old: Slo, new: Slo) -> Iterator[Detail]:
    was, now = _told(old), _told(new)
    for what in dict.fromkeys((*was, *now)):
        if was.get(what) != now.get(what):
            yield Detail(what, was.get(what), now.get(what))


def _told(slo: Slo) -> dict[str, str | None]:
    indicator = slo.indicator
    if isinstance(indicator, Latency):
        measured: dict[str, str | None] = {
            "within": indicator.limit_text,
            "buckets": _without_window(slo, indicator.buckets),
        }
    elif isinstance(indicator, Share):
        measured = {"share": _without_window(slo, indicator.bad)}
    else:
        measured = {
            "good": _without_window(slo, indicator.good),
            "bad": _without_window(slo, indicator.bad),
            "total": _without_window(slo, indicator.total),
        }
    return {
        "objective": slo.objective_text,
        "window": slo.window,
        **measured,
        "watched by": ", ".join(sorted(slo.alerts)) or None,
    }


def _without_window(slo: Slo, query: Query | None) -> str | None:
    """The query, in which the window is no news: it is told by itself."""
    return None if query is None else " ".join(query.text.split()).replace(f"[{slo.window}]", "[window]")
