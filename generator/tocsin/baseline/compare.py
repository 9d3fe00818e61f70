"""A baseline applied to the findings of a run: which are accepted, which are new, which entries are left."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.baseline.entry import Entry
from tocsin.baseline.match import Identity, match
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.diagnostics.model import Acceptance, Diagnostic, Level
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from tocsin.baseline.present import Present

GONE = MESSAGES["baseline/gone"]
_NOTHING_READ = ("file/kind", "file/not-read")


@value_object
class Compared:
    """The findings of a run, those that are accepted marked, beside the entries of a baseline."""

    findings: tuple[Diagnostic, ...]
    kept: tuple[Entry, ...]
    """The entries that findings matched, as these are now."""
    left: tuple[Entry, ...]
    """The entries that no finding matched, each with how often."""


def compare(entries: Sequence[Entry], findings: Iterable[Diagnostic], present: Present) -> Compared:
    """Match the findings of a run with the entries of a baseline; what has no subject matches none."""
    findings = list(findings)
    if not entries:
        return Compared(tuple(findings), (), ())
    numbers = [number for number, one in enumerate(findings) if one.subject is not None]
    found = [_identity(findings[number], present) for number in numbers]
    earlier = [entry for entry in entries for _ in range(entry.count)]
    matched = match([Identity(one.check, one.subject, one.finding) for one in earlier], found, present.has)
    kept = []
    for index, of_entry in matched.items():
        entry, now, number = earlier[of_entry], found[index], numbers[index]
        kept.append(replace(entry, subject=now.subject, finding=now.message, count=1))
        findings[number] = replace(findings[number], accepted=Acceptance(entry.reason, entry.date))
    used = set(matched.values())
    left = Counter(one for number, one in enumerate(earlier) if number not in used)
    return Compared(
        tuple(findings), tuple(kept), tuple(replace(entry, count=count) for entry, count in left.items())
    )


def found_since(
    earlier: Iterable[Diagnostic], findings: Sequence[Diagnostic], present: Present
) -> tuple[list[Diagnostic], list[Diagnostic]]:
    """The findings that no earlier one is the same as, and the earlier ones that are gone."""
    before = [one for one in earlier if one.subject is not None]
    found = [one for one in findings if one.subject is not None]
    matched = match(
        [_identity(one, present) for one in before],
        [_identity(one, present) for one in found],
        present.has,
    )
    same = {id(found[number]) for number in matched}
    used = set(matched.values())
    gone = [one for number, one in enumerate(before) if number not in used]
    return [one for one in findings if id(one) not in same], gone


def can_be_accepted(one: Diagnostic, *, is_spec: bool) -> bool:
    """Whether a finding may stay: not one of a spec that cannot be generated, nor that nothing was read."""
    message = MESSAGES.get(one.id)
    if message is None:
        return one.subject is not None
    if is_spec and not message.allowable:
        return False
    return one.subject is not None and not (one.id in _NOTHING_READ and one.level is Level.ERROR)


def new_entries(
    findings: Iterable[Diagnostic], present: Present, today: date, reason: str
) -> Iterator[Entry]:
    """An entry for each finding; there is none for what has no subject."""
    for one in findings:
        if one.subject is not None:
            now = _identity(one, present)
            yield Entry(one.id, now.subject, one.message, 1, today, reason)


def gone(entries: Iterable[Entry]) -> Iterator[Diagnostic]:
    """The findings about entries that are not needed any more."""
    for one in entries:
        several = "" if one.count == 1 else f" ({one.count} of them)"
        yield Diagnostic(
            GONE.id,
            GONE.level,
            f"accepted, and no longer found{several}",
            one.place,
            f"`{one.check}`",
            help="remove the entry, as `--accept` does",
        )


def _identity(one: Diagnostic, present: Present) -> Identity:
    assert one.subject is not None
    return Identity(one.id, present.named_from_folder(one.subject), one.message)
