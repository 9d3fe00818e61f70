"""What all commands have in common: no argument may be empty, and --color says whether to colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tocsin.cli.colour import COLOUR_CHOICES, choose_colour
from tocsin.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterable


class Command(click.Command):
    """A command of `tocsin`."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self.params.append(
            click.Option(
                ["--color"],
                type=click.Choice(COLOUR_CHOICES),
                default="auto",
                expose_value=False,
                is_eager=True,
                callback=choose_colour,
                help="Use colour: on a terminal only, always or never.",
            )
        )

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the arguments; CommandError when one of them is empty, which mostly is an unset variable."""
        given, _, _ = self.make_parser(ctx).parse_args(args=list(args))
        for parameter in self.params:
            if any(isinstance(one, str) and not one.strip() for one in _values(given.get(parameter.name))):
                raise CommandError(f"{_shown(parameter)} is empty; is a variable unset?")
        return super().parse_args(ctx, args)


def _values(given: object) -> Iterable[object]:
    return given if isinstance(given, (list, tuple)) else (given,)


def _shown(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Option):
        return parameter.opts[0]
    return parameter.human_readable_name if parameter.nargs == 1 else "an argument"
