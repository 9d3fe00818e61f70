"""Loading the files that a command was given, or showing what is wrong with them and exiting."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NoReturn

import click

from tocsin.cli.colour import colours
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.report import Sought
    from tocsin.source.origin import Origin
    from tocsin.workspace.load import Planned

_WIDEST = 120


def load_or_exit(
    paths: Iterable[Path],
    form: str,
    *,
    environment: str | None = None,
    mention: bool = True,
    rest: bool = False,
    needs_name: bool = False,
) -> Planned:
    """The plan of a spec, or of files that a team already has; of the folder `spec` where none is named.

    Of several environments of a spec it is the named one, or the first, as a line on standard error says.
    What is wrong with a spec is shown, and the command exits with 1; with `rest` a plan is made of what is
    left of it, if anything is, and `diagnostics` are what is wrong. What is wrong with plain files is in
    `diagnostics`, and unless the command shows these itself, one line on standard error mentions them.

    With `needs_name`, CommandError where one of several environments has to be named and is not.
    """
    from tocsin.workspace.load import Unplannable, load

    made = load(paths, environment)
    if isinstance(made, Unplannable) or (made.is_spec and made.diagnostics and not rest):
        show_and_exit(made.diagnostics, form)
    if mention and not made.is_spec:
        mention_faults(made.diagnostics)
    if environment is None and len(made.environments) > 1:
        if needs_name:
            raise CommandError(f"name the environment with `--environment`: {', '.join(made.environments)}")
        others = ", ".join(made.environments[1:])
        click.echo(f"note: this is {made.environment}; --environment chooses another: {others}", err=True)
    return made


def load_each_or_exit(
    paths: Iterable[Path], form: str, *, environment: str | None = None, rest: bool = False
) -> tuple[Planned, ...]:
    """The plan of each environment of a spec, or of the named one; a single plan where there are none.

    What is wrong with any of them is shown, and the command exits with 1; with `rest`, only where of one
    nothing is left.
    """
    return tuple(each_sound_or_exit(paths, form, environment=environment, rest=rest))


def each_sound_or_exit(
    paths: Iterable[Path], form: str, *, environment: str | None = None, rest: bool = False
) -> Iterator[Planned]:
    """The same one after the other, each made when it is asked for: all of them take much memory.

    What is wrong is shown, and the command exits, when no further one is left.
    """
    from tocsin.diagnostics.model import sort_diagnostics
    from tocsin.workspace.load import Planned, load, load_environments

    made = load_environments(paths) if environment is None else iter((load(paths, environment),))
    wrong: list[Diagnostic] = []
    fails = False
    while (one := next(made, None)) is not None:
        is_wrong = not isinstance(one, Planned) or (one.is_spec and bool(one.diagnostics))
        if is_wrong:
            wrong += one.diagnostics
        fails |= not isinstance(one, Planned) or (is_wrong and not rest)
        if isinstance(one, Planned) and not fails:
            yield one
        # The next one is made without this one in memory.
        del one
    if fails:
        show_and_exit(sort_diagnostics(wrong), form)


def choose_estate(made: Planned, name: str | None) -> Planned:
    """The one of several estates with this name; the plan itself where none is named."""
    if name is None:
        return made
    wanted = find_estate([one.estate or "" for one in made.estates], name)
    return next(one for one in made.estates if one.estate == wanted)


def find_estate(known: Sequence[str], name: str) -> str:
    """The estate that a name means, whole or its last folders; CommandError where there is none."""
    from tocsin.text.suggest import list_known

    found = [one for one in known if one == name] or [one for one in known if one.endswith(f"/{name}")]
    if len(found) == 1:
        return found[0]
    named = [one for one in known if one]
    if not named:
        raise CommandError(f"there is no estate `{name}` here: all files belong to one")
    raise CommandError(f"there is no estate `{name}` here; {list_known(named)}")


def mention_faults(diagnostics: Iterable[Diagnostic]) -> None:
    """One line on standard error about the first of them, where there are any."""
    from tocsin.diagnostics.model import Level

    errors = [one for one in diagnostics if one.level is Level.ERROR and one.span is not None]
    if errors and errors[0].span is not None:
        where = f"{errors[0].span.document.name}:{errors[0].span.line}"
        more = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
        said = visible_line(f"{where}: {errors[0].message}")
        click.echo(f"note: {said}{more}; `tocsin check` shows everything", err=True)


def origins_of(made: Planned, found: Iterable[Diagnostic]) -> Callable[[str], Origin | None]:
    """Where files come from; nowhere else where nothing would be left of what somebody keeps up."""
    origins = made.origins
    if origins is None or not origins.is_any_own(one.span.document.name for one in found if one.span):
        return lambda _name: None
    return origins.of


def show_and_exit(diagnostics: Sequence[Diagnostic], form: str) -> NoReturn:
    """Show what was found and exit with 1."""
    show_findings(diagnostics, form)
    sys.exit(1)


def show_findings(diagnostics: Iterable[Diagnostic], form: str, sought: Iterable[Sought] = ()) -> None:
    """Print findings on standard output, in colour on a terminal; `sought` are the checks that were run."""
    from tocsin.diagnostics.render import RENDERERS
    from tocsin.diagnostics.repeats import join_repeats
    from tocsin.diagnostics.report import Report
    from tocsin.diagnostics.secrets import mask_secrets

    found = join_repeats(mask_secrets(diagnostics))
    report = Report(found, tuple(sought), colours(), terminal_width(), has_known_width())
    click.echo(RENDERERS[form](report), nl=False)


def has_known_width() -> bool:
    """Whether somebody sees standard output at a certain width: on a terminal, or as `COLUMNS` says."""
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def terminal_width() -> int:
    """How many columns to fill: the terminal's, but no more than can be read well."""
    import shutil

    return min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)
