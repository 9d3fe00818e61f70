"""Sloth's alert windows: how much of the error budget is spent in which windows, by the period of the SLO.

Its own catalogue is `internal/alert/windows` in slok/sloth; files with `kind: AlertWindows` replace it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.importing.fields import Fields, duration_ms, number
from tocsin.importing.pairs import spent_text
from tocsin.lang.durations import parse_duration
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.importing.notes import Notes
    from tocsin.source.node import MappingNode

_DAY_MS = 86_400_000
DEFAULT_PERIOD = "30d"


@value_object
class AlertWindows:
    """The pairs of windows of both alerts."""

    page: tuple[str, ...]
    ticket: tuple[str, ...]


_PAGE = ("2% in 1h", "5% in 6h")
_TICKET = ("10% in 1d", "10% in 3d")
# Those of 30 days are what the tiers `page` and `ticket` of a spec have by themselves.
BUILT_IN = {30 * _DAY_MS: AlertWindows((), ()), 28 * _DAY_MS: AlertWindows(_PAGE, _TICKET)}


def read_alert_windows(node: MappingNode, notes: Notes) -> tuple[str, AlertWindows]:
    """The period and the windows of a file; RefusedError where something in it is missing or wrong."""
    fields = Fields(node, "AlertWindows")
    fields.ignore("apiVersion", "kind", "metadata")
    spec = fields.required_fields("spec", "AlertWindows")
    period = spec.required_text("sloPeriod")
    duration_ms(period)
    tiers = [spec.required_fields(tier, "AlertWindows") for tier in ("page", "ticket")]
    page, ticket = (
        tuple(_pair(tier.required_fields(speed, "a pair of windows")) for speed in ("quick", "slow"))
        for tier in tiers
    )
    notes.unread(fields.all)
    message = f"these alert windows are taken for the SLOs of Sloth with a period of {period.value}"
    help_ = "leave this file out if Sloth runs without `--slo-period-windows-path`"
    notes.add("import/windows", message, period.node.span, help_)
    assert isinstance(period.value, str), "it was read as a string"
    return period.value, AlertWindows(page, ticket)


def default_period(catalogue: dict[str, AlertWindows]) -> str:
    """The period of SLOs, where nobody says which: Sloth's own default, or the only one of a catalogue."""
    periods = {parse_duration(period) for period in catalogue}
    if len(catalogue) == 1 and 30 * _DAY_MS not in periods:
        return next(iter(catalogue))
    return DEFAULT_PERIOD


def _pair(fields: Fields) -> str:
    percent = number(fields.required_text("errorBudgetPercent"))
    long = duration_ms(fields.required_text("longWindow"))
    short = duration_ms(fields.required_text("shortWindow"))
    return spent_text(f"{percent.normalize():f}%", long, short)
