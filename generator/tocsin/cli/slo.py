"""`tocsin slo`: what objectives need beside their rules."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.options import environment_option, spec_argument
from tocsin.cli.parsing import moment_of
from tocsin.cli.planning import load_or_exit
from tocsin.errors import CommandError

if TYPE_CHECKING:
    from pathlib import Path


@click.group()
def slo() -> None:
    """Work with the service level objectives of a spec."""


@slo.command(cls=Command, short_help="Print the rules that fill the past, and the command that reads them.")
@spec_argument
@click.option("--slo", "names", multiple=True, metavar="NAME", help="Only these objectives; may be repeated.")
@click.option(
    "--at",
    "when",
    metavar="TIME",
    help="The end of what is filled, such as 2026-11-30T12:00Z; now by default.",
)
@environment_option
def backfill(spec: Path, names: tuple[str, ...], when: str | None, environment: str | None) -> None:
    """Print the rule file with which promtool fills the past of what objectives record.

    The command to run stands at its head. All other recorded series follow from those that are filled; what
    Loki records cannot be filled this way.

    Exit codes: 0 there is something to fill, 2 there is nothing.
    """
    from tocsin.targets.slo_backfill import backfill_text, backfilled

    made = load_or_exit((spec,), "text", environment=environment)
    if not made.is_spec:
        raise CommandError(f"{spec} does not contain a spec; objectives are part of one")
    known = backfilled(made.plan.slos)
    if not known:
        raise CommandError(
            f"no objective in {spec} has `burn` and is measured by Prometheus: nothing can be filled"
        )
    for name in names:
        if name not in {one.name for one in known}:
            listed = ", ".join(f"`{one.name}`" for one in known)
            raise CommandError(f"no objective `{name}` is recorded by Prometheus; there are {listed}")
    chosen = [one for one in known if not names or one.name in names]
    click.echo(backfill_text(made.plan, chosen, moment_of(when, UTC).astimezone(UTC)), nl=False)
