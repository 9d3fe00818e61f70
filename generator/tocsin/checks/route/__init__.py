"""Checks of the route tree: of its shape alone, and of where the alerts of the rules go in it."""

from tocsin.checks.route.ends import catch_all, dropped, nobody
from tocsin.checks.route.reach import split, swallowed, unknown_alert, unreachable, unused
from tocsin.checks.route.shape import continue_, depth, group_by, impossible, shadowed
from tocsin.checks.route.times import always_muted, group_wait, late_repeat, repeat_interval
from tocsin.checks.route.written import alertname, pattern

__all__ = [
    "alertname",
    "always_muted",
    "catch_all",
    "continue_",
    "depth",
    "dropped",
    "group_by",
    "group_wait",
    "impossible",
    "late_repeat",
    "nobody",
    "pattern",
    "repeat_interval",
    "shadowed",
    "split",
    "swallowed",
    "unknown_alert",
    "unreachable",
    "unused",
]
