"""The runbook pages that are generated, and the sections that they have."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.lang.markdown import anchors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan
    from tocsin.source.place import Place


class Generated:
    """The generated pages of a plan, of which one is written where its sections are asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._owners: dict[tuple[str | int, ...], str] = {
            alert.place.path: alert.runbook.page.file for group in plan.groups for alert in group.alerts
        }
        self._owners |= {("procedures", one.name): one.page.file for one in plan.procedures}
        self._sections: dict[str, frozenset[str] | None] = {}
        self.files = frozenset({"README.md", "routing.md", "slos.md", "all.md", *self._owners.values()})

    def page_of(self, about: Place) -> str | None:
        """The page of an alert or a procedure; None for what several pages show."""
        return self._owners.get(about.path)

    def sections(self, file: str) -> frozenset[str] | None:
        """The anchors of a page; None where there is no such page."""
        if file not in self._sections:
            write = self._pages.get(file)
            text = None if write is None else write()
            self._sections[file] = None if text is None else anchors(text)
        return self._sections[file]

    @cached_property
    def _pages(self) -> dict[str, Callable[[], str | None]]:
        # Few texts link a section, and what writes pages takes long to load.
        from tocsin.targets.runbooks import pages

        return dict(pages(self._plan))
