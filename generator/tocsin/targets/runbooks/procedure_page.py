"""The page of a general procedure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.runbooks.steps import steps

if TYPE_CHECKING:
    from tocsin.plan.model import Procedure
    from tocsin.targets.runbooks.pages import Pages


def procedure_page(pages: Pages, procedure: Procedure) -> dict[str, Any]:
    """The values of the template."""
    return {"procedure": procedure, "steps": steps(pages, procedure.steps, {})}
