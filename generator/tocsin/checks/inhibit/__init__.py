"""Checks of inhibitions: rules that never act, and rules that act on what they should not."""

from tocsin.checks.inhibit.alerts import missing_label, never, unknown_alert, unmet, unrelated, unused
from tocsin.checks.inhibit.shape import circle, everywhere, no_equal, overlap, same
from tocsin.checks.inhibit.written import alertname, pattern

__all__ = [
    "alertname",
    "circle",
    "everywhere",
    "missing_label",
    "never",
    "no_equal",
    "overlap",
    "pattern",
    "same",
    "unknown_alert",
    "unmet",
    "unrelated",
    "unused",
]
