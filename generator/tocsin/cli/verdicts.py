"""Verdicts of `tocsin prove` that somebody allows or has accepted."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from tocsin.errors import CommandError
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from tocsin.baseline.entry import Entry
    from tocsin.baseline.present import Present
    from tocsin.cli.baseline import Baseline
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.prove.report import ProofRow
    from tocsin.workspace.load import Planned


@value_object
class Acceptances:
    """The baseline, and whether the verdicts of this run are to be put into it."""

    baseline: Baseline
    accept: bool
    reason: str | None


def require_known(allowed: Sequence[str]) -> None:
    """CommandError when a pattern is that of no verdict."""
    from fnmatch import filter as matching

    known = _verdict_ids()
    for pattern in allowed:
        if not matching(known, pattern):
            names = ", ".join(f"`{id_}`" for id_ in known)
            raise CommandError(f"--allow {pattern}: there are {names}")


def excused(
    rows: Sequence[ProofRow],
    made: Planned,
    paths: Sequence[Path],
    allowed: Sequence[str],
    acceptances: Acceptances,
) -> list[ProofRow]:
    """The rows with why the run does not fail for them, where it does not."""
    from tocsin.baseline.compare import compare
    from tocsin.diagnostics.secrets import mask_secrets

    rows = list(_allowed(rows, made, allowed))
    # What could not be tried says nothing about the alert: it is not accepted for good.
    numbers = [number for number, row in enumerate(rows) if row.fails]
    found = mask_secrets(_findings((rows[number] for number in numbers), made), made.secrets)
    baseline = acceptances.baseline
    present = baseline.present([made])
    compared = compare(baseline.entries, found, present)
    for number, one in zip(numbers, compared.findings, strict=True):
        if one.accepted is not None:
            excuse = f"accepted on {one.accepted.date.isoformat()}: {one.accepted.reason}"
            rows[number] = replace(rows[number], excuse=excuse)
    covered = _covered(rows, made, paths, baseline, present)
    fresh = [one for one in compared.findings if one.accepted is None]
    if not acceptances.accept:
        for entry in compared.left:
            if covered(entry) and entry.place is not None:
                place = f"{entry.place.document.name}:{entry.place.line}"
                click.echo(f"note: {place}: accepted, and no longer found: `{entry.check}`", err=True)
        return rows
    from tocsin.baseline.entry import NOT_LOOKED_AT
    from tocsin.cli.baseline import accept_findings

    said = accept_findings(baseline, compared, fresh, present, covered, acceptances.reason)
    click.echo(said, err=True)
    excuse = f"accepted: {acceptances.reason or NOT_LOOKED_AT}"
    return [replace(row, excuse=excuse) if row.fails else row for row in rows]


def _findings(rows: Iterable[ProofRow], made: Planned) -> Iterator[Diagnostic]:
    return (row.failure.located(made.sources) for row in rows if row.failure is not None)


def _allowed(rows: Sequence[ProofRow], made: Planned, patterns: Sequence[str]) -> Iterator[ProofRow]:
    """The rows, excused where --allow or an `allow` beside the alert says so."""
    from datetime import date
    from fnmatch import fnmatchcase

    from tocsin.checks.framework.run import Allowances

    allowances = Allowances(made.plan.allowances, made.sources, date.today())
    for row in rows:
        if row.failure is None:
            yield row
        elif pattern := next((one for one in patterns if fnmatchcase(row.failure.id, one)), None):
            yield replace(row, excuse=f"allowed by --allow {pattern}")
        else:
            allowance = allowances.find(row.failure.id, row.failure.place.path)
            yield row if allowance is None else replace(row, excuse=f"allowed: {allowance.reason}")
    for one in allowances.unused(_verdict_ids()):
        where = "" if one.span is None else f"{one.span.document.name}:{one.span.line}: "
        click.echo(f"note: {where}{one.message}", err=True)


def _covered(
    rows: Sequence[ProofRow], made: Planned, paths: Sequence[Path], baseline: Baseline, present: Present
) -> Callable[[Entry], bool]:
    """Which entries of the baseline this run would have found."""
    from tocsin.cli.baseline import scope_of
    from tocsin.prove.failures import UNTRIED

    scope = scope_of(made, present, paths, (id_ for id_ in _verdict_ids() if id_ != UNTRIED))
    covered = scope.covered(baseline.entries, baseline.has_file)
    untried = {
        present.named_from_folder(one.subject)
        for one in _findings((row for row in rows if not row.is_tried), made)
        if one.subject is not None
    }
    return lambda entry: covered(entry) and entry.subject not in untried


def _verdict_ids() -> list[str]:
    from tocsin.diagnostics.catalogue import MESSAGES

    return [id_ for id_ in MESSAGES if id_.startswith("prove/")]
