"""`tocsin import`: rule files, routes, and definitions of other tools, become a spec."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.baseline import NAME as BASELINE
from tocsin.cli.command import Command
from tocsin.cli.options import format_option
from tocsin.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.importing.import_files import Imported


def _window(_context: click.Context, _parameter: click.Parameter, text: str | None) -> str | None:
    from tocsin.lang.durations import parse_duration
    from tocsin.lang.errors import LangError

    try:
        if text is not None and parse_duration(text) == 0:
            raise CommandError("--window: a window of no length holds nothing")
    except LangError as error:
        raise CommandError(f"--window: {error.reason}", *([error.help] if error.help else [])) from None
    return text


def _lifts(_context: click.Context, _parameter: click.Parameter, text: str | None) -> tuple[str, ...] | None:
    from tocsin.importing.rules.lifts import ALL_LIFTS

    if text is None:
        return None
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    for name in names:
        if name not in ALL_LIFTS:
            raise CommandError(f"--lift-only: there is no `{name}`; choose of {', '.join(ALL_LIFTS)}")
    return names


@click.command("import", cls=Command)
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, allow_dash=True, path_type=Path)
)
@click.option(
    "--to",
    "folder",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder for the spec, which must be empty or not exist yet.",
)
@click.option("--no-lift", is_flag=True, help="Write rules as they stand, each with its whole expression.")
@click.option(
    "--lift-only",
    "lift_only",
    callback=_lifts,
    metavar="NAMES",
    help="Lift only these, separated by commas: thresholds, severities, units, labels, teams, project, "
    "runbooks, pages, panels.",
)
@click.option("--window", callback=_window, help="Window of SLOs that name none; 30d by default.")
@click.option("--part", is_flag=True, help="Write no project.yaml: FOLDER becomes part of a spec.")
@format_option
def import_(
    paths: tuple[Path, ...],
    folder: Path,
    no_lift: bool,
    lift_only: tuple[str, ...] | None,
    window: str | None,
    part: bool,
    form: str,
) -> None:
    """Make a spec from rule files, routes, and SLOs of other tools in PATHS; `-` is standard input.

    Rule files of Prometheus and Loki are read, plain or inside PrometheusRules, ConfigMaps, values of charts
    and files for Mimir. The rules that the spec generates are compared with them; if one differs, nothing is
    written. Thresholds, severities, labels, teams and runbooks get keys of their own where the rules stay the
    same, Markdown pages about alerts become their runbooks, and panels of dashboards with their queries say
    how they are drawn.

    Alertmanager's configuration, with its templates and AlertmanagerConfigs, is kept as it is, and what the
    spec generates is compared with it too. Plain-text secrets become paths of files, which IMPORT.md lists.

    Of the SLOs of Sloth, Pyrra and OpenSLO, windows, burn rates, labels and annotations become those of the
    spec. Comments are kept. What a spec cannot express is reported with its line and the reason; the rest is
    written, and the exit code is 1. Either the whole folder is written or nothing.
    """
    from tocsin.cli.accepted_findings import Accepted, accepted_findings
    from tocsin.cli.planning import show_findings
    from tocsin.diagnostics.model import Level
    from tocsin.importing.import_files import import_files
    from tocsin.importing.rules.lifts import ALL_LIFTS
    from tocsin.output import OutputError, require_new, write_new_folder
    from tocsin.workspace.import_files import STANDARD_INPUT, read_files_to_import

    if no_lift and lift_only is not None:
        raise CommandError("--no-lift and --lift-only exclude each other")
    lifts = () if no_lift else ALL_LIFTS if lift_only is None else lift_only
    try:
        require_new(folder)
        piped = sys.stdin.buffer.read() if STANDARD_INPUT in paths else b""
        read = read_files_to_import(paths, piped)
        made = import_files(
            read.files,
            window,
            lifts,
            part=part,
            templates=read.templates,
            pages=read.pages,
            dashboards=read.dashboards,
            unread=read.diagnostics,
        )
        found = made.diagnostics
        if not made.read and not found:
            raise CommandError(
                "no file there has rules, routes or SLOs: `tocsin import` reads rule files of Prometheus and "
                "Loki, Alertmanager's configuration, and SLOs of Sloth, Pyrra and OpenSLO",
                "`tocsin check` reads dashboards as they are",
            )
        accepted = Accepted(None, 0)
        if made.spec is not None and made.files and not part:
            accepted = accepted_findings(made.spec)
        if made.files:
            write_new_folder((*made.files, *filter(None, [accepted.file])), folder)
    except OutputError as error:
        raise CommandError(str(error)) from None
    if found or form != "text":
        show_findings(found, form)
    if form == "text":
        for line in _summary(made, accepted.count, folder):
            click.echo(line)
    if any(one.level is Level.ERROR for one in found):
        sys.exit(1)


def _summary(made: Imported, accepted: int, folder: Path) -> Iterator[str]:
    from tocsin.importing.report import refused_things, routing_summary, summary

    refused = refused_things(made.diagnostics)
    of = f", {refused} refused" if refused else ""
    rules = len(made.rules.rules)
    what = [f"{_count(rules, 'rule file')}"] if rules else []
    routed = made.routing is not None
    what += ["an Alertmanager configuration"] if routed else []
    what += [_count(made.slos.slos, "SLO")] if made.slos.slos or not what else []
    if not made.files:
        none = "rule files" if rules else "SLOs" if made.slos.read else "files"
        yield f"nothing written: 0 {none} imported{of}"
        return
    yield from summary(made.rules)
    if made.routing is not None:
        yield from routing_summary(made.routing)
    if accepted:
        yield f"findings {accepted:,} of `tocsin check`, accepted in {folder / BASELINE}"
    yield f"{folder}: {' and '.join(what)} imported into {_count(len(made.files), 'file')}{of}"
    yield f"next: `tocsin check {folder}`"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"
