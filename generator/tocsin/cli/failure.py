"""The end of a command that could not do its work."""

from __future__ import annotations

import click


class CannotError(click.ClickException):
    """What was asked could not be done: a message, and exit code 2."""

    exit_code = 2
