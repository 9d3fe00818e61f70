"""The colours of severities in chats and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ENDED = "#37872d"
"""What is resolved."""
_COLORS = ("#c4162a", "#ff780a", "#f2cc0c")


def severity_colors(names: Sequence[str]) -> list[tuple[str, str]]:
    """A colour for each severity, the most urgent one first; from the third on they share one."""
    return [(name, _COLORS[min(place, len(_COLORS) - 1)]) for place, name in enumerate(names)]
