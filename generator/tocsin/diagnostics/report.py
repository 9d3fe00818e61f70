"""What a command has to tell: its findings, what it looked for, and how wide the screen is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diagnostics.model import worst_first
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.diagnostics.model import Diagnostic, Level


@value_object
class Sought:
    """A check that ran, with its level and its claim in one sentence."""

    id: str
    level: Level
    claim: str


@value_object
class Report:
    """Findings in order; `sought` are the checks that ran, also those that found nothing."""

    diagnostics: tuple[Diagnostic, ...]
    sought: tuple[Sought, ...] = ()
    colour: bool = False
    width: int = 80
    folds: bool = False
    """Whether messages are folded to the width, as on a screen."""

    def open(self) -> list[Diagnostic]:
        """The findings that nobody has accepted, worst first."""
        return worst_first(one for one in self.diagnostics if one.accepted is None)
