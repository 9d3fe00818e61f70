"""`tocsin test`: do the tests that people wrote hold?"""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.colour import colours
from tocsin.cli.command import Command
from tocsin.cli.completion import complete_alert
from tocsin.cli.options import every_environment_option, paths_argument, table_option
from tocsin.cli.planning import load_each_or_exit
from tocsin.cli.refusal import refuse_unloadable
from tocsin.errors import CommandError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.engines.loki import Loki
    from tocsin.engines.program import Program
    from tocsin.source.document import Document
    from tocsin.testing.outcome import TestOutcome
    from tocsin.workspace.load import Planned

_NO_LOKI = "there is no Loki: put `loki` on PATH, set TOCSIN_LOKI to it, or name one that runs with `--loki`"


@click.command(cls=Command)
@paths_argument
@click.option(
    "--alert",
    "patterns",
    multiple=True,
    shell_complete=complete_alert,
    metavar="GLOB",
    help="Run only the tests of these alerts, such as `High*`.",
)
@click.option(
    "--loki",
    "address",
    metavar="URL",
    help="Ask this Loki, with `auth_enabled: true`, about log alerts; each test gets a tenant of its own.",
)
@click.option("--strict", is_flag=True, help="Treat tests that did not run as failed.")
@every_environment_option
@table_option("outcomes")
def test(
    paths: tuple[Path, ...],
    patterns: tuple[str, ...],
    address: str | None,
    strict: bool,
    environment: str | None,
    form: str,
) -> None:
    """Run the tests of alerts and routes.

    PATHS is the folder of a spec (`spec` by default), whose `tests:` of alerts and `routing: tests:` are run,
    or files and folders with tests for `promtool test rules`. promtool runs all of them but those of log
    alerts: for these the program `loki` is started, if it is on PATH (or TOCSIN_LOKI is set). A test that
    fails is shown with what was expected and what the alert and its query returned. The tests of a spec are
    run in each of its `environments:`, or where their `in:` says.

    Exit codes: 0 no test failed, 1 a test failed, 2 none could be run, or there are none.
    """
    from tocsin.testing.outcome import Result
    from tocsin.testing.render import RENDERERS

    files, rest = _test_files(paths)
    findings = "json" if form == "json" else "text"
    alone = bool(files) and not rest
    plans = () if alone else load_each_or_exit(rest, findings, environment=environment)
    for made in plans:
        if made.is_spec:
            refuse_unloadable(made, findings)
    with _LogEngine(address) as engine:
        outcomes = [
            one
            for one in _outcomes(plans, files, patterns, engine)
            if not patterns or any(fnmatchcase(name, pattern) for name in one.alerts for pattern in patterns)
        ]
    if not outcomes:
        chosen = " that the patterns choose" if patterns else ""
        raise CommandError(f"there are no tests{chosen} in {', '.join(map(str, paths)) or 'spec'}")
    click.echo(RENDERERS[form](outcomes, colours()), nl=False)
    results = {one.result for one in outcomes}
    if Result.FAILED in results or (strict and Result.NOT_RUN in results):
        sys.exit(1)
    if results == {Result.NOT_RUN}:
        sys.exit(2)


def _test_files(paths: Sequence[Path]) -> tuple[list[Document], tuple[Path, ...]]:
    """The test files for promtool at the paths, and the paths without those that are such files."""
    from tocsin.source.decode import YAML_SUFFIXES, decode_file, read_file
    from tocsin.source.document import Document
    from tocsin.testing.promtool_files import is_test_file
    from tocsin.workspace.listing import list_files

    found: list[Document] = []
    for path, is_named in list_files(paths or (Path("spec"),) if Path("spec").exists() else paths):
        if is_named or path.suffix in YAML_SUFFIXES:
            document = decode_file(path.as_posix(), read_file(path))
            if isinstance(document, Document) and is_test_file(document):
                found.append(document)
    names = {document.name for document in found}
    return found, tuple(path for path in paths if path.as_posix() not in names)


