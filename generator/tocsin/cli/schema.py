"""`tocsin schema`: the JSON Schema of the spec, for editors."""

from __future__ import annotations

import click

from tocsin.cli.command import Command


@click.command(cls=Command, short_help="Print the JSON Schema of a spec, for editors.")
def schema() -> None:
    """Print the JSON Schema of a spec's files, which editors use to complete and check them."""
    import orjson

    from tocsin.spec.schema import spec_schema

    click.echo(orjson.dumps(spec_schema(), option=orjson.OPT_INDENT_2).decode())
