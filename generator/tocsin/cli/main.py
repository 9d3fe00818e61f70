"""The command `tocsin` and its subcommands."""

from __future__ import annotations

import gc
import keyword
import os
import signal
import sys
from importlib import import_module
from typing import Any, NoReturn

import click

from tocsin import __version__
from tocsin.interruption import clean_up, handle_signals, interrupted_by

_COMMANDS = {
    "check": "Find problems in rules, routes, dashboards and runbooks.",
    "diff": "Show what a change does, and for whom.",
    "explain": "Explain an alert, an SLO, a check, a key of the spec, or a topic.",
    "fmt": "Format the files of a spec: order of keys, indentation.",
    "generate": "Write rules, routes, dashboards and runbooks.",
    "import": "Make a spec from rule files, routes, or SLOs of other tools.",
    "init": "Write a small spec to start from.",
    "limits": "Compare the size of the output with what programs accept.",
    "lsp": "Answer an editor: findings as you type, completion, hover.",
    "prove": "Show that every alert can fire, and can be silent.",
    "push": "Upload the rules to the ruler of Mimir or Loki.",
    "route": "Show who is notified of an alert, when, and why.",
    "schema": "Print the JSON Schema of a spec, for editors.",
    "slo": "Backfill the history of objectives.",
    "test": "Run the tests of alerts and routes.",
    "validate": "Test every alert against the real programs.",
}
"""What the list of commands says of each; `--help` shows it without loading the commands."""


class _Tocsin(click.Group):
    """A group that turns what the operating system refuses into a message and exit code 2.

    Everything that its commands print, their errors included, goes through guarded streams. A command is
    imported when it is asked for, so that signals are handled from the start.
    """

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return list(_COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command with this name, from the module of the same name, with `_` behind a Python keyword."""
        if cmd_name not in _COMMANDS:
            return None
        name = f"{cmd_name}_" if keyword.iskeyword(cmd_name) else cmd_name
        found: click.Command = getattr(import_module(f"tocsin.cli.{name}"), name)
        return found

    def format_commands(self, _ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))

    def main(self, *args: Any, **kwargs: Any) -> Any:
        from tocsin.cli.terminal import guarded

        with guarded():
            return super().main(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except OSError as error:
            reason = error.strerror or type(error).__name__
            from tocsin.errors import CommandError

            message = f"{error.filename}: {reason}" if error.filename else reason
            raise CommandError(message) from None


@click.group(cls=_Tocsin, context_settings={"help_option_names": ["-h", "--help"], "color": True})
@click.version_option(__version__, prog_name="tocsin")
def main() -> None:
    """Compile one spec of alerts into rules, routes, dashboards and runbooks that agree.

    Exit codes: 0 nothing was found, 1 something was found, 2 the command could not do its work.
    """


def run() -> NoReturn:
    """The command as a process, which never looks for garbage and ends without taking its memory apart.

    A run is short and keeps nearly all that it makes, so that both would only cost time: a second and more
    for a large plan. Ctrl-C and SIGTERM end it with 130 and 143.
    """
    gc.disable()
    handle_signals()
    try:
        main()
    except SystemExit as end:
        # Click ends every command with a number.
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        if interrupted_by() is None:
            raise
        code = 1
    else:
        code = 0
    if (number := interrupted_by()) is not None:
        code = 128 + number
        print(f"tocsin: {'interrupted' if number == signal.SIGINT else 'terminated'}", file=sys.stderr)
    clean_up()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        code = code or 1
    os._exit(code)
