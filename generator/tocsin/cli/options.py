"""The options that commands share, under the same names everywhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tocsin import result_store
from tocsin.cli.completion import complete_environment
from tocsin.cli.settings import default_output, default_paths, default_spec

if TYPE_CHECKING:
    from collections.abc import Callable

spec_argument = click.argument(
    "spec", type=click.Path(exists=True, file_okay=False, path_type=Path), default=default_spec
)
paths_argument = click.argument(
    "paths",
    nargs=-1,
    type=click.Path(exists=True, path_type=Path),
    metavar="[PATHS]...",
    callback=lambda _ctx, _parameter, paths: paths or default_paths(),
)
named_paths_argument = click.argument(
    "paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATHS]..."
)
"""For a command to which it makes a difference whether paths were named."""
output_option = click.option(
    "--output",
    "-o",
    type=click.Path(file_okay=False, path_type=Path),
    default=default_output,
    show_default="output",
    help="Folder for the generated files.",
)
environment_option = click.option(
    "--environment",
    metavar="NAME",
    shell_complete=complete_environment,
    help="The one of the spec's `environments:` to look at; the first when absent.",
)
every_environment_option = click.option(
    "--environment",
    metavar="NAME",
    shell_complete=complete_environment,
    help="Only this one of the spec's `environments:`; each of them when absent.",
)
estate_option = click.option(
    "--estate",
    metavar="NAME",
    help="Only this one of several estates in the files; each of them when absent.",
)
format_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="Format of the findings.",
)
report_option = click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github", "junit"]),
    default="text",
    show_default=True,
    help="Format of the findings: for people, programs, code hosts or CI.",
)


def _without_results(_ctx: click.Context, _parameter: click.Parameter, chosen: bool) -> None:
    if chosen:
        os.environ[result_store.OFF] = "1"


no_cache_option = click.option(
    "--no-cache",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_without_results,
    help="Compute everything anew; use no results of earlier runs.",
)


def table_option(what: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The format of what a command shows as a table, to people, programs or CI."""
    return click.option(
        "--format",
        "form",
        type=click.Choice(["text", "json", "junit"]),
        default="text",
        show_default=True,
        help=f"Format of the {what}.",
    )
