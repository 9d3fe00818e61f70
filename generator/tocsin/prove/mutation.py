"""How many small mistakes in a rule its tests notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.judge import Hearing, failures
from tocsin.prove.mutants import Mutant, mutants
from tocsin.prove.prove import rule_values
from tocsin.prove.shape.flow import flow
from tocsin.prove.shape.solve import Conflict, solve
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.engines.program import Program
    from tocsin.prove.cases import Case
    from tocsin.prove.verdict import Verdict

_AT_ONCE = 200
_TESTS_A_ROUND = 4


@dataclass(frozen=True, slots=True)
class Score:
    """The mutants of one rule: noticed, not noticed, and those that are no mistakes at all."""

    verdict: Verdict
    killed: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]

    @property
    def share(self) -> float:
        """The part of the mistakes that the tests notice, from 0 to 1."""
        count = len(self.killed) + len(self.survivors)
        return len(self.killed) / count if count else 1.0


def mutate(
    verdicts: Sequence[Verdict], promtool: Program, progress: Callable[[int], object] = lambda _: None
) -> list[Score]:
    """The score of each rule that has tests."""
    tested = [verdict for verdict in verdicts if verdict.cases]
    tried = trials(verdicts)
    survived: list[bool] = []
    for at in range(0, len(tried), _AT_ONCE):
        part = tried[at : at + _AT_ONCE]
        survived += _survived(part, promtool)
        progress(len(part))
    results: dict[int, list[tuple[Mutant, bool]]] = {}
    for (verdict, mutant), alive in zip(tried, survived, strict=True):
        results.setdefault(id(verdict), []).append((mutant, alive))
    return [_score(verdict, results.get(id(verdict), [])) for verdict in tested]


def _survived(part: Sequence[tuple[Verdict, Mutant]], promtool: Program) -> list[bool]:
    """Which mutants pass all tests. A few tests go first: most mutants fall by them."""
    alive = [True] * len(part)
    longest = max(len(verdict.cases) for verdict, _ in part)
    for at in range(0, longest, _TESTS_A_ROUND):
        left = [index for index, still in enumerate(alive) if still]
        hearings = [
            Hearing(_rules(*part[index]), _ordered(part[index][0].cases)[at : at + _TESTS_A_ROUND])
            for index in left
        ]
        for index, found in zip(left, failures(promtool, hearings), strict=True):
            alive[index] = all(said is None for said in found)
    return alive


def _ordered(cases: Sequence[Case]) -> tuple[Case, ...]:
    """The cases by which mutants fall most often first."""
    likely = ("story", "at the threshold", "just inside", "just outside", "decoy")
    return tuple(
        sorted(cases, key=lambda case: next((i for i, n in enumerate(likely) if case.name.startswith(n)), 9))
    )


def trials(verdicts: Sequence[Verdict]) -> list[tuple[Verdict, Mutant]]:
    """Each rule that has tests with each of its mutants."""
    tested = [verdict for verdict in verdicts if verdict.cases]
    return [(verdict, mutant) for verdict in tested for mutant in mutants(verdict.subject.rule)]


def _rules(verdict: Verdict, mutant: Mutant) -> str:
    return yaml_text({"groups": [{"name": "mutant", "rules": rule_values(mutant.rule, verdict.through)}]})


def _score(verdict: Verdict, results: Sequence[tuple[Mutant, bool]]) -> Score:
    alive = [mutant for mutant, survived in results if survived]
    equivalent = [mutant for mutant in alive if _is_equivalent(verdict.subject.rule.expr, mutant)]
    return Score(
        verdict,
        tuple(mutant for mutant, survived in results if not survived),
        tuple(mutant for mutant in alive if mutant not in equivalent),
        tuple(equivalent),
    )


def _is_equivalent(expr: str, mutant: Mutant) -> bool:
    """Whether a mistake surely changes nothing.

    A quantile of a histogram stays the same when all its buckets grow by one factor. A matcher may be dropped
    where other parts of the expression ask for the same: a series that it keeps out would have to meet its
    negation, and when the labels that joins make equal leave no value for that, none has a part in a result.
    """
    if mutant.broken is None:
        return mutant.scaled
    _, matcher = mutant.broken
    negated = {"=": "!=", "!=": "=", "=~": "!~", "!~": "=~"}[matcher.op]
    start, end = matcher.span
    piece = expr[start:end].replace(matcher.op, negated, 1)
    try:
        tree = parse_promql(expr[:start] + piece + expr[end:])
    except LangError:
        return False
    ways = [flow(tree)]
    ways += [flow(tree, way) for way in range(1, ways[0].ways)]
    solved = [solve(way) for way in ways]
    return all(isinstance(solution, Conflict) and solution.proven for solution in solved)
