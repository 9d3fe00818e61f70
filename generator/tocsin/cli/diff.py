"""`tocsin diff OLD NEW`: what a change does."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


@click.command(cls=Command, short_help="Tell what a change does, and for whom.")
@click.argument("old")
@click.argument("new", default="spec")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="For people, for programs, or for a comment on a pull request.",
)
def diff(old: str, new: str, form: str) -> None:
    """Tell what becomes otherwise from OLD to NEW: for whom, not in which lines.

    Each is a path (the folder of a spec, an Alertmanager configuration, rule files) or a revision of git,
    such as `main` or `v1.2:alerting/spec`. NEW is `spec` when it is left out.

    Alerts that came, went or changed are told, and every class of labels that now goes to other receivers,
    or is grouped, repeated, muted or inhibited otherwise, with labels that show it.

    Exit codes: 0 nothing changes for anybody, 1 something does, 2 the command could not do its work.
    """
    from tocsin.diff.compare import compare
    from tocsin.diff.render import RENDERERS

    changes = compare(_plan(old), _plan(new))
    click.echo(RENDERERS[form](changes), nl=False)
    sys.exit(1 if changes else 0)


def _plan(text: str) -> Plan:
    import tempfile

    from tocsin.cli.revision import checked_out

    if Path(text).exists():
        return _of_path(Path(text), text)
    with tempfile.TemporaryDirectory(prefix="tocsin-") as folder:
        return _of_path(checked_out(text, Path(folder)), text)


def _of_path(path: Path, said: str) -> Plan:
    from tocsin.cli.planning import planned
    from tocsin.cli.routing import sound

    try:
        return sound(planned((path,), "text")).plan
    except SystemExit:
        # What is wrong was shown; a comparison cannot be made, which is not the same as a difference.
        click.echo(f"{visible_line(said)} cannot be compared before this is mended", err=True)
        sys.exit(2)
