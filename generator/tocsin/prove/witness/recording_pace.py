"""Recordings that come too seldom: between two of them a query sees nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration
from tocsin.prove.witness.evaluate.series import LOOKBACK
from tocsin.prove.witness.labels.constraints import label_constraints

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.labels.constraints import Occurrence

_OF_TWO_SAMPLES = frozenset(
    {"rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "holt_winters"}
)


def too_seldom(tree: Node, hold: float, every: float, paces: Mapping[str, float]) -> str | None:
    """Why a rule that is evaluated `every` so many seconds cannot fire; None where it may.

    `paces` are the seconds between two samples of each metric that a rule records. Prometheus sees a sample
    for five minutes, so that nothing that it reads by itself lasts longer than that.
    """
    found = label_constraints(tree)
    if found.ways > 1:
        return None
    for occurrence in found.occurrences:
        pace = paces.get(occurrence.selector.name or "")
        if pace is not None and occurrence.wanted and occurrence.sure:
            reason = _unseen(occurrence, hold, every, pace)
            if reason is not None:
                return reason
    return None


def _unseen(occurrence: Occurrence, hold: float, every: float, pace: float) -> str | None:
    name, seen = occurrence.selector.name, LOOKBACK / 1000
    around = occurrence.path[-1] if occurrence.path else ""
    if occurrence.range is not None:
        if around in _OF_TWO_SAMPLES and occurrence.range <= pace:
            window = _shown(occurrence.range)
            return f"`{around}` needs two samples in {window}, and `{name}` is recorded every {_shown(pace)}"
        return None
    # A rule that is evaluated as seldom may come right after the recording each time.
    if "[:]" in occurrence.path or pace <= seen or every >= pace or hold < seen:
        return None
    told = f"`{name}` is recorded every {_shown(pace)} and seen for {_shown(seen)}"
    return f"{told}, so that nothing lasts for {_shown(hold)}"


def _shown(seconds: float) -> str:
    return format_duration(round(seconds * 1000))
