"""Alertmanager's configuration and the texts of its notifications, for 0.28 and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.targets.alertmanager.configuration import configuration
from tocsin.targets.alertmanager.templates import notification_templates
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Plan

about = "configuration and notification templates for Alertmanager"


def emit(plan: Plan) -> Iterator[File]:
    """The configuration, and the templates in a folder beside it."""
    heading = f"Made by Tocsin from the spec of {plan.project.name}; change the spec instead."
    yield text_file("alertmanager/alertmanager.yaml", yaml_text(configuration(plan), heading=heading))
    yield text_file("alertmanager/templates/tocsin.tmpl", notification_templates(plan))
