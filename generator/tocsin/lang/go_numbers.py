"""Numbers as Go's `strconv.FormatFloat(value, 'f', -1, 64)` writes them."""

from __future__ import annotations

import math
from decimal import Decimal


def go_float(value: float) -> str:
    """The shortest text that reads back as the value, without an exponent."""
    if value != value:
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0") if "." in text else text
