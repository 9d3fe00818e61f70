"""Whether to colour what is printed: --color, then the variables that tools agree on, then the terminal."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

COLOUR_CHOICES = ("auto", "always", "never")


_KEY = "tocsin.colour"


def choose_colour(ctx: click.Context, _: click.Parameter, choice: str) -> None:
    """Let whoever asks `colours` colour as the option --color says."""
    ctx.meta[_KEY] = _wanted(choice, os.environ)
    # Click would take escape sequences away, also those of names, which are to be seen.
    ctx.color = True


def colours(stream: IO[str] | None = None) -> bool:
    """Whether a stream is to be coloured; without one, standard output."""
    ctx = click.get_current_context(silent=True)
    wanted: bool | None = None if ctx is None else ctx.meta.get(_KEY)
    return (stream or sys.stdout).isatty() if wanted is None else wanted


def _wanted(choice: str, environment: Mapping[str, str]) -> bool | None:
    """True and False are for any stream, None is for terminals only.

    NO_COLOR as https://no-color.org has it, FORCE_COLOR as https://force-color.org; CLICOLOR_FORCE is older.
    """
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if any(environment.get(name, "0") not in ("", "0") for name in ("FORCE_COLOR", "CLICOLOR_FORCE")):
        return True
    return False if environment.get("TERM") == "dumb" else None
