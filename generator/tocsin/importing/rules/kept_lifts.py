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
    runbook_address,
)
from tocsin.importing.rules.model import ImportedAlert
from tocsin.importing.rules.project_labels import share_with_project
from tocsin.importing.runbook_pages import RunbookPages

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from tocsin.importing.rules.rule_file import RuleFile
    from tocsin.importing.runbook_pages import RunbookPage


_STEPS = ((PANELS, *OF_ALERTS[0]), OF_ALERTS[1])
"""What is taken back of an alert together, one after the other."""
_OF_ALERTS = [name for names in _STEPS for name in names]


class Beside(NamedTuple):
    """What stands beside rule files and is about their alerts."""

    pages: RunbookPages = RunbookPages()
    panels: DashboardPanels = DashboardPanels()


class KeptLifts:
    """The lifts that are still made: what a spec cannot hold, or makes otherwise, is written as it stands."""

    def __init__(self, files: Iterable[RuleFile], lifts: Collection[str], beside: Beside) -> None:
        groups = [group.key for file in files for group in file.groups]
        self._lifts = {key: [name for name in LIFTS if name in lifts] for key in groups}
        self._left: dict[str, dict[str, set[str]]] = {
            key: {name: set() for name in _OF_ALERTS} for key in groups
        }
        """The alerts of each group that a lift leaves as they are."""
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
        groups = (lift_group(group, self._lifts[group.key], self._left[group.key]) for group in file.groups)
        if self._pages:
            groups = (join_pages(group, self._pages, self._apart[group.key]) for group in groups)
        if self._panels:
            groups = (draw_as_panels(one, self._panels, self._left[one.key][PANELS]) for one in groups)
        made = replace(file, groups=tuple(groups))
        self._joined |= set(joined_pages([made]))
        return made

    def leave_page(self, group: str, alert: str) -> None:
        """Leave the page of an alert where it is."""
        self._apart[group].add(alert)
        self._joined.discard((group, alert))

    def _leave(self, group: str, alert: str, names: Iterable[str]) -> bool:
        """Leave an alert as it is by these lifts; False where none of them is made of it."""
        made = [PANELS] if self._panels else []
        found = [name for name in names if name in {*made, *self._lifts[group]}]
        fresh = [name for name in found if alert not in self._left[group][name]]
        for name in fresh:
            self._left[group][name].add(alert)
        return bool(fresh)

    def take_back(self, group: str, alert: str | None) -> bool:
        """Lift less in an alert, or in a group where none is known; False where nothing was lifted."""
        if alert is not None and (group, alert) in self._joined:
            self.leave_page(group, alert)
            return True
        if alert is not None and any(self._leave(group, alert, names) for names in _STEPS):
            return True
        if not self._lifts[group]:
            return False
        self._lifts[group] = []
        return True


def left_pages(files: Sequence[RuleFile], pages: RunbookPages) -> list[tuple[str, str | None]]:
    """The names of the pages that are no runbooks, each with the reason; None where it is about no alert."""
    joined = {page.name for page in joined_pages(files).values()}
    alerts = [
        (item.name, runbook_address(item))
        for file in files
        for group in file.groups
        for item in group.items
        if isinstance(item, ImportedAlert)
    ]
    return [*pages.left_where_they_are(alerts, joined)]


def joined_pages(files: Iterable[RuleFile]) -> dict[tuple[str, str], RunbookPage]:
    """The pages that became runbooks, by the keys of their groups and alerts."""
    return {
        (group.key, item.key): item.page
        for file in files
        for group in file.groups
        for item in group.items
        if isinstance(item, ImportedAlert) and item.page is not None
    }
