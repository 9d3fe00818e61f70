"""The conditions of burn-rate alerts, as expressions and in words."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

from tocsin.compile.burn.objectives import objective_classes
from tocsin.compile.burn.operands import indented
from tocsin.compile.burn.queries import Events, ReadyShare, indicator_queries
from tocsin.compile.burn.series import slo_series
from tocsin.compile.burn.tiers import at_least, is_recorded
from tocsin.lang.burn_windows import plain
from tocsin.lang.durations import parse_duration
from tocsin.lang.objectives import format_share
from tocsin.plan.burn_table import rounded_share
from tocsin.plan.model import Engine
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from tocsin.compile.burn.objectives import ObjectiveClass
    from tocsin.compile.burn.tiers import Tier
    from tocsin.plan.burn import BurnPair
    from tocsin.spec.model import Spec


def burn_condition(spec: Spec, name: str, tier: Tier) -> str:
    """The expression on which a tier of an objective fires: any of its pairs, for any of the objectives."""
    slo = spec.slos[name]
    classes = objective_classes(slo)
    write = _in_prometheus if is_recorded(spec, slo) else _in_loki
    engine = Engine.PROMETHEUS if is_recorded(spec, slo) else Engine.LOKI
    alternatives = [write(spec, name, pair, one) for pair in tier.pairs for one in classes]
    if len(alternatives) == 1:
        return alternatives[0]
    return "\nor\n".join(f"(\n{indented(one, engine)}\n)" for one in alternatives)


def missing_condition(spec: Spec, name: str) -> str | None:
    """The expression on which nothing measures a group any more; None where only the whole is looked at.

    It holds for a day after a group was last seen.
    """
    if isinstance(indicator_queries(spec.slos[name]), ReadyShare):
        return None
    series = slo_series(spec, name)
    return f"{_seen(spec, name)} unless {series.total()}"


def all_missing_condition(spec: Spec, name: str) -> str:
    """The expression on which nothing measures any group, which holds on and on."""
    found = indicator_queries(spec.slos[name])
    return f"absent({found.share('5m') if isinstance(found, ReadyShare) else _seen(spec, name)})"


def _seen(spec: Spec, name: str) -> str:
    return f"last_over_time({slo_series(spec, name).total()}[1d])"


def condition_words(spec: Spec, name: str, tier: Tier) -> str:
    """When a tier fires: how much of the budget is spent in which time."""
    slo, words = spec.slos[name], TEXTS[spec.project.language].slos
    window_ms = parse_duration(slo.window)
    parts = [
        form.format(format_share(rounded_share(pair.spent(window_ms))), pair.long)
        for pair, form in zip(tier.pairs, chain((words.spent_in,), repeat(words.also_in)), strict=False)
    ]
    least = at_least(spec, slo)
    return "".join(parts) + (words.with_events.format(least) if least > 1 else "")


def _in_prometheus(spec: Spec, name: str, pair: BurnPair, one: ObjectiveClass) -> str:
    series = slo_series(spec, name)
    limit = f"{plain(pair.factor):f} * {one.budget}"
    windows = dict.fromkeys((pair.short, pair.long))
    parts = [f"{series.bad_ratio(window, one.matcher)} > {limit}" for window in windows]
    least = at_least(spec, spec.slos[name])
    if least > 1:
        # What is counted by a rate is no whole number.
        parts.append(f"{series.bad_count(pair.long_ms)} > {least - 1}.5")
    return "\n  and\n".join(parts)


def _in_loki(spec: Spec, name: str, pair: BurnPair, one: ObjectiveClass) -> str:
    events = indicator_queries(spec.slos[name])
    assert isinstance(events, Events), "logs are counted"
    limit = f"{plain(pair.threshold(one.objective)):f}"
    return "\n  and\n".join(
        f"{_log_share(events, window)} > {limit}" for window in dict.fromkeys((pair.short, pair.long))
    )


def _log_share(events: Events, window: str) -> str:
    part, total = events.part(window), events.total(window)
    share = f"(\n  {_moved(part)}\n  /\n  {_moved(total)}\n)"
    return share if events.is_bad else f"(\n  1 -\n  {_moved(part)}\n  /\n  {_moved(total)}\n)"


def _moved(text: str) -> str:
    return indented(text, Engine.LOKI).lstrip()
