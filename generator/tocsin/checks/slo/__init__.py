"""Checks of service level objectives: what measures them, and the alerts that watch."""

from tocsin.checks.slo.indicators import empty, join, range_, ratio
from tocsin.checks.slo.thresholds import looser, slow_burn, stricter
from tocsin.checks.slo.watching import reversed_, unwatched, window

__all__ = [
    "empty",
    "join",
    "looser",
    "range_",
    "ratio",
    "reversed_",
    "slow_burn",
    "stricter",
    "unwatched",
    "window",
]
