"""`tocsin limits`: the size of the output, compared with what programs accept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from tocsin.cli.command import Command
from tocsin.cli.generated_files import generate_files
from tocsin.cli.options import environment_option, format_option, spec_argument
from tocsin.cli.planning import load_or_exit
from tocsin.errors import CommandError
from tocsin.text.visible import visible_line

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tocsin.deliver.sizes import Size
    from tocsin.files import File
    from tocsin.plan.model import Plan

_SHOWN = 8


@click.command(cls=Command)
@spec_argument
@environment_option
@format_option
def limits(spec: Path, environment: str | None, form: str) -> None:
    """Compare the size of what the spec in the folder SPEC delivers with what programs accept.

    For each limit, the largest object is named. The last lines list the labels that split alerts into several
    series, with the number of alerts.

    Exit codes: 0 everything fits, 1 something exceeds a limit, 2 the command could not do its work.
    """
    from tocsin.deliver.sizes import delivery_sizes, series_of_alerts

    made = load_or_exit((spec,), form, environment=environment)
    if not made.is_spec:
        raise CommandError(f"{spec} does not contain a spec; limits are those of what a spec delivers")
    sizes = list(delivery_sizes(made.plan, _output(made.plan)))
    series = series_of_alerts(made.plan)
    if form == "json":
        import orjson

        value = {
            "sizes": [
                {
                    "program": one.program,
                    "what": one.what,
                    "size": one.size,
                    "most": one.most,
                    "name": one.name,
                }
                for one in sizes
            ],
            "series": [{"per": labels, "alerts": count} for labels, count in series],
        }
        click.echo(orjson.dumps(value, option=orjson.OPT_INDENT_2).decode())
    else:
        _show(sizes, series)
    sys.exit(1 if any(one.is_too_much for one in sizes) else 0)


def _output(plan: Plan) -> list[File]:
    """The files of the output; none where one is so large that there is no output, which is said."""
    try:
        return list(generate_files(plan))
    except CommandError as error:
        click.echo(f"note: {error.message}", err=True)
        return []


def _show(sizes: Sequence[Size], series: Sequence[tuple[tuple[str, ...], int]]) -> None:
    rows = [(one.program, one.what, f"{one.size:,}", _most(one), one.name) for one in sizes]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(4)]
    for one, (program, what, size, most, name) in zip(sizes, rows, strict=True):
        line = f"{program:{widths[0]}}  {what:{widths[1]}}  {size:>{widths[2]}} {most:{widths[3]}}  {name}"
        click.echo(visible_line(f"{'!' if one.is_too_much else ' '} {line}".rstrip()))
    for labels, count in series[:_SHOWN]:
        alerts = "1 alert" if count == 1 else f"{count} alerts"
        each = f" for each {', '.join(labels)}" if labels else ""
        click.echo(visible_line(f"  {alerts}: one series{each}"))
    if len(series) > _SHOWN:
        click.echo(f"  and {len(series) - _SHOWN} more sets of labels")


def _most(one: Size) -> str:
    if one.most is None:
        return ""
    return f"of {one.most:,}, and one more for a change" if one.is_full else f"of {one.most:,}"
