"""The runbook pages that are generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.plan.model import Plan
    from tocsin.source.place import Place


class GeneratedPages:
    """The runbook pages of a plan by name; what is on them is an output."""

    def __init__(self, plan: Plan) -> None:
        self._owners: dict[tuple[str | int, ...], str] = {
            alert.place.path: alert.runbook.page.file for group in plan.groups for alert in group.alerts
        }
        self._owners |= {("procedures", one.name): one.page.file for one in plan.procedures}
        self.files = frozenset({"README.md", "routing.md", "slos.md", "all.md", *self._owners.values()})

    def page_of(self, about: Place) -> str | None:
        """The page of an alert or a procedure; None for what several pages show."""
        return self._owners.get(about.path)
