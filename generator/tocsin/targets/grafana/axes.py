"""Axes of panels: their units, where they begin and end, and what the values on them are called."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tocsin.lang.comparisons import COMPARED
from tocsin.targets.grafana.thresholds import DrawnLimit, short, soft_range, threshold_steps, threshold_style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.plan.model import Alert
    from tocsin.targets.grafana.context import Basis

_FULL = {"ratio": 1.0, "percent": 100.0}
_SHOWN = 3
"""The digits of a number that Grafana shows by itself."""


def own_axis(basis: Basis, alert: Alert, limits: Sequence[DrawnLimit], *, positive: bool) -> dict[str, Any]:
    """The axis of an alert's own value; `positive` says that it is never below zero."""
    if alert.unit.kind == "boolean":
        return _truth(basis, limits)
    full = alert.maximum if alert.maximum is not None else _FULL.get(alert.unit.name)
    axis = _axis(limits, alert.minimum, alert.maximum, full, positive=positive)
    return {"unit": alert.unit.grafana, **_decimals(alert, limits), **axis}


def _decimals(alert: Alert, limits: Sequence[DrawnLimit]) -> dict[str, int]:
    """The digits after the point that distinguish a share from its limit, where Grafana shows fewer.

    It shows three digits: of a limit of 99.9 %, kept or broken, the same ones.
    """
    full = _FULL.get(alert.unit.name)
    percents = [] if full is None else [Decimal(str(short(limit.value / full * 100))) for limit in limits]
    needed = [
        1 + max(0, -_exponent(one)) for one in percents if len(one.normalize().as_tuple().digits) >= _SHOWN
    ]
    return {"decimals": max(needed)} if needed else {}


def _exponent(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a limit is a number"
    return exponent


def worst_is_least(alert: Alert, limits: Sequence[DrawnLimit]) -> bool:
    """Whether an alert fires on low values."""
    if alert.unit.kind == "boolean":
        return set(_failing(limits)) == {0}
    return bool(limits) and all(limit.comparison in ("<", "<=") for limit in limits)


def other_axis(name: str, limits: Sequence[DrawnLimit], *, positive: bool) -> dict[str, Any]:
    """The axis on the right of something else that the condition compares."""
    axis = _axis(limits, None, None, positive=positive)
    custom = {**axis["custom"], "axisPlacement": "right", "axisLabel": name}
    return {"unit": "short", **axis, "custom": custom}


def count_axis(limits: Sequence[DrawnLimit]) -> dict[str, Any]:
    """The axis of a number of series."""
    return {"unit": "short", "decimals": 0, **_axis(limits, 0, None, positive=True)}


def _axis(
    limits: Sequence[DrawnLimit],
    minimum: float | None,
    maximum: float | None,
    full: float | None = None,
    *,
    positive: bool,
) -> dict[str, Any]:
    custom: dict[str, Any] = {"thresholdsStyle": {"mode": threshold_style(limits)}}
    lowest, highest = soft_range(limits)
    if positive:
        least = min((limit.value for limit in limits), default=0.0)
        below = bool(limits) and all(limit.comparison in ("<", "<=") for limit in limits)
        # A promise of 99.9 % is kept or broken in the last thousandth.
        lowest = max(0.0, 2 * least - full) if below and full is not None and least < full else 0.0
    # Grafana takes a hard end for the axis' own only where no soft one is set.
    if minimum is None and (limits or positive):
        custom["axisSoftMin"] = short(lowest)
    if maximum is None and limits and highest:
        custom["axisSoftMax"] = highest
    elif maximum is None and limits and positive and full is None:
        # Else Grafana draws up to a hundred while all is nought.
        custom["axisSoftMax"] = 1
    axis: dict[str, Any] = {
        "thresholds": {"mode": "absolute", "steps": threshold_steps(limits)},
        "custom": custom,
    }
    if minimum is not None:
        axis["min"] = minimum
    if maximum is not None:
        axis["max"] = maximum
    return axis


def _truth(basis: Basis, limits: Sequence[DrawnLimit]) -> dict[str, Any]:
    """The axis of what is 0 or 1: in words that are about the alert, and the line between the two."""
    failing = _failing(limits)
    between: tuple[DrawnLimit, ...] = tuple(limits)
    mappings: list[dict[str, Any]] = []
    if len(failing) == 1:
        ((value, limit),) = failing.items()
        between = (DrawnLimit("<" if value == 0 else ">", 0.5, limit.colour),)
        options = {
            str(value): {"text": basis.words.failing, "color": limit.colour, "index": 0},
            str(1 - value): {"text": basis.words.well, "color": basis.calm, "index": 1},
        }
        mappings = [{"type": "value", "options": options}]
    axis = _axis(between, 0.0, 1.0, positive=True)
    return {"unit": "none", "mappings": mappings, **axis}


def _failing(limits: Sequence[DrawnLimit]) -> dict[int, DrawnLimit]:
    """Which of 0 and 1 meets a limit, and which limit."""
    failing: dict[int, DrawnLimit] = {}
    for limit in limits:
        for value in (0, 1):
            if COMPARED[limit.comparison](value, limit.value):
                failing.setdefault(value, limit)
    return failing
