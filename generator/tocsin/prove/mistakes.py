"""The mistakes that can be made in a rule, as expressions over the series that the rule is tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.prove.equivalent import changes_nothing
from tocsin.prove.mistaken import Mistake
from tocsin.prove.mutants import mutants
from tocsin.prove.recorded import derived

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.mutants import Mutant
    from tocsin.prove.recorded import Derived
    from tocsin.prove.verdict import Subject


def mistakes(subject: Subject, way: Derived | None) -> Iterator[Mistake]:
    """Those that change something, in the order of the mutants; `way` is the rule with its recordings."""
    for mutant in mutants(subject.rule):
        if mutant.kind != "severity" and not changes_nothing(subject.rule, mutant):
            yield mistake(subject, way, mutant)


def mistake(subject: Subject, way: Derived | None, mutant: Mutant) -> Mistake:
    """One mutant; with nothing as its expression where it reads other recordings than the rule does."""
    hold = parse_duration(mutant.rule.for_ or "0s") / 1000
    if way is None:
        return Mistake(mutant.what, mutant.kind, mutant.rule.expr, hold)
    other = derived(mutant.rule.expr, subject.recordings)
    same = other is not None and other.dead is None and other.rules == way.rules
    expr = other.expr if other is not None and same else ""
    return Mistake(mutant.what, mutant.kind, expr, hold, mutant.rule.expr)
