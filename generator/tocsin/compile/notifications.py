"""The notification templates that a spec holds, and those that it says are elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import TemplateFile, TemplateGlob
from tocsin.source.place import Place

if TYPE_CHECKING:
    from tocsin.spec.model import Spec

_FOLDER = "templates"


def notification_templates(spec: Spec) -> tuple[TemplateGlob, ...]:
    """The patterns that Alertmanager loads beside that of the generated templates, in its order.

    A file of the spec is a pattern of its own; of those that are elsewhere, nobody can look at the files.
    """
    written = spec.notifications
    inside = (
        TemplateGlob(f"{_FOLDER}/{name}", place, (TemplateFile(text, place),))
        for name, text in sorted(written.templates.items())
        for place in (Place(("notifications", "templates", name)),)
    )
    elsewhere = (
        TemplateGlob(pattern, Place(("notifications", "template_files", number)), None)
        for number, pattern in enumerate(written.template_files)
    )
    return (*inside, *elsewhere)
