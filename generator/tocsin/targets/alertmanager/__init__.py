"""Alertmanager's configuration, and the templates of its notifications."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.lang.alertmanager.texts import GENERATED_TEMPLATES
from tocsin.targets.alertmanager.configuration import configuration
from tocsin.targets.alertmanager.templates import has_generated_templates, notification_templates
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.files import File
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

about = "routes, receivers, inhibitions and notification templates for Alertmanager"


def emit(plan: Plan, _store: ResultStore | None = None) -> Iterable[File]:
    """The configuration, and the template files that it reads."""
    heading = generated_heading(plan)
    yield text_file("alertmanager/alertmanager.yaml", yaml_text(configuration(plan), heading=heading))
    if has_generated_templates(plan):
        yield text_file(f"alertmanager/templates/{GENERATED_TEMPLATES}", notification_templates(plan))
    for glob in plan.templates:
        for file in glob.files or ():
            yield text_file(f"alertmanager/{glob.pattern}", file.text)
