"""`tocsin lsp`: the language server that editors start."""

from __future__ import annotations

from importlib.util import find_spec

import click

from tocsin.cli.command import Command
from tocsin.errors import CommandError


@click.command(cls=Command)
@click.option(
    "--stdio",
    is_flag=True,
    expose_value=False,
    help="Use standard input and output; this is always the case.",
)
def lsp() -> None:
    """Run the language server that editors start, on standard input and output.

    It reports what `tocsin check` finds while you type, completes keys and names, explains them, and leads to
    where they are defined: in specs, in rule files and in Alertmanager configurations. `tocsin explain
    editors` shows how editors are set up. It needs the package `pygls`: `pip install 'tocsin[lsp]'`.
    """
    if find_spec("pygls") is None:
        raise CommandError(
            "the language server needs the package `pygls`, which is not installed",
            "help: run `pip install 'tocsin[lsp]'` in the environment of this `tocsin`",
        )
    import gc

    from tocsin.lsp.server import serve

    # A server runs for days, unlike all other commands.
    gc.enable()
    serve()
