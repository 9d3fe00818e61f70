"""`tocsin schema`: the JSON Schema of the spec, for editors."""

from __future__ import annotations

import click

from tocsin.cli.command import Command


@click.command(cls=Command)
def schema() -> None:
    """Print the JSON Schema of a spec's files, which editors use to complete and check them."""
    from tocsin.spec.schema import schema_text

    click.echo(schema_text(), nl=False)
