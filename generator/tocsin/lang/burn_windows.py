"""The windows of a burn-rate condition in the notation of a spec: `2% in 1h`, `14.4x in 1h and 5m`."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    import re

_FORM = regex_on_use(
    r"\s*([0-9]{1,9}(?:\.[0-9]{1,9})?)\s*(%|x)\s+in\s+([0-9a-z]+)(?:\s+and\s+([0-9a-z]+))?\s*"
)
_EXAMPLE = "write for example `2% in 1h`, or `14.4x in 1h` for a burn rate"
_SHORTEST_MS = 5 * 60_000
_PARTS = 12
"""The short window is a twelfth of the long one, as the SRE Workbook has it."""
_DIGITS = 6


@value_object
class BurnWindows:
    """How much of the error budget is spent, or how fast, in a long window, and still in a short one."""

    share: Decimal | None
    """Of the budget of the objective's window; None where the factor is written."""
    factor: Decimal | None
    """A burn rate: how many times faster than allowed; None where the share is written."""
    long_ms: int
    short_ms: int

    def factor_in(self, window_ms: int) -> Decimal:
        """The burn rate for an objective over this window; six digits where its decimals are endless."""
        if self.factor is not None:
            return self.factor
        assert self.share is not None, "one of the two is written"
        with localcontext(rounding=ROUND_HALF_EVEN):
            exact = self.share * window_ms / self.long_ms
            return plain(exact) if exact * self.long_ms == self.share * window_ms else _rounded(exact)


def parse_burn_windows(text: str) -> BurnWindows:
    """Read one item of `spent`; LangError where it has another form, or can never hold."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise LangError(f"`{text}` does not say how much is spent in which time", (0, len(text)), _EXAMPLE)
    amount = Decimal(found[1])
    long_ms = _window(found, 3)
    short_ms = max(long_ms // _PARTS, min(_SHORTEST_MS, long_ms)) if found[4] is None else _window(found, 4)
    if amount == 0:
        raise LangError("nothing is always spent", found.span(1), _EXAMPLE)
    if short_ms > long_ms:
        help_ = f"write `{found[1]}{found[2]} in {found[4]} and {found[3]}`"
        raise LangError("the second window is the short one, and here it is longer", found.span(4), help_)
    if found[2] == "%":
        if amount > 100:
            raise LangError("more than the whole error budget cannot be waited for", found.span(1), _EXAMPLE)
        return BurnWindows(amount / 100, None, long_ms, short_ms)
    return BurnWindows(None, plain(amount), long_ms, short_ms)


def window_text(ms: int) -> str:
    """A window as rules and their names write it: whole days, hours or minutes where it is that."""
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if ms % size == 0:
            return f"{ms // size}{unit}"
    return format_duration(ms)


def plain(number: Decimal) -> Decimal:
    """The number without trailing zeros and without an exponent."""
    return Decimal(f"{number.normalize():f}")


def _rounded(number: Decimal) -> Decimal:
    return plain(number.quantize(Decimal(1).scaleb(number.adjusted() - _DIGITS + 1)))


def _window(found: re.Match[str], number: int) -> int:
    start, text = found.start(number), found[number]
    try:
        ms = parse_duration(text)
    except LangError as error:
        span = (start + error.span[0], start + error.span[1])
        raise LangError(error.reason, span, error.help) from None
    if ms == 0:
        raise LangError("a window of no length holds nothing", found.span(number), _EXAMPLE)
    return ms
