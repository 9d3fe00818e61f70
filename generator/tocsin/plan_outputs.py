"""The outputs of a plan, as far as checks look at them."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.lang.markdown import anchors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.deliver.kubernetes.team_configuration import TeamConfiguration
    from tocsin.plan.model import Plan


class PlanOutputs:
    """The outputs of one plan: each is made, and what makes it is loaded, when it is first asked for."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._sections: dict[str, frozenset[str] | None] = {}

    def runbook_sections(self, page: str) -> frozenset[str] | None:
        """The anchors of a page, by its path in the folder of runbooks; None where there is no such page."""
        if page not in self._sections:
            write = self._pages.get(page)
            text = None if write is None else write()
            self._sections[page] = None if text is None else anchors(text)
        return self._sections[page]

    def alertmanager_config(self) -> TeamConfiguration:
        """The resource that the routes and receivers are delivered as."""
        # Few plans are delivered as resources, and what writes these takes long to load.
        from tocsin.deliver.kubernetes.team_configuration import team_configuration

        return team_configuration(self._plan)

    @cached_property
    def _pages(self) -> dict[str, Callable[[], str | None]]:
        # Few texts link a section, and what writes pages takes long to load.
        from tocsin.targets.runbooks import pages

        return dict(pages(self._plan))
