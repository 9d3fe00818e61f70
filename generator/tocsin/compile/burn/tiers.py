"""The tiers of an objective's burn-rate alerts with every default filled in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.lang.burn_windows import BurnWindows, parse_burn_windows, window_text
from tocsin.lang.durations import parse_duration
from tocsin.plan.burn import BurnPair
from tocsin.source.place import Place
from tocsin.spec.burn import BurnTier, Missing
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.burn import BurnDefaults
    from tocsin.spec.model import Spec
    from tocsin.spec.slos import Slo

DEFAULT_SPENT = {"page": ("14.4x in 1h", "6x in 6h"), "ticket": ("3x in 1d", "1x in 3d")}
"""The factors of Google's SRE Workbook, with the one over a day that Sloth and the mixins add.

They are kept for any window, so that how soon an alert fires does not depend on it.
"""
LONGEST_RAW_MS = 6 * 3_600_000
"""Longer windows are derived from what is recorded over five minutes."""
_WORD = re.compile(r"[A-Za-z0-9]+")


@value_object
class Tier:
    """One tier; what an author forgot is None or empty, and reported before there is a plan."""

    name: str
    severity: str | None
    alert: str
    pairs: tuple[BurnPair, ...]
    settings: BurnTier
    place: Place
    """Of the tier, or of `burn` where the project's defaults have it."""
    left_out: tuple[str, ...]
    """The windows that it would have by default, and that do not fit the objective."""


def is_recorded(spec: Spec, slo: Slo) -> bool:
    """Whether Prometheus has what the objective is measured by; otherwise only Loki can look at it."""
    return slo.ratio is None or slo.ratio.engine == "prometheus" or spec.project.loki.remote_write


@answered_once
def burn_tiers(spec: Spec, name: str) -> tuple[Tier, ...]:
    """The tiers of an objective with `burn`, the most urgent severity first."""
    slo = spec.slos[name]
    assert slo.burn is not None, "only objectives with `burn` have tiers"
    own, general = dict(_written(slo.burn)), spec.project.defaults.burn
    defaults = {} if general is None else dict(_written(general))
    found = [_tier(spec, name, tier, own.get(tier), defaults.get(tier)) for tier in (own or defaults)]
    ranks = {severity: one.rank for severity, one in spec.severities.items()}
    return tuple(sorted(found, key=lambda tier: ranks.get(tier.severity or "", len(ranks))))


def alert_name(name: str, ending: str) -> str:
    """The name of an alert for an objective of a name, such as `CheckoutBudgetBurn`."""
    words = "".join(word[:1].upper() + word[1:] for word in _WORD.findall(name))
    return f"{'Slo' if not words or words[0].isdigit() else ''}{words}{ending}"


@answered_once
def missing_alert(spec: Spec, name: str) -> Missing | None:
    """The alert for missing data with its name and severity; None where there is none."""
    slo = spec.slos[name]
    assert slo.burn is not None, "only objectives with `burn` have such an alert"
    general = spec.project.defaults.burn
    written = slo.burn.missing
    if written is None and general is not None:
        written = general.missing
    # Where nothing was logged nothing is counted, which is no fault of the logs.
    is_log = slo.ratio is not None and slo.ratio.engine == "loki"
    if written == "none" or (written is None and is_log):
        return None
    settings = written if isinstance(written, Missing) else Missing(severity=written)
    tiers = burn_tiers(spec, name)
    return settings.model_copy(
        update={
            "alert": settings.alert or alert_name(name, "BudgetMissing"),
            "severity": settings.severity or (tiers[-1].severity if tiers else None),
        }
    )


def at_least(spec: Spec, slo: Slo) -> int:
    """How many bad events there have to be in the long window."""
    general = spec.project.defaults.burn
    own = None if slo.burn is None else slo.burn.at_least
    return own or (general and general.at_least) or 1


def interval_of(spec: Spec, slo: Slo) -> str:
    """How often the rules are evaluated."""
    general = spec.project.defaults.burn
    own = None if slo.burn is None else slo.burn.interval
    default = spec.project.defaults.interval
    # Windows are cut to evaluations, so an objective needs to know how often they are.
    return own or (general and general.interval) or ("1m" if default == "none" else default)


def _written(burn: BurnDefaults) -> Iterator[tuple[str, BurnTier]]:
    for name, written in (("page", burn.page), ("ticket", burn.ticket), *burn.tiers.items()):
        if isinstance(written, str):
            yield name, BurnTier(severity=written)
        elif written is not None:
            yield name, written


def _tier(spec: Spec, slo_name: str, name: str, own: BurnTier | None, default: BurnTier | None) -> Tier:
    slo = spec.slos[slo_name]
    assert slo.burn is not None, "only objectives with `burn` have tiers"
    general = default or BurnTier()
    mine = own or BurnTier()
    place = _place(slo_name, name, own)
    written = mine.spent or general.spent
    items = [(parse_burn_windows(text), _item(place, mine, number)) for number, text in enumerate(written)]
    left_out: list[str] = []
    if not written:
        for text in DEFAULT_SPENT.get(name, ()):
            windows = parse_burn_windows(text)
            if _fits(spec, slo, windows):
                items.append((windows, place))
            else:
                left_out.append(window_text(windows.long_ms))
    window_ms = parse_duration(slo.window)
    return Tier(
        name=name,
        severity=mine.severity or general.severity,
        alert=mine.alert or slo.burn.alert or alert_name(slo_name, "BudgetBurn"),
        pairs=tuple(
            BurnPair(
                windows.factor_in(window_ms),
                window_text(windows.long_ms),
                window_text(windows.short_ms),
                windows.long_ms,
                windows.short_ms,
                at,
            )
            for windows, at in items
        ),
        settings=mine.model_copy(
            update={
                "for_": mine.for_ or general.for_,
                "keep_firing_for": mine.keep_firing_for or general.keep_firing_for,
                "labels": {**general.labels, **mine.labels},
                "annotations": {**general.annotations, **mine.annotations},
            }
        ),
        place=place,
        left_out=tuple(left_out),
    )


def _fits(spec: Spec, slo: Slo, windows: BurnWindows) -> bool:
    """Whether windows that nobody wrote make sense for the objective."""
    if not is_recorded(spec, slo) and windows.long_ms > LONGEST_RAW_MS:
        return False
    return windows.long_ms * 2 <= parse_duration(slo.window)


def _place(slo: str, tier: str, own: BurnTier | None) -> Place:
    if own is None:
        return Place(("slos", slo, "burn"), key=True)
    below = (tier,) if tier in DEFAULT_SPENT else ("tiers", tier)
    return Place(("slos", slo, "burn", *below), key=True)


def _item(place: Place, own: BurnTier, number: int) -> Place:
    return Place((*place.path, "spent", number)) if own.spent else place
