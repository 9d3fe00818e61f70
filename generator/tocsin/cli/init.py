"""`tocsin init`: a small spec to start from."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from tocsin.cli.command import Command
from tocsin.cli.settings import default_spec
from tocsin.errors import CommandError


@click.command(cls=Command)
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path), default=default_spec)
def init(folder: Path) -> None:
    """Write a small commented spec into FOLDER, which must be empty or not exist yet.

    Beside it stands `.schema.json`, the JSON Schema that the first line of each file names for editors: it is
    what `tocsin schema` prints.
    """
    from tocsin.spec.schema import schema_text

    if folder.exists() and any(folder.iterdir()):
        raise CommandError(f"{folder} is not empty; choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(resources.files("tocsin.starter").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            (folder / file.name).write_bytes(file.read_bytes())
            click.echo(f"wrote {folder / file.name}")
    (folder / ".schema.json").write_text(schema_text(), encoding="utf-8")
    click.echo(f"wrote {folder / '.schema.json'}, which your editor reads")
    click.echo(f"next: `tocsin check {folder}`, then `tocsin generate {folder}`")
