"""`tocsin explain`: everything that is known of one alert, or of one check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.failure import CannotError
from tocsin.cli.options import paths_argument
from tocsin.cli.planning import planned, terminal_width
from tocsin.cli.terminal import heading
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.diagnostics.model import Level


@click.command(cls=Command, short_help="Show all that is known of one alert, or of one check.")
@click.argument("name", metavar="ALERT|CHECK")
@paths_argument
def explain(name: str, paths: tuple[Path, ...]) -> None:
    """Show all that the spec, or the files, in PATHS know of an ALERT; or what a CHECK looks for and why.

    Of an alert: its rules, who is told of it and when, what silences it, its panel and its runbook. A check,
    or any other message, is named as findings show it, such as `rule/duplicate` or `spec/unknown-key`.
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
        heading(title)
        for line in lines:
            click.echo(f"  {visible_line(line)}")


def _explain_check(id_: str) -> None:
    from tocsin.checks import CHECKS
    from tocsin.diagnostics.catalogue import MESSAGES

    if id_ in MESSAGES:
        message = MESSAGES[id_]
        _print_manual(message.id, message.level, message.doc, allowable=message.allowable)
    elif id_ in CHECKS:
        check = CHECKS[id_]
        _print_manual(check.id, check.level, check.doc, allowable=True)
    else:
        near = _nearest(id_, (*CHECKS, *MESSAGES))
        raise CannotError(f"there is no check `{id_}`{near or ': `tocsin check --list` shows them all'}")


def _print_manual(id_: str, level: Level, doc: str, *, allowable: bool) -> None:
    import textwrap

    from tocsin.diagnostics.manual import manual

    said = manual(doc)
    width = min(terminal_width(), 80) - 2
    heading(f"{id_} ({level.value})")
    for title, text in (("", said.claim), ("Why it hurts", said.why), ("How to fix it", said.fix)):
        if title:
            click.echo()
            heading(title)
        for line in textwrap.wrap(text, width, break_on_hyphens=False):
            click.echo(f"  {line}")
    for title, text in (("This is found", said.bad), ("This is fine", said.good)):
        if text:
            click.echo()
            heading(title)
            click.echo(textwrap.indent(text, "    "), nl=False)
    if not allowable:
        click.echo()
        heading("It cannot be allowed: it has to be fixed")
        return
    click.echo()
    heading("To accept it for one alert")
    if not id_.startswith(("file/", "alertmanager/")):
        click.echo(f"  in a spec:      allow: {{{id_}: the reason}}")
    click.echo(f"  in other files: # tocsin: allow {id_}: the reason")
