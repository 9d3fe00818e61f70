"""`tocsin diff OLD NEW`: what a change does."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from tocsin.cli.command import Command
from tocsin.cli.options import estate_option, every_environment_option
from tocsin.cli.settings import default_paths
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.diff.changes import Changes
    from tocsin.workspace.load import Planned
    from tocsin.workspace.matched_estates import MatchedEstates
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
@every_environment_option
@estate_option
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
    ctx: click.Context,
    words: tuple[str, ...],
    old: tuple[str, ...],
    new: tuple[str, ...],
    environment: str | None,
    estate: str | None,
    form: str,
) -> None:
    """Show what changes between OLD and NEW, by who is affected rather than by line.

    \b
      tocsin diff main                    what `check` takes here: main and now
      tocsin diff main -- rules am.yml    the same for these paths
      tocsin diff main feature -- rules   two revisions of git
      tocsin diff main:alerts/spec spec   another path on each side
      tocsin diff old.yml new.yml         two paths, as `tocsin check` takes them
      tocsin diff --old a --old b --new c several paths per side
      tocsin diff staging production      two environments of a spec

    Lists the alerts and recording rules that were added, removed or changed, options of rule groups and
    labels that the server sets differently, and every class of labels that now goes to other receivers, or is
    grouped, repeated, muted or inhibited differently, with an example of such labels.

    Each environment of a spec is compared with itself; what changes in all of them alike is shown once.
    So is each estate, where plain files are those of several. Dashboards and runbook pages are not compared.

    Exit codes: 0 nothing changes in alerts, notifications or objectives, 1 something does or may, 2 the
    command could not do its work.
    """
    from tocsin.diff.render import RENDERERS
    from tocsin.diff.render.environments import render_environments
    from tocsin.workspace.matched_estates import match_estates
    from tocsin.workspace.sides import sides_of_arguments, sides_of_options

    usual = tuple(map(str, default_paths()))
    if old or new:
        if words:
            raise CommandError("name the sides either as arguments or with --old and --new, not both")
        before, after = sides_of_options(old, new, usual)
    else:
        count = ctx.meta[_SHARED]
        at = len(words) - (count or 0)
        two = _two_environments(words[:at], words[at:] or usual) if environment is None else None
        if two is not None:
            changes = _compared(*two)
            click.echo(RENDERERS[form](changes), nl=False)
            sys.exit(1 if changes else 0)
        before, after = sides_of_arguments(words[:at], None if count is None else words[at:], usual)
    old_plans, missing_before = _planned(before, environment)
    new_plans, missing_after = _planned(after, environment)
    for path in before.local_paths():
        if path in missing_before and path in missing_after:
            raise CommandError(f"nothing exists on either side at {path}")
    for side, missing in ((before, missing_before), (after, missing_after)):
        for path in missing:
            click.echo(f"note: {side.where()} there is nothing at {path}", err=True)
    if estate is not None or any(one.estates for one in (*old_plans, *new_plans)):
        found = match_estates(old_plans[0], new_plans[0], before.local_paths(), after.local_paths())
        _show_estates(found if estate is None else _only(found, estate), form)
    compared = {name: _compared(one, other) for name, one, other in _pairs(old_plans, new_plans)}
    if [*compared] == [None]:
        click.echo(RENDERERS[form](compared[None]), nl=False)
        sys.exit(1 if compared[None] else 0)
    known = {name: changes for name, changes in compared.items() if name is not None}
    added = {one: () for one in _names(new_plans) if one not in known}
    removed = {one: () for one in _names(old_plans) if one not in known}
    click.echo(render_environments(form, known, added, removed), nl=False)
    sys.exit(1 if added or removed or any(known.values()) else 0)


def _compared(old: Planned, new: Planned) -> Changes:
    from tocsin.diff.compare import compare

    return replace(compare(old.plan, new.plan), not_read=tuple(_not_read(old, new)))


def _show_estates(found: MatchedEstates, form: str) -> NoReturn:
    """Show what changes in each of several estates, and exit."""
    from tocsin.diff.render.environments import render_environments

    # Where a side is a single estate, only the other one has a name for it.
    compared = {new.estate or old.estate or "": _compared(old, new) for old, new in found.both}
    added, removed = (
        {one.estate or "": _alerts(one) for one in side} for side in (found.added, found.removed)
    )
    click.echo(render_environments(form, compared, added, removed, "estate"), nl=False)
    sys.exit(1 if added or removed or any(compared.values()) else 0)


def _only(found: MatchedEstates, name: str) -> MatchedEstates:
    """The one estate of this name; CommandError where neither side has it."""
    from tocsin.cli.planning import find_estate
    from tocsin.workspace.matched_estates import MatchedEstates

    known = [one.estate or "" for one in (*(new for _, new in found.both), *found.added, *found.removed)]
    wanted = find_estate(known, name)
    return MatchedEstates(
        tuple(pair for pair in found.both if pair[1].estate == wanted),
        tuple(one for one in found.added if one.estate == wanted),
        tuple(one for one in found.removed if one.estate == wanted),
    )


def _alerts(made: Planned) -> tuple[str, ...]:
    from tocsin.plan.parts import names_of_alerts

    return tuple(sorted(names_of_alerts(made.plan)))


def _two_environments(words: Sequence[str], paths: Sequence[str]) -> tuple[Planned, Planned] | None:
    """The plans of two environments of the spec here; None where the words are not their names.

    CommandError where one is, and the other is neither that nor a revision.
    """
    from tocsin.text.suggest import suggest
    from tocsin.workspace.git_revision import is_revision
    from tocsin.workspace.load import Planned, load
    from tocsin.workspace.sides import Side

    where = [Path(path) for path in paths or ["spec"]]
    if (
        len(words) != 2
        or not all(path.exists() for path in where)
        or any(Path(one).exists() for one in words)
    ):
        return None
    try:
        made = load(where)
    except (CommandError, OSError):
        # Whatever is wrong with it is reported where it is read as a side.
        return None
    if not isinstance(made, Planned):
        return None
    unknown = [word for word in words if word not in made.environments]
    if len(unknown) == 1 and ":" not in unknown[0] and not any(map(is_revision, words)):
        help_ = suggest(unknown[0], made.environments)
        raise CommandError(f"there is no environment `{unknown[0]}` in the spec; {help_}")
    if unknown:
        return None
    old, new = (_of_paths(list(map(str, where)), Side(tuple(map(str, where))), one)[0] for one in words)
    return old, new


def _names(plans: Iterable[Planned]) -> list[str]:
    return [one.environment for one in plans if one.environment is not None]


def _pairs(old: Sequence[Planned], new: Sequence[Planned]) -> Iterator[tuple[str | None, Planned, Planned]]:
    """What is compared: each environment with itself, or with the one plan of a side that has none."""
    if not _names(old) or not _names(new):
        for one in old:
            for other in new:
                yield one.environment or other.environment, one, other
        return
    before = {one.environment: one for one in old}
    for other in new:
        if other.environment in before:
            yield other.environment, before[other.environment], other


def _planned(side: Side, environment: str | None) -> tuple[Sequence[Planned], list[str]]:
    """What a side is, in each environment, and the paths from the working directory where it has nothing."""
    from tocsin.workspace.sides import files_of_side

    with files_of_side(side) as files:
        return _of_paths(files.there, side, environment), list(files.missing)


def _of_paths(paths: Sequence[str], side: Side, environment: str | None) -> Sequence[Planned]:
    from tocsin.cli.planning import load_each_or_exit
    from tocsin.cli.routing import require_valid

    if not paths:
        raise CommandError(f"{side.where()} there is nothing at {', '.join(side.local_paths())}")
    try:
        plans = load_each_or_exit(map(Path, paths), "text", environment=environment)
        return [require_valid(one) for one in plans]
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
