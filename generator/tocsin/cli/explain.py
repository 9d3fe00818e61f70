"""`tocsin explain`: everything that is known of one alert, or of one check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tocsin.cli.failure import CannotError
from tocsin.cli.options import paths_argument
from tocsin.cli.planning import planned, terminal_width

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.checks.base import Check


@click.command(short_help="Show all that is known of one alert, or of one check.")
@click.argument("name", metavar="ALERT|CHECK")
@paths_argument
def explain(name: str, paths: tuple[Path, ...]) -> None:
    """Show all that the spec, or the files, in PATHS know of an ALERT; or what a CHECK looks for and why.

    Of an alert: its rules, who is told of it and when, what silences it, its panel and its runbook. A check
    is named as findings show it, such as `rule/duplicate`.
    """
    if "/" in name:
        _explain_check(name)
        return
    from tocsin.plan.explanation import explanation, names

    plan = planned(paths, "text").plan
    known = names(plan)
    if name not in known:
        raise CannotError(f"there is no alert `{name}` here{_nearest(name, known)}")
    _print(explanation(plan, name))


def _nearest(name: str, known: Iterable[str]) -> str:
    from tocsin.text.suggest import did_you_mean

    near = did_you_mean(name, known)
    return f": {near}" if near else ""


def _print(sections: list[tuple[str, list[str]]]) -> None:
    for title, lines in sections:
        click.secho(title, bold=True)
        for line in lines:
            click.echo(f"  {line}")


def _explain_check(id_: str) -> None:
    from tocsin.checks import CHECKS
    from tocsin.diagnostics.problems import PROBLEMS

    if id_ in PROBLEMS:
        click.secho(id_, bold=True)
        click.echo(f"  {PROBLEMS[id_].said}")
    elif id_ in CHECKS:
        _print_check(CHECKS[id_])
    else:
        raise CannotError(
            f"there is no check `{id_}`{_nearest(id_, CHECKS) or ': `tocsin check --list` shows them all'}"
        )


def _print_check(check: Check) -> None:
    import textwrap

    from tocsin.checks.manual import manual

    said = manual(check.doc)
    width = min(terminal_width(), 80) - 2
    click.secho(f"{check.id} ({check.level.value})", bold=True)
    for title, text in (("", said.claim), ("Why it hurts", said.why), ("How to fix it", said.fix)):
        if title:
            click.secho(f"\n{title}", bold=True)
        for line in textwrap.wrap(text, width, break_on_hyphens=False):
            click.echo(f"  {line}")
    for title, text in (("This is found", said.bad), ("This is fine", said.good)):
        click.secho(f"\n{title}", bold=True)
        click.echo(textwrap.indent(text, "    "), nl=False)
    click.secho("\nTo accept it for one alert", bold=True)
    click.echo(f"  in a spec:      allow: {{{check.id}: the reason}}")
    click.echo(f"  in other files: # tocsin: allow {check.id}: the reason")
