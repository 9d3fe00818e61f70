"""What a session knows of a project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Level

if TYPE_CHECKING:
    import asyncio
    from pathlib import Path

    from tocsin.existing.input import Input
    from tocsin.lsp.check_result import Analysis
    from tocsin.lsp.projects import Project as Paths
    from tocsin.workspace.load import Planned


@dataclass(eq=False, repr=False)
class Project:
    """A project, and what is known of it."""

    paths: Paths
    analysis: Analysis | None = None
    last_plan: Analysis | None = None
    """The newest analysis with a plan."""
    last_sound: Analysis | None = None
    """The newest of these without an error: what is being written may hide what stands around it."""
    checked: dict[Path, str] = field(default_factory=dict)
    """The open documents as they were when the analysis was made."""
    shown: set[str] = field(default_factory=set)
    """The files for which something is shown."""
    timer: asyncio.TimerHandle | None = None
    is_running: bool = False
    is_outdated: bool = False

    def take(self, analysis: Analysis, texts: dict[Path, str]) -> None:
        """Know from now on what a check of these open documents has found."""
        self.analysis, self.checked = analysis, texts
        if analysis.has_plan:
            self.last_plan = analysis
            if not any(one.level is Level.ERROR for one in analysis.findings):
                self.last_sound = analysis

    @property
    def plans(self) -> tuple[Planned, ...]:
        """The newest plans that could be made, one of each environment or estate."""
        return () if self.last_plan is None else self.last_plan.read.value.plans

    @property
    def states(self) -> list[tuple[Planned, ...]]:
        """The newest plans that could be made, and those of the newest sound state."""
        known = [self.last_plan] if self.last_plan is self.last_sound else [self.last_plan, self.last_sound]
        return [one.read.value.plans for one in known if one is not None]

    def sound_file(self, name: str) -> Input | None:
        """The newest version of a file that could be read as YAML."""
        return None if self.analysis is None else self.analysis.read.value.sound.get(name)
