"""`tocsin diff OLD NEW`: what a change does."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.settings import default_paths
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.workspace.load import Planned
    from tocsin.workspace.sides import Side

_SHARED = "tocsin.diff.shared"


class _Diff(Command):
    """Keeps what stands after `--`, which click takes for arguments like all others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        ctx.meta[_SHARED] = len(args) - args.index("--") - 1 if "--" in args else None
        return super().parse_args(ctx, args)


@click.command(cls=_Diff)
@click.argument("words", nargs=-1, metavar="OLD [NEW] [-- PATHS...]")
@click.option("--old", multiple=True, metavar="PATH", help="A path of the old side; can be repeated.")
@click.option("--new", multiple=True, metavar="PATH", help="A path of the new side; can be repeated.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
    help="Output format: for people, for programs, or for a comment on a pull request.",
)
@click.pass_context
def diff(
    ctx: click.Context, words: tuple[str, ...], old: tuple[str, ...], new: tuple[str, ...], form: str
) -> None:
    """Show what changes between OLD and NEW, by who is affected rather than by line.

    \b
      tocsin diff main                    what `check` takes here: main and now
      tocsin diff main -- rules am.yml    the same for these paths
      tocsin diff main feature -- rules   two revisions of git
      tocsin diff main:alerts/spec spec   another path on each side
      tocsin diff old.yml new.yml         two paths, as `tocsin check` takes them
      tocsin diff --old a --old b --new c several paths per side

    Lists the alerts and recording rules that were added, removed or changed, options of rule groups and
    labels that the server sets differently, and every class of labels that now goes to other receivers, or is
    grouped, repeated, muted or inhibited differently, with an example of such labels.

    Dashboards and runbook pages are not compared.

    Exit codes: 0 nothing changes in alerts, notifications or objectives, 1 something does or may, 2 the
    command could not do its work.
    """
    from tocsin.diff.compare import compare
    from tocsin.diff.render import RENDERERS
    from tocsin.workspace.sides import sides_of_arguments, sides_of_options

    usual = tuple(map(str, default_paths()))
    if old or new:
        if words:
            raise CommandError("name the sides either as arguments or with --old and --new, not both")
        before, after = sides_of_options(old, new, usual)
    else:
        count = ctx.meta[_SHARED]
        at = len(words) - (count or 0)
        before, after = sides_of_arguments(words[:at], None if count is None else words[at:], usual)
    old_made, missing_before = _planned(before)
    new_made, missing_after = _planned(after)
    for path in before.local_paths():
        if path in missing_before and path in missing_after:
            raise CommandError(f"nothing exists on either side at {path}")
    for side, missing in ((before, missing_before), (after, missing_after)):
        for path in missing:
            click.echo(f"note: {side.where()} there is nothing at {path}", err=True)
    changes = replace(compare(old_made.plan, new_made.plan), not_read=tuple(_not_read(old_made, new_made)))
    click.echo(RENDERERS[form](changes), nl=False)
    sys.exit(1 if changes else 0)


def _planned(side: Side) -> tuple[Planned, list[str]]:
    """What a side is, and the paths from the working directory at which it has nothing."""
    from tocsin.workspace.sides import files_of_side

    with files_of_side(side) as files:
        return _of_paths(files.there, side), list(files.missing)


def _of_paths(paths: Sequence[str], side: Side) -> Planned:
    from tocsin.cli.planning import load_or_exit
    from tocsin.cli.routing import require_valid

    if not paths:
        raise CommandError(f"{side.where()} there is nothing at {', '.join(side.local_paths())}")
    try:
        return require_valid(load_or_exit(map(Path, paths), "text", mention=False))
    except SystemExit:
        # What is wrong was shown; a comparison cannot be made, which is not the same as a difference.
        click.echo(f"{visible_line(str(side))} cannot be compared until this is fixed", err=True)
        sys.exit(2)


def _not_read(old: Planned, new: Planned) -> Iterator[str]:
    """What holds alerting and is not read, where the two sides are not the same."""
    before, after = _unread_texts(old), _unread_texts(new)
    for name, what, text in sorted({*before, *after}):
        if not all(any(text == other for _, _, other in side) for side in (before, after)):
            yield f"{what} in {name}"


def _unread_texts(made: Planned) -> set[tuple[str, str, str]]:
    texts = {document.name: document.text for document in made.documents}
    left = () if made.files_read is None else made.files_read.left
    return {(one.name, one.unread.what, texts.get(one.name, "")) for one in left if one.unread.is_alerting}
