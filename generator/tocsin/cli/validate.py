"""`tocsin validate`: the generated files in the real programs."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tocsin.cli.colour import colours
from tocsin.cli.command import Command
from tocsin.cli.generated_files import end_killed_runs, output_folder
from tocsin.cli.options import environment_option, output_option, spec_argument, table_option
from tocsin.cli.planning import load_or_exit
from tocsin.cli.refusal import refuse_unloadable
from tocsin.errors import CommandError
from tocsin.interruption import hold_signals

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from tocsin.engines.stack import Stack
    from tocsin.plan.model import Plan
    from tocsin.workspace.load import Planned


@click.command(cls=Command)
@spec_argument
@output_option
@click.option(
    "--engines",
    type=click.Choice(["auto", "containers", "programs"]),
    default="auto",
    show_default=True,
    help="Use containers or the programs on PATH; by default, containers where they are available.",
)
@click.option("--strict", is_flag=True, help="Treat skipped checks as failed.")
@environment_option
@table_option("verdicts")
def validate(
    spec: Path, output: Path, engines: str, strict: bool, environment: str | None, form: str
) -> None:
    """Test every alert against real Prometheus, Loki, Alertmanager and Grafana.

    The generated files in the --output folder are loaded as they are into Prometheus, Loki, Alertmanager and
    Grafana, in containers or from PATH, and every alert is driven with the samples of its `tests:`. If the
    folder does not exist, the files that `tocsin generate` would write are used. Everything that was started
    is stopped and removed again, including what a killed run left behind.

    Exit codes: 0 nothing failed, 1 something failed, 2 the programs could not be run.
    """
    from tocsin.engines.program import EngineError
    from tocsin.engines.runs import run_folder
    from tocsin.validate import programs_for
    from tocsin.validate import validate as run
    from tocsin.validate.render import RENDERERS

    made = load_or_exit([spec], "text", environment=environment)
    if not made.is_spec:
        raise CommandError(f"{spec} does not contain a spec, which `tocsin validate` needs")
    refuse_unloadable(made, "text")
    plan = made.plan
    files = _files(plan, output_folder(output, made.environment))
    # The programs may run as another user; the folder around what they read is open to this one alone.
    os.umask(0o022)
    with run_folder() as folder, _stack(engines, programs_for(plan), folder) as stack:
        try:
            report = run(plan, files, stack, folder, _tell)
        except EngineError as error:
            raise CommandError(*str(error).splitlines()) from None
    report = replace(report, faults=(*report.faults, *route_findings(made)))
    import shutil

    width = min(shutil.get_terminal_size((100, 24)).columns, 120)
    click.echo(RENDERERS[form](report, colours(), width), nl=False)
    if report.failed or (strict and not report.complete):
        sys.exit(1)


def route_findings(made: Planned) -> tuple[str, ...]:
    """What `check --only 'route/*'` warns of: routes may be wrong though every alert arrives."""
    from datetime import date

    from tocsin.checking import check_plan
    from tocsin.checks import CHECKS
    from tocsin.diagnostics.model import Level
    from tocsin.diagnostics.secrets import mask_secrets

    checks = [check for check in CHECKS.values() if check.family == "route"]
    found = mask_secrets(
        check_plan(made.plan, made.sources, checks, known=CHECKS, today=date.today()), made.secrets
    )
    return tuple(
        f"{one.level.value}[{one.id}]: {one.message}"
        + ("" if one.span is None else f" ({one.span.document.name}:{one.span.line})")
        for one in found
        if one.level is not Level.INFO
    )


def _files(plan: Plan, output: Path) -> dict[str, str]:
    """The generated files by path: those on disk, or those that would be written."""
    from tocsin.output import is_inner_stage
    from tocsin.source.decode import read_file
    from tocsin.targets import TARGETS

    if not output.exists():
        _tell(f"there is no folder {output}; the files that would be generated are used")
        return {file.path: file.content.decode() for target in TARGETS.values() for file in target.emit(plan)}
    end_killed_runs(output)
    return {
        path.relative_to(output).as_posix(): read_file(path).decode("utf-8", "replace")
        for path in sorted(output.rglob("*"))
        if path.is_file()
        and path.suffix in (".yaml", ".tmpl", ".json", ".md")
        and not is_inner_stage(path.relative_to(output).parts[0])
    }


@contextmanager
def _stack(engines: str, programs: Sequence[str], stage: Path) -> Iterator[Stack]:
    """The programs of the first kind that can be had and used; afterwards all of them are gone."""
    from tocsin.engines.containers import container_stack
    from tocsin.engines.processes import ProcessStack

    kinds: dict[str, Callable[[], Stack | str]] = {
        "containers": lambda: container_stack(stage.name, _tell),
        "programs": lambda: ProcessStack(stage.name),
    }
    reasons: list[str] = []
    for kind in kinds if engines == "auto" else [engines]:
        stack = kinds[kind]()
        if isinstance(stack, str):
            reasons.append(f"{kind}: {stack}")
        else:
            with _closing(stack):
                if not (lacking := _lacking(stack, programs, stage / f"trial-{kind}")):
                    yield stack
                    return
                reasons.extend(f"{kind}: {reason}" for reason in lacking)
        if engines == "auto" and kind == "containers":
            _tell(f"{reasons[-1]}; using the programs on PATH")
    lines = [line for reason in reasons for line in reason.splitlines()]
    raise CommandError("could not run:", *(f"  {line}" for line in lines))


@contextmanager
def _closing(stack: Stack) -> Iterator[None]:
    try:
        yield
    finally:
        _tell("stopping and removing everything")
        # Somebody impatient must not keep what was started from being taken down.
        with hold_signals():
            stack.close()


def _lacking(stack: Stack, programs: Sequence[str], stage: Path) -> list[str]:
    """Why there is nothing to validate with; what can be done without is marked as missing instead."""
    from tocsin.engines.stack import NEEDED
    from tocsin.engines.trial import why_unusable

    _tell("trying each program")
    there = [program for program in programs if program not in stack.missing]
    if all(program in there for program in NEEDED):
        stack.missing.update(why_unusable(stack, stage, there))
    return [stack.missing[program] for program in NEEDED if program in stack.missing]


def _tell(line: str) -> None:
    """What is being done, on a terminal only."""
    if sys.stderr.isatty():
        said = f"… {line}"
        click.echo(click.style(said, dim=True) if colours(sys.stderr) else said, err=True)
