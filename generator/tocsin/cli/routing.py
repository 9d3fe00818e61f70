"""What the commands about routing share: plans whose routing can be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tocsin.cli.planning import choose_estate, load_or_exit, show_and_exit
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Any

    from tocsin.plan.model import Plan
    from tocsin.routing.config import RoutingConfig
    from tocsin.workspace.load import Planned


@value_object
class Routed:
    """A plan and how its alerts are routed."""

    plan: Plan
    table: RoutingConfig
    estate: str | None
    """Its name, where it is one of several."""

    def value(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer for programs, which says of which estate it is."""
        return answer if self.estate is None else {"estate": self.estate, **answer}


def load_routed(paths: Iterable[Path], environment: str | None, estate: str | None) -> list[Routed]:
    """What can be asked in some files: a plan with routes, or that of each estate that has some.

    Errors in the files are shown, and the command exits with 1. CommandError where there are no routes.
    """
    from tocsin.routing.config import routing_config

    made = load_or_exit(paths, "text", environment=environment, mention=False)
    made = require_valid(choose_estate(made, estate))
    of_each = [(one, routing_config(one.plan)) for one in made.each_estate]
    # The only one is meant without its name, though it may have been chosen by it.
    found = [Routed(one.plan, table, one.estate if made.estates else None) for one, table in of_each if table]
    if not found:
        raise CommandError("these files contain no routing; name an Alertmanager configuration as well")
    if without := [one.estate or "" for one, table in of_each if table is None]:
        click.echo(f"note: there is no routing in {visible_line(', '.join(without))}", err=True)
    return found


def require_valid(made: Planned) -> Planned:
    """The plan, when nothing in its files is an error; else the errors are shown and the command ends."""
    from tocsin.diagnostics.model import Level
    from tocsin.diagnostics.secrets import mask_secrets

    found = dict.fromkeys(one for plan in made.each_estate for one in plan.diagnostics)
    errors = [one for one in found if one.level is Level.ERROR]
    if errors:
        show_and_exit(mask_secrets(errors, made.secrets), "text")
    return made
