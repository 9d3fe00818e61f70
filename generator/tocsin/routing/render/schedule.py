"""How a notification's schedule reads in one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.plan.model import NotifiedReceiver


def schedule(told: NotifiedReceiver) -> str:
    """When a receiver is told first and again, and outside which times it is not."""
    text = f"group_wait {told.timing.group_wait}, repeat_interval {told.timing.repeat_interval}"
    if told.active_time_intervals:
        text += f", only in {' or '.join(told.active_time_intervals)}"
    if told.mute_time_intervals:
        text += f", not in {' or '.join(told.mute_time_intervals)}"
    return text
