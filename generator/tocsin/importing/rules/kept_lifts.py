"""The lifts that are made of the rule files of an import, as long as the rules stay the same."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from tocsin.importing.dashboard_panels import DashboardPanels
from tocsin.importing.rules.lifts import (
    LIFTS,
    OF_ALERTS,
    PAGES,
    PANELS,
    PROJECT,
    draw_as_panels,
    join_pages,
    lift_group,
)
from tocsin.importing.rules.model import ImportedAlert
from tocsin.importing.rules.project_labels import share_with_project
from tocsin.importing.runbook_pages import RunbookPages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from tocsin.importing.rules.rule_file import RuleFile
    from tocsin.importing.runbook_pages import RunbookPage


class Beside(NamedTuple):
    """What stands beside rule files and is about their alerts."""

    pages: RunbookPages = RunbookPages()
    panels: DashboardPanels = DashboardPanels()


class KeptLifts:
    """The lifts that are still made: what a spec cannot hold, or makes otherwise, is written as it stands."""

    def __init__(self, files: Iterable[RuleFile], lifts: Collection[str], beside: Beside) -> None:
        groups = [group.key for file in files for group in file.groups]
        self._lifts = {key: [name for name in LIFTS if name in lifts] for key in groups}
        self._plain: dict[str, set[str]] = {key: set() for key in groups}
        self._pages = beside.pages if PAGES in lifts else RunbookPages()
        self._panels = beside.panels if PANELS in lifts else DashboardPanels()
        self._apart: dict[str, set[str]] = {key: set() for key in groups}
        self._shares_with_project = PROJECT in lifts
        self._joined: set[tuple[str, str]] = set()

    def lift(self, files: Iterable[RuleFile]) -> list[RuleFile]:
        """The files after their lifts."""
        lifted = [self._lifted(file) for file in files]
        return share_with_project(lifted) if self._shares_with_project else lifted

    def leave_project(self) -> bool:
        """Leave labels where they are that could stand at the project; False where that was done before."""
        was, self._shares_with_project = self._shares_with_project, False
        return was

    def _lifted(self, file: RuleFile) -> RuleFile:
        groups = (lift_group(group, self._lifts[group.key], self._plain[group.key]) for group in file.groups)
        if self._pages:
            groups = (join_pages(group, self._pages, self._apart[group.key]) for group in groups)
        if self._panels:
            groups = (draw_as_panels(one, self._panels, self._plain[one.key]) for one in groups)
        made = replace(file, groups=tuple(groups))
        self._joined |= set(joined_pages([made]))
        return made

    def leave_page(self, group: str, alert: str) -> None:
        """Leave the page of an alert where it is."""
        self._apart[group].add(alert)
        self._joined.discard((group, alert))

    def take_back(self, group: str, alert: str | None) -> bool:
        """Lift less in an alert, or in a group where none is known; False where nothing was lifted."""
        if alert is not None and (group, alert) in self._joined:
            self.leave_page(group, alert)
            return True
        is_lifted = self._panels or OF_ALERTS & {*self._lifts[group]}
        if alert is not None and alert not in self._plain[group] and is_lifted:
            self._plain[group].add(alert)
            return True
        if not self._lifts[group]:
            return False
        self._lifts[group] = []
        return True


def joined_pages(files: Iterable[RuleFile]) -> dict[tuple[str, str], RunbookPage]:
    """The pages that became runbooks, by the keys of their groups and alerts."""
    return {
        (group.key, item.key): item.page
        for file in files
        for group in file.groups
        for item in group.items
        if isinstance(item, ImportedAlert) and item.page is not None
    }
