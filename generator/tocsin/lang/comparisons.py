"""The comparisons of both query languages: as functions, turned around, and denied."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Comparison = Literal["==", "!=", ">", "<", ">=", "<="]

COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
OPPOSITE: dict[str, Comparison] = {"==": "!=", "!=": "==", ">": "<=", "<": ">=", ">=": "<", "<=": ">"}
"""The comparison that holds where the other one does not."""
MIRRORED: dict[str, Comparison] = {"==": "==", "!=": "!=", ">": "<", "<": ">", ">=": "<=", "<=": ">="}
"""The comparison with its sides exchanged."""