class _LogEngine(ExitStack):
    """The Loki of a run, found or started when the first test asks for it, and ended with the run."""

    def __init__(self, address: str | None) -> None:
        super().__init__()
        self._address = address
        self._loki: Loki | None = None

    def loki(self) -> Loki | None:
        """The Loki; None where there is none, CommandError where it does not start or serve."""
        from tocsin.engines.loki import own_loki, shared_loki
        from tocsin.engines.program import EngineError, find_program
        from tocsin.interruption import temporary_folder

        try:
            if self._loki is None and self._address is not None:
                self._loki = shared_loki(self._address.rstrip("/"))
            elif self._loki is None and find_program("loki") is not None:
                self._loki = self.enter_context(own_loki(self.enter_context(temporary_folder())))
        except EngineError as error:
            raise CommandError(str(error)) from None
        return self._loki


def _outcomes(
    plans: Sequence[Planned], files: Sequence[Document], patterns: Sequence[str], engine: _LogEngine
) -> Iterator[TestOutcome]:
    from tocsin.testing.promtool_files import run_promtool_file

    for made in plans:
        for one in _of_spec(made, patterns, engine) if made.is_spec else ():
            yield replace(one, name=f"{one.name} (in {made.environment})") if len(plans) > 1 else one
    for document in files:
        yield from run_promtool_file(document, _promtool(plans[0] if plans else None))


def _promtool(made: Planned | None) -> Program:
    from tocsin.engines.program import find_program
    from tocsin.engines.promtool import with_features

    promtool = find_program("promtool")
    if promtool is None:
        raise CommandError(
            "promtool, which runs the tests, is not on PATH; install it or set TOCSIN_PROMTOOL to its path"
        )
    return promtool if made is None else with_features(promtool, made.plan.targets.features)


def _of_spec(made: Planned, patterns: Sequence[str], engine: _LogEngine) -> Iterator[TestOutcome]:
    from tocsin.plan.model import Engine
    from tocsin.testing.alert_tests import run_alert_tests
    from tocsin.testing.log_tests import run_log_tests

    plan = made.plan
    alerts = [alert for group in plan.groups for alert in group.alerts]
    chosen = [
        alert
        for alert in alerts
        if not patterns or any(fnmatchcase(alert.name, pattern) for pattern in patterns)
    ]
    if any(alert.cases and alert.engine is Engine.PROMETHEUS for alert in chosen):
        yield from run_alert_tests(plan, made.sources, _promtool(made), [alert.name for alert in chosen])
    names = [alert.name for alert in chosen if alert.cases and alert.engine is Engine.LOKI]
    if names:
        yield from run_log_tests(plan, made.sources, engine.loki(), names, _NO_LOKI)
    yield from _of_routes(made)


def _of_routes(made: Planned) -> Iterator[TestOutcome]:
    """The routing tests; `routing/test` is the check that finds those that fail."""
    from tocsin.checking import Selection, find_problems
    from tocsin.testing.outcome import Kind, Result, TestOutcome

    if not made.plan.routing_cases:
        return
    found = find_problems(made, Selection(only=("routing/test",)))
    for case in made.plan.routing_cases:
        span = made.sources.extent(case.place.path)
        mine = [
            one
            for one in found
            if one.span is not None
            and one.span.document.name == span.document.name
            and span.start <= one.span.start < span.end
        ]
        labels = ", ".join(f"{name}={value}" for name, value in case.labels.items())
        details = [line for one in mine for line in (one.message, one.help or "") if line]
        details += [
            f"{note.text} ({note.span.document.name}:{note.span.line})"
            for one in mine
            for note in one.related
        ]
        name = case.labels.get("alertname", "")
        yield TestOutcome(
            Kind.ROUTING,
            case.title or labels,
            span,
            Result.FAILED if mine else Result.PASSED,
            tuple(details),
            (name,) if name else (),
        )
