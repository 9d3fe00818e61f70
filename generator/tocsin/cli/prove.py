"""`tocsin prove`: can every alert fire, and is it quiet when all is well?"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tocsin.cli.baseline import baseline_options, load_baseline
from tocsin.cli.command import Command
from tocsin.cli.generated_files import (
    end_killed_runs,
    generate_files,
    mention_changes_of_others,
    output_folder,
    spec_digests,
)
from tocsin.cli.options import (
    environment_option,
    estate_option,
    no_cache_option,
    paths_argument,
    table_option,
)
from tocsin.cli.planning import choose_estate, load_or_exit, mention_faults
from tocsin.cli.refusal import refuse_unloadable
from tocsin.cli.verdicts import Acceptances, excused, require_known
from tocsin.errors import CommandError
from tocsin.interruption import temporary_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.engines.loki import Loki
    from tocsin.engines.program import Program
    from tocsin.files import File
    from tocsin.plan.model import Plan
    from tocsin.prove.mutation.score import Score
    from tocsin.prove.report import ProofRow
    from tocsin.prove.verdict import Verdict
    from tocsin.result_store import ResultStore
    from tocsin.workspace.load import Planned


_UNREAD = ("file/yaml", "file/encoding", "file/kind")
"""Findings about a file that could not be read as rules at all."""


@click.command(cls=Command)
@paths_argument
@table_option("table")
@click.option(
    "--mutate", is_flag=True, help="Report which small mistakes in the rules (mutants) the tests detect."
)
@click.option(
    "--suggest",
    is_flag=True,
    help="Print tests that detect the mutants which the hand-written ones miss, ready for `tests:`.",
)
@click.option("--cases", is_flag=True, help="Show what each alert does in each test case.")
@click.option(
    "--write",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=(
        "Write the proofs into this folder as promtool unit tests: for a spec, the folder of `tocsin "
        "generate`, which is updated as well; for plain files, a folder of their own with a copy of each "
        "rule."
    ),
)
@click.option(
    "--allow",
    "allowed",
    multiple=True,
    metavar="GLOB",
    help="Do not fail on these findings, such as `prove/no-loki`.",
)
@no_cache_option
@environment_option
@estate_option
@baseline_options
def prove(
    paths: tuple[Path, ...],
    form: str,
    mutate: bool,
    suggest: bool,
    cases: bool,
    folder: Path | None,
    allowed: tuple[str, ...],
    environment: str | None,
    estate: str | None,
    accept: bool,
    reason: str | None,
    baseline_file: Path | None,
) -> None:
    """For each alert, generate series that make it fire and series that do not.

    PATHS is the folder of a spec (`spec` by default), or rule files and folders of them. promtool verifies
    every proof; for log alerts, so does a Loki that is started for this, if the program `loki` is on PATH (or
    TOCSIN_LOKI is set). What they do not confirm is not shown as proven.

    Failures of an alert can be accepted like findings of `tocsin check`: by `allow` next to the alert, or
    with --accept in the same baseline.

    Where the files are those of several estates, each alert is proven with the recording rules and the server
    of its own; a rule that several estates share is shown once if nothing differs.

    `paper` in the table means that this needs data that cannot exist, such as a counter below zero.

    Exit codes: 0 every alert is shown to fire and to be silent, or is allowed not to be, 1 an alert is not,
    or only on paper (`prove/only-on-paper`), 2 a file has no rules that can be read, or log alerts could not
    be tried (use `--allow prove/no-loki` where there is no Loki).
    """
    from tocsin.engines.program import EngineError, find_program
    from tocsin.engines.promtool import with_features
    from tocsin.prove.report import join_estates, render, verdict_place
    from tocsin.prove.run import proof_subjects
    from tocsin.prove.run import prove as proofs
    from tocsin.result_store import open_result_store

    baseline = load_baseline(baseline_file, paths, accept=accept, reason=reason)
    require_known(allowed)
    made = load_or_exit(paths, "json" if form == "json" else "text", environment=environment, mention=False)
    made = choose_estate(made, estate)
    _require_rules(made, paths)
    mention_faults(made.diagnostics)
    if folder is not None and made.is_spec:
        refuse_unloadable(made, "json" if form == "json" else "text")
    promtool = find_program("promtool")
    if promtool is None:
        raise CommandError(
            "promtool, which verifies the proofs, is not on PATH; install it or set TOCSIN_PROMTOOL to its "
            "path"
        )
    promtool = with_features(promtool, made.plan.targets.features)
    store = open_result_store()
    of_each = [
        (subject, one)
        for one in made.each_estate
        for subject in proof_subjects(one.plan, own_group=made.is_spec and folder is not None)
    ]
    found = [subject for subject, _ in of_each]
    try:
        with click.progressbar(length=2 * len(found), label="proving", file=sys.__stderr__) as bar:
            told = bar.update if sys.stderr.isatty() else lambda _: None
            own = _own_loki if find_program("loki") else None
            mutate = mutate or suggest
            whole = mutate or cases or folder is not None
            verdicts = proofs(found, promtool, told, whole=whole, loki=own, store=store)
        scores = _scores(verdicts, promtool, made.plan) if mutate else []
        lacking = _suggested(scores, made.plan, promtool) if suggest else ""
    except EngineError as error:
        raise CommandError(str(error)) from None
    rows = [verdict_place(verdict, made.sources) for verdict in verdicts]
    if made.estates:
        names = ((one.estate or "",) for _, one in of_each)
        rows = join_estates([replace(row, estates=of) for row, of in zip(rows, names, strict=True)])
    rows = excused(rows, made, paths, allowed, Acceptances(baseline, accept, reason))
    click.echo(render(rows, form, scores, cases=cases), nl=False)
    click.echo(lacking, nl=False, err=form != "text")
    if folder is not None:
        files = _proof_files(made, verdicts, promtool, store)
        spec = spec_digests(made, paths[0] if paths else Path("spec")) if made.is_spec else {}
        _write(files, output_folder(folder, made.environment), spec, made.environment)
    sys.exit(_exit_code(rows))


def _exit_code(rows: Sequence[ProofRow]) -> int:
    if any(row.fails for row in rows):
        return 1
    untried = sum(not row.is_tried and row.excuse is None for row in rows)
    if untried:
        alerts = "1 log alert was" if untried == 1 else f"{untried} log alerts were"
        said = f"{alerts} not tried, as there is no Loki: `--allow prove/no-loki` accepts that"
        click.echo(f"note: {said}", err=True)
    return 2 if untried else 0


def _require_rules(made: Planned, paths: Sequence[Path]) -> None:
    """CommandError when a file that is named cannot be read, or when there are no rules in any."""
    named = {str(path) for path in paths}
    faults = [
        one
        for one in made.diagnostics
        if one.id in _UNREAD and one.span is not None and one.span.document.name in named
    ]
    if faults and faults[0].span is not None:
        place = f"{faults[0].span.document.name}:{faults[0].span.line}"
        more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
        raise CommandError(f"{place}: {faults[0].message}{more}; `tocsin check` shows everything")
    if not made.is_spec and not made.plan.rule_groups:
        raise CommandError(f"there are no rules in {', '.join(sorted(named))}, so there is nothing to prove")


def _scores(verdicts: Sequence[Verdict], promtool: Program, plan: Plan) -> list[Score]:
    from tocsin.prove.mutation.score import mutation_scores, mutation_trials
    from tocsin.prove.promtool.handwritten_tests import own_tests

    own = own_tests(plan)
    with click.progressbar(
        length=len(mutation_trials(verdicts, own)), label="mutating", file=sys.__stderr__
    ) as bar:
        return mutation_scores(verdicts, promtool, bar.update if sys.stderr.isatty() else lambda _: None, own)


def _suggested(scores: Sequence[Score], plan: Plan, promtool: Program) -> str:
    from tocsin.prove.mutation.suggested_tests import write_suggestions

    return write_suggestions(scores, plan, promtool)


def _proof_files(
    made: Planned, verdicts: Sequence[Verdict], promtool: Program, store: ResultStore | None
) -> list[File]:
    """The proofs, of a spec with everything that is generated from it; those that do not hold are named."""
    from tocsin.prove.store.plain_files import proof_files
    from tocsin.prove.store.spec_files import write_proofs

    if not made.is_spec:
        plain = proof_files(verdicts, promtool, store)
        for line in plain.refused:
            click.echo(f"note: left out, because it does not hold in a test of its own: {line}", err=True)
        return list(plain.files)
    files = list(generate_files(made.plan))
    found = write_proofs(verdicts, files, promtool, store)
    for line in found.refused:
        click.echo(
            f"note: left out, because it does not hold next to the other rules of its file: {line}", err=True
        )
    return [*files, *found.files]


def _write(files: Iterable[File], folder: Path, spec: dict[str, str], environment: str | None) -> None:
    """Write files and say so; OutputError becomes exit code 2."""
    from tocsin import __version__
    from tocsin.output import OutputError, write

    end_killed_runs(folder)
    try:
        written = write(files, folder, spec=spec, version=__version__, environment=environment)
    except OutputError as error:
        raise CommandError(str(error)) from None
    mention_changes_of_others(folder, written)
    count = len(written.added) + len(written.changed) + len(written.unchanged)
    click.echo(f"{folder}: {count} files, {len(written.added) + len(written.changed)} of them new", err=True)


@contextmanager
def _own_loki() -> Iterator[Loki]:
    """A Loki for these proofs alone, in a folder that goes with it."""
    from tocsin.engines.loki import own_loki

    with temporary_folder() as folder, own_loki(folder) as loki:
        yield loki
