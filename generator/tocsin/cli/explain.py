"""`tocsin explain ALERT`: everything that is known of one alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tocsin.cli.failure import CannotError
from tocsin.cli.options import paths_argument
from tocsin.cli.planning import planned

if TYPE_CHECKING:
    from pathlib import Path


@click.command(short_help="Show all that is known of one alert.")
@click.argument("alert")
@paths_argument
def explain(alert: str, paths: tuple[Path, ...]) -> None:
    """Show all that the spec, or the files, in PATHS know of ALERT.

    Its rules, who is told of it and when, what silences it, its panel and its runbook.
    """
    import difflib

    from tocsin.plan.explanation import explanation, names

    plan = planned(paths, "text").plan
    known = names(plan)
    if alert not in known:
        near = difflib.get_close_matches(alert, known, 1)
        raise CannotError(
            f"there is no alert `{alert}` here" + (f": did you mean `{near[0]}`?" if near else "")
        )
    _print(explanation(plan, alert))


def _print(sections: list[tuple[str, list[str]]]) -> None:
    for title, lines in sections:
        click.secho(title, bold=True)
        for line in lines:
            click.echo(f"  {line}")
