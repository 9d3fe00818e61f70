"""`tocsin explain`: everything that is known of one alert, of one check, or of one key of the spec."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.options import paths_argument
from tocsin.cli.planning import load_or_exit, terminal_width
from tocsin.cli.terminal import heading
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diagnostics.model import Level


@click.command(cls=Command, short_help="Show all that is known of an alert, a check, or a key of the spec.")
@click.argument("name", metavar="ALERT|CHECK|KEY")
@paths_argument
def explain(name: str, paths: tuple[Path, ...]) -> None:
    """Show all that the spec, or the files, in PATHS know of an ALERT; what a CHECK looks for and why; or
    what a KEY of the spec means.

    Of an alert: its rules, who is notified of it and when, what silences it, its panel and its runbook. A
    check, or any other message, is named as findings show it, such as `rule/duplicate` or `spec/unknown-key`.
    A key is named alone or with those above it, such as `thresholds` or `routing.time_intervals.location`;
    with PATHS, a name is always that of an alert.
    """
    if "/" in name:
        _explain_check(name)
        return
    from tocsin.cli.keys import explained
    from tocsin.routing.render.explanation import alert_names, explain_alert
    from tocsin.spec.keys import keys_named

    if not paths and (keys := keys_named(name)):
        _print(explained(name, keys, min(terminal_width(), 80) - 2))
        return
    if not paths and not Path("spec").exists():
        raise CommandError(_no_such_name(name))
    made = load_or_exit(paths, "text")
    known = alert_names(made.plan)
    if name not in known:
        raise CommandError(f"there is no alert `{name}` here, and no key of that name{_nearest(name, known)}")
    _print(explain_alert(made.plan, name, routing_is_whole="routing" not in made.unread.areas))


def _no_such_name(name: str) -> str:
    """The message about a name that is not a key, where there is no spec whose alert it might be."""
    from tocsin.spec.keys import spec_keys

    near = _nearest(name.rpartition(".")[2], sorted({key.path[-1] for key in spec_keys()}))
    return f"no key of the spec is called `{name}`, and there is no folder `spec` here with alerts{near}"


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
        raise CommandError(f"there is no check `{id_}`{near or ': `tocsin check --list` shows them all'}")


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
