"""The mistakes that can be made in a rule, as expressions over the series that the rule is tested with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.prove.mutation.equivalent import changes_nothing
from tocsin.prove.mutation.mutants import mutants
from tocsin.prove.mutation.survivors import MutatedRule
from tocsin.prove.witness.inline_recordings import inline_recordings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.mutation.mutants import Mutant
    from tocsin.prove.verdict import Subject
    from tocsin.prove.witness.inline_recordings import Inlined


def rule_mutants(subject: Subject, way: Inlined | None) -> Iterator[MutatedRule]:
    """Those that change something, in the order of the mutants; `way` is the rule with its recordings."""
    for mutant in mutants(subject.rule):
        if mutant.kind != "severity" and not changes_nothing(subject.rule, mutant):
            yield rule_mutant(subject, way, mutant)


def rule_mutant(subject: Subject, way: Inlined | None, mutant: Mutant) -> MutatedRule:
    """One mutant; with nothing as its expression where it reads other recordings than the rule does."""
    hold = parse_duration(mutant.rule.for_ or "0s") / 1000
    if way is None:
        return MutatedRule(mutant.what, mutant.kind, mutant.rule.expr, hold)
    other = inline_recordings(mutant.rule.expr, subject.recordings)
    same = other is not None and other.dead is None and other.rules == way.rules
    expr = other.expr if other is not None and same else ""
    return MutatedRule(mutant.what, mutant.kind, expr, hold, mutant.rule.expr)
