"""The end of a command that could not do its work."""

from __future__ import annotations

import click

from tocsin.text.visible import visible_line


class CommandError(click.ClickException):
    """What was asked could not be done: a message, perhaps with more lines, and exit code 2."""

    exit_code = 2

    def __init__(self, message: str, *more: str) -> None:
        super().__init__("\n".join(visible_line(line) for line in (message, *more)))
