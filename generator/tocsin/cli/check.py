"""`tocsin check`: is the spec sound?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tocsin.cli.options import format_option, spec_argument
from tocsin.cli.planning import planned, show

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Tell everything that is wrong with a spec.")
@spec_argument
@format_option
def check(spec: Path, form: str) -> None:
    """Read the spec in the folder SPEC and tell everything that is wrong with it."""
    plan = planned(spec, form).plan
    if form == "json":
        show((), form)
        return
    alerts = sum(len(group.alerts) for group in plan.groups)
    click.echo(f"{spec}: nothing found; alerts: {alerts}, groups: {len(plan.groups)}")
