"""Pairs of windows, written as a spec has them: `2% in 1h`, `14x in 1h and 5m`."""

from __future__ import annotations

from tocsin.lang.durations import format_duration

_PARTS = 12
_SHORTEST_MS = 5 * 60_000


def spent_text(amount: str, long_ms: int, short_ms: int) -> str:
    """One item of `spent`; `amount` is `2%` of the budget, or the burn rate `14x`.

    The short window is left out where it is a twelfth of the long one, which a spec takes by itself.
    """
    usual = max(long_ms // _PARTS, min(_SHORTEST_MS, long_ms))
    text = f"{amount} in {format_duration(long_ms)}"
    return text if short_ms == usual else f"{text} and {format_duration(short_ms)}"
