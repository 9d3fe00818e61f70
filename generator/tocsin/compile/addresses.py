"""The base addresses of engines and pages, from which links are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Urls

if TYPE_CHECKING:
    from tocsin.spec.project import Project


def base_urls(project: Project) -> Urls:
    """The base addresses of a project, without a slash at the end."""
    given = {
        name: None if value is None else str(value).rstrip("/")
        for name, value in project.urls.model_dump().items()
    }
    return Urls(**given)
