"""Running checks on a plan: what somebody allowed is left out, the rest comes sorted and each only once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.checks.framework.allow import renamed, unknown, unused
from tocsin.checks.framework.collect import run_each
from tocsin.checks.framework.completeness import areas_needed
from tocsin.checks.framework.renamed import REMOVED, RENAMED, current_id
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.fix import string_fix
from tocsin.diagnostics.incomplete import COMPLETE, Incomplete
from tocsin.diagnostics.members import join_members
from tocsin.diagnostics.model import Diagnostic, Level, Note, sort_diagnostics
from tocsin.diagnostics.subject import subject_in
from tocsin.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from datetime import date

    from tocsin.checks.framework.check import Check
    from tocsin.checks.framework.collect import CheckOutcome
    from tocsin.checks.framework.outputs import Outputs
    from tocsin.plan.model import Allowance, Plan
    from tocsin.result_store import ResultStore
    from tocsin.source.place import Sources


def run_checks(
    plan: Plan,
    sources: Sources,
    checks: Sequence[Check],
    *,
    outputs: Outputs,
    known: Collection[str],
    today: date,
    found: Iterable[Diagnostic] = (),
    unread: Incomplete = COMPLETE,
    store: ResultStore | None = None,
) -> tuple[Diagnostic, ...]:
    """What the checks find, with what was `found` before them.

    `outputs` are those of the plan. `known` are the ids that an allowance may name; one that ended before
    `today` allows nothing any more. What could not be read is not judged, nor is anything that depends on it.
    What earlier runs found in parts of a plan is taken from the store.
    """
    checks = runnable(checks, unread)
    allowances = Allowances(plan.allowances, sources, today)
    kept = [one for one in map(allowances.judge_found, found) if one is not None]
    for check, outcome in zip(checks, run_each(checks, plan, outputs, store=store), strict=True):
        judged = _judged(check, outcome, sources, allowances)
        not_read = unread.of_values() if check.of_one_text else unread
        kept += [one for one in judged if not (not_read and _is_of_unread(one, not_read))]
    ran = {check.id for check in checks}
    if unused.id in ran:
        kept += allowances.unused(ran)
    if unknown.id in ran:
        kept += _unknown(plan, sources, known)
    if renamed.id in ran:
        kept += _renamed(plan, sources)
    # What was found by its lines alone may be about any of the alerts that share them.
    kept = join_members(kept, sources)
    return sort_diagnostics(one if one.subject is not None else _with_subject(one, sources) for one in kept)


def runnable(checks: Iterable[Check], unread: Incomplete) -> list[Check]:
    """The checks that can say something although a part of the files could not be read."""
    return [check for check in checks if not areas_needed(check) & unread.areas]


def _with_subject(found: Diagnostic, sources: Sources) -> Diagnostic:
    """What was found by its lines alone, with what stands there."""
    return found if found.span is None else replace(found, subject=subject_in(found.span, sources))


def _judged(
    check: Check, outcome: CheckOutcome, sources: Sources, allowances: Allowances
) -> Iterator[Diagnostic]:
    for finding in outcome.findings:
        paths = [place.path for place in (finding.at, finding.about) if place is not None]
        one = allowances.judge(finding.diagnostic(check.id, check.level, sources), paths)
        if one is not None:
            yield one
    if outcome.broke_off is not None:
        message = f"the check `{check.id}` broke off: {outcome.broke_off}"
        advice = f"this is a fault of Tocsin: please report it; `--except {check.id}` leaves the check out"
        yield Diagnostic("tocsin/crash", Level.ERROR, message, None, help=advice)


def _is_of_unread(found: Diagnostic, unread: Incomplete) -> bool:
    """Whether a finding is about something that could not be read as its author meant it."""
    return found.span is None or any(map(unread.holds, (found.span, *(note.span for note in found.related))))


class Allowances:
    """What was allowed, and which of it has matched a finding so far."""

    def __init__(self, allowances: Iterable[Allowance], sources: Sources, today: date) -> None:
        self._by_check: dict[str, list[Allowance]] = {}
        for allowance in allowances:
            self._by_check.setdefault(current_id(allowance.check), []).append(allowance)
        self._sources = sources
        self._today = today
        self._used: set[int] = set()

    def find(self, id_: str, path: tuple[str | int, ...]) -> Allowance | None:
        """What allows a finding about a place today, if anything does."""
        for allowance in self._by_check.get(id_, ()):
            if path[: len(allowance.scope)] == allowance.scope:
                self._used.add(id(allowance))
                return None if self._has_ended(allowance) else allowance
        return None

    def judge(self, found: Diagnostic, paths: Iterable[tuple[str | int, ...]]) -> Diagnostic | None:
        """The finding, with a word on an allowance that has ended; None when it is allowed."""
        for allowance in self._by_check.get(found.id, ()):
            scope = allowance.scope
            if any(path[: len(scope)] == scope for path in paths):
                return self._apply(allowance, found)
        return found

    def judge_found(self, found: Diagnostic) -> Diagnostic | None:
        """The same for something that was found without a path: its lines tell what it is about."""
        span = found.span
        if span is not None:
            for allowance in self._by_check.get(found.id, ()):
                extent = self._sources.extent(allowance.scope)
                inside = extent.start <= span.start and span.end <= extent.end
                if inside and extent.document.name == span.document.name:
                    return self._apply(allowance, found)
        return found

    def _apply(self, allowance: Allowance, found: Diagnostic) -> Diagnostic | None:
        self._used.add(id(allowance))
        if not self._has_ended(allowance):
            return None
        note = Note(
            self._sources.locate(allowance.place), f"was allowed until {allowance.until}: {allowance.reason}"
        )
        return replace(found, related=(*found.related, note))

    def _has_ended(self, allowance: Allowance) -> bool:
        return allowance.until is not None and self._today > allowance.until

    def unused(self, ran: Collection[str]) -> Iterator[Diagnostic]:
        """Allowances of checks that ran and found nothing there."""
        for check, allowances in self._by_check.items():
            for allowance in allowances:
                if check in ran and id(allowance) not in self._used:
                    message = f"`{check}` finds nothing here: the allowance is no longer needed"
                    span = self._sources.locate(allowance.place)
                    yield Diagnostic(unused.id, unused.level, message, span, help="remove it")


def _unknown(plan: Plan, sources: Sources, known: Collection[str]) -> Iterator[Diagnostic]:
    for allowance in plan.allowances:
        check = current_id(allowance.check)
        message = MESSAGES.get(check)
        if message is not None and not message.allowable:
            said = f"`{message.id}` cannot be allowed: it has to be fixed"
            span = sources.locate(allowance.place)
            yield Diagnostic(unknown.id, unknown.level, said, span, help="remove the allowance")
        elif check in REMOVED:
            said = f"the check `{check}` was removed: {REMOVED[check]}"
            span = sources.locate(allowance.place)
            yield Diagnostic(renamed.id, renamed.level, said, span, help="remove the allowance")
        elif check not in known:
            advice = did_you_mean(allowance.check, known) or "`tocsin check --list` lists them all"
            said = f"there is no check `{allowance.check}`"
            yield Diagnostic(unknown.id, unknown.level, said, sources.locate(allowance.place), help=advice)


def _renamed(plan: Plan, sources: Sources) -> Iterator[Diagnostic]:
    for allowance in plan.allowances:
        if (new := RENAMED.get(allowance.check)) is not None:
            said = f"the check `{allowance.check}` is now called `{new}`"
            span = sources.locate(allowance.place)
            fix = string_fix(span, new, is_safe=True)
            yield Diagnostic(renamed.id, renamed.level, said, span, help=f"write `{new}`", fix=fix)
