"""What a command has to tell: its findings, what it looked for, and how wide the screen is."""

from __future__ import annotations

from typing import TYPE_CHECKING

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

    def open(self) -> list[Diagnostic]:
        """The findings that nobody has accepted."""
        return [one for one in self.diagnostics if one.accepted is None]
