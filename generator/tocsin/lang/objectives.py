"""Objectives such as `99.5%`: the exact share of what has to be good, and the time that the rest makes."""

from __future__ import annotations

import re
from decimal import ROUND_FLOOR, Decimal

from tocsin.lang.errors import LangError

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,15})?)\s*%")
_NUMBER = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,15})?")
_MINUTE = 60_000


def parse_objective(text: str) -> Decimal:
    """The share of one that an objective in per cent means, such as 0.995; it lies between 0 and 1."""
    span, shown = (0, len(text)), text.strip()
    found = _PERCENT.fullmatch(shown)
    if found is None:
        raise _not_an_objective(text, shown)
    share = Decimal(found[1]) / 100
    if share == 0:
        raise LangError("an objective of 0 % promises nothing", span, "write for example `99.5%`")
    if share == 1:
        reason = "an objective of 100 % leaves no error budget: whatever fails breaks it for good"
        raise LangError(reason, span, "write for example `99.9%`")
    if share > 1:
        raise LangError(f"`{shown}` is more than there is", span, "write for example `99.5%`")
    return share


def format_share(share: Decimal) -> str:
    """A share of one in per cent, such as `99.5 %`."""
    return f"{(share * 100).normalize():f} %"


def budget_ms(objective: Decimal, window_ms: int) -> int:
    """How many milliseconds of a window everything may be bad; whole seconds from a minute on."""
    exact = (1 - objective) * window_ms
    unit = 1000 if exact >= _MINUTE else 1
    return int((exact / unit).to_integral_value(ROUND_FLOOR)) * unit


def _not_an_objective(text: str, shown: str) -> LangError:
    reason, span = f"`{shown}` is not an objective", (0, len(text))
    number = re.sub(
        r"(?<=[0-9]),(?=[0-9])", ".", re.sub(r"(?i)\s*(?:%|percent|per cent|prozent)$", "", shown)
    )
    if not _NUMBER.fullmatch(number):
        return LangError(reason, span, "write how much has to be good, in per cent: `99.5%`")
    share = Decimal(number) * (100 if Decimal(number) < 1 and number == shown else 1)
    meant = f"{share.normalize():f}%"
    return LangError(reason, span, f"write `{meant}`", meant)
