"""How many small mistakes in a rule its tests notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.prove.mutation.equivalent import changes_nothing
from tocsin.prove.mutation.mutants import Mutant, mutants
from tocsin.prove.promtool.handwritten_tests import rule_name
from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.try_handwritten import OwnTests, failing_rules
from tocsin.prove.promtool.verify import case_failures
from tocsin.prove.rule_values import rule_values
from tocsin.prove.verdict import Status
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tocsin.engines.program import Program
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.promtool.handwritten_tests import RuleName
    from tocsin.prove.verdict import Verdict

_AT_ONCE = 200
_TESTS_A_ROUND = 4


@value_object
class Score:
    """The mutants of one rule: noticed, not noticed, and those that are no mistakes at all."""

    verdict: Verdict
    killed: tuple[Mutant, ...]
    survivors: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]
    by_proofs: int
    """How many of the mistakes the derived tests notice."""
    by_tests: int | None
    """How many the hand-written tests notice; None where there are none."""
    untested: tuple[Mutant, ...]
    """Those that the hand-written tests do not notice, whether the derived ones do or not."""

    @property
    def dead(self) -> bool:
        """Whether the rule can never fire, so that no test could notice a mistake in it."""
        return self.verdict.fires is Status.IMPOSSIBLE

    @property
    def share(self) -> float:
        """The part of the mistakes that the tests notice, from 0 to 1."""
        count = len(self.killed) + len(self.survivors)
        return len(self.killed) / count if count else 1.0


def mutation_scores(
    verdicts: Sequence[Verdict],
    promtool: Program,
    progress: Callable[[int], object] = lambda _: None,
    own: Mapping[RuleName, OwnTests] | None = None,
) -> list[Score]:
    """The score of each rule that has tests; `own` are those written by hand, by rule."""
    own = own or {}
    tried = mutation_trials(verdicts, own)
    alive: list[bool] = []
    noticed: list[bool] = []
    for at in range(0, len(tried), _AT_ONCE):
        part = tried[at : at + _AT_ONCE]
        alive += _survived(part, promtool)
        noticed += _noticed(part, promtool, own)
        progress(len(part))
    results: dict[int, list[_Result]] = {}
    for (verdict, mutant), survived, seen in zip(tried, alive, noticed, strict=True):
        results.setdefault(id(verdict), []).append(_Result(mutant, not survived, seen))
    return [
        _score(verdict, results.get(id(verdict), []), hand_written=_key(verdict) in own)
        for verdict in _tested(verdicts, own)
    ]


@value_object
class _Result:
    mutant: Mutant
    by_proofs: bool
    by_tests: bool


def _key(verdict: Verdict) -> RuleName:
    return rule_name(verdict.subject.rule)


def _tested(verdicts: Sequence[Verdict], own: Mapping[RuleName, OwnTests]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.cases or _key(verdict) in own]


def _noticed(
    part: Sequence[tuple[Verdict, Mutant]], promtool: Program, own: Mapping[RuleName, OwnTests]
) -> list[bool]:
    """Which mutants fail a hand-written test."""
    with_tests = [index for index, (verdict, _) in enumerate(part) if _key(verdict) in own]
    found = failing_rules(
        promtool, [(part[index][1].rule, own[_key(part[index][0])]) for index in with_tests]
    )
    failed = {index for index, fails in zip(with_tests, found, strict=True) if fails}
    return [index in failed for index in range(len(part))]


def _survived(part: Sequence[tuple[Verdict, Mutant]], promtool: Program) -> list[bool]:
    """Which mutants pass all tests. A few tests go first: most mutants fall by them."""
    alive = [True] * len(part)
    longest = max((len(verdict.cases) for verdict, _ in part), default=0)
    for at in range(0, longest, _TESTS_A_ROUND):
        left = [index for index, still in enumerate(alive) if still]
        case_groups = [
            CaseGroup(_rules(*part[index]), _ordered(part[index][0].cases)[at : at + _TESTS_A_ROUND])
            for index in left
        ]
        for index, found in zip(left, case_failures(promtool, case_groups), strict=True):
            alive[index] = all(said is None for said in found)
    return alive


def _ordered(cases: Sequence[ProofCase]) -> tuple[ProofCase, ...]:
    """The cases by which mutants fall most often first."""
    likely = (
        "story",
        "notices",
        "at the threshold",
        "just inside",
        "just outside",
        "one of two",
        "two just",
        "stranger",
        "decoy",
    )
    return tuple(
        sorted(cases, key=lambda case: next((i for i, n in enumerate(likely) if case.name.startswith(n)), 9))
    )


def mutation_trials(
    verdicts: Sequence[Verdict], own: Mapping[RuleName, OwnTests] | None = None
) -> list[tuple[Verdict, Mutant]]:
    """Each rule that has tests with each of its mutants."""
    return [
        (verdict, mutant)
        for verdict in _tested(verdicts, own or {})
        for mutant in mutants(verdict.subject.rule)
    ]


def _rules(verdict: Verdict, mutant: Mutant) -> str:
    return yaml_text({"groups": [{"name": "mutant", "rules": rule_values(mutant.rule, verdict.through)}]})


def _score(verdict: Verdict, results: Sequence[_Result], *, hand_written: bool) -> Score:
    alive = [one.mutant for one in results if not (one.by_proofs or one.by_tests)]
    equivalent = [mutant for mutant in alive if changes_nothing(verdict.subject.rule, mutant)]
    return Score(
        verdict,
        tuple(one.mutant for one in results if one.by_proofs or one.by_tests),
        tuple(mutant for mutant in alive if mutant not in equivalent),
        tuple(equivalent),
        sum(one.by_proofs for one in results),
        sum(one.by_tests for one in results) if hand_written else None,
        tuple(one.mutant for one in results if not one.by_tests and one.mutant not in equivalent),
    )
