"""From the rules of an objective to what is proven of each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.plan.model import Recording
from tocsin.prove.objectives.divided import divided
from tocsin.prove.objectives.floor_cases import floor_cases
from tocsin.prove.objectives.indicator import find_indicator
from tocsin.prove.objectives.inhibition import with_inhibitions
from tocsin.prove.objectives.missing_cases import missing_cases
from tocsin.prove.objectives.pair_cases import pair_cases
from tocsin.prove.objectives.problem import problems_of
from tocsin.prove.objectives.recorded_cases import recorded_cases
from tocsin.prove.objectives.tier_cases import tier_cases
from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.verify import verify_cases
from tocsin.prove.rule_values import rule_values
from tocsin.prove.verdict import Status, Verdict
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tocsin.engines.program import Program
    from tocsin.plan.burn import Burn, BurnTier
    from tocsin.plan.model import Rule
    from tocsin.plan.slo import Slo
    from tocsin.prove.objectives.problem import TierProblem
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.promtool.verify import Verified
    from tocsin.prove.verdict import Subject
    from tocsin.result_store import ResultStore


@value_object
class _Derived:
    """The cases of one rule, before anybody judged them."""

    subject: Subject
    through: tuple[Recording, ...]
    cases: tuple[ProofCase, ...]
    never: str | None
    """Why it can never fire, where that is so."""
    lacking: tuple[str, ...]
    """What is not shown."""
    is_tier: bool
    """Whether it is an alert that the budget burns."""


def prove_objectives(
    found: Sequence[Subject],
    promtool: Program,
    progress: Callable[[int], object],
    store: ResultStore | None = None,
) -> dict[int, Verdict]:
    """The verdicts of those rules that follow from objectives, by their number among all.

    `progress` hears of two steps a rule.
    """
    derived = {number: one for number, subject in enumerate(found) if (one := _derive(subject)) is not None}
    groups = [_case_group(one) for one in derived.values()]
    judged = verify_cases(promtool, groups, lambda steps: progress(2 * steps), store)
    verdicts = {
        number: _verdict(one, said) for (number, one), said in zip(derived.items(), judged, strict=True)
    }
    for numbers in _by_objective(derived).values():
        told = with_inhibitions([verdicts[number] for number in numbers])
        verdicts.update(zip(numbers, told, strict=True))
    return verdicts


def _by_objective(derived: Mapping[int, _Derived]) -> dict[tuple[str, str], list[int]]:
    """The tiers of each objective for the same groups, the most urgent first."""
    found: dict[tuple[str, str], list[int]] = {}
    for number, one in derived.items():
        if one.is_tier:
            found.setdefault((one.subject.group.name, one.subject.rule.selected), []).append(number)
    return found


def _case_group(derived: _Derived) -> CaseGroup:
    rules = rule_values(derived.subject.rule, derived.through)
    return CaseGroup(yaml_text({"groups": [{"name": "proof", "rules": rules}]}), derived.cases)


def _derive(subject: Subject) -> _Derived | None:
    """The cases of a rule of an objective; None where its series cannot be made, or it has none."""
    slo, rule = subject.objective, subject.rule
    if slo is None or slo.burn is None or not slo.burn.recorded:
        return None
    through = tuple(one for one in subject.group.rules if isinstance(one, Recording))
    own = divided(slo, rule)
    found = None if own is None else find_indicator(slo, through[0].labels if through else {})
    if own is None or own.slo.burn is None or found is None:
        return None
    if rule.alert == own.slo.burn.missing:
        cases = tuple(replace(case, alert=rule.alert) for case in missing_cases(own, rule, found))
        return _Derived(subject, through, cases, None, (), is_tier=False) if cases else None
    tier = _tier(own.slo.burn, rule)
    problems = () if tier is None else tuple(problems_of(own, rule, tier.pairs, found))
    return None if tier is None or not problems else _of_tier(subject, own.slo, tier, problems, through)


def _tier(burn: Burn, rule: Rule) -> BurnTier | None:
    return next((one for one in burn.tiers if (one.alert, one.severity) == (rule.alert, rule.severity)), None)


def _of_tier(
    subject: Subject,
    slo: Slo,
    tier: BurnTier,
    problems: Sequence[TierProblem],
    through: tuple[Recording, ...],
) -> _Derived:
    cases: list[ProofCase] = []
    lacking: list[str] = []
    assert slo.burn is not None, "the caller asked"
    if tier == slo.burn.tiers[0]:
        # What is recorded is the same for the groups of exceptions.
        promises = slo.promises if subject.objective is None else subject.objective.promises
        windows = [pair for promise in promises for one in promise.tiers for pair in one.pairs]
        is_general = tier == promises[0].tiers[0] if promises[0].tiers else True
        asked = [ms // 1000 for one in windows for ms in (one.long_ms, one.short_ms)] if is_general else []
        cases += recorded_cases(problems[0], asked)
        # Of groups with another objective, that objective and the budget.
        for other in problems[1:]:
            cases += recorded_cases(other, ())
    for problem in problems:
        cases += tier_cases(problem) if problem is problems[0] else ()
        for number in range(len(tier.pairs)):
            of_pair = pair_cases(problem, number)
            cases += of_pair.cases
            cases += floor_cases(problem, number)
            lacking += [of_pair.lacking] if of_pair.lacking else []
    dead = [
        problem.named(number)
        for problem in problems
        for number, pair in enumerate(tier.pairs)
        if not pair.can_fire(problem.objective)
    ]
    never = None
    if len(dead) == len(problems) * len(tier.pairs):
        never = "no share of bad events is above 100 %, and every pair of windows waits for one that is"
    elif dead:
        lacking.append(f"`{dead[0]}` can never hold: no share of bad events is above 100 %")
    return _Derived(subject, through, tuple(cases), never, tuple(dict.fromkeys(lacking)), is_tier=True)


def _verdict(derived: _Derived, judged: Sequence[Verified]) -> Verdict:
    """What follows from what promtool says to the cases."""
    confirmed = [one.case for one in judged if one.refusal is None]
    refused = tuple(one for one in judged if one.refusal is not None)
    reasons = [f"{one.case.name}: promtool: {one.refusal}"[:300] for one in refused]
    fires = any(moment.firing for case in confirmed for moment in case.moments)
    silent = any(case.name.startswith("silent") for case in confirmed)
    shown = Status.PROVEN if fires and not refused else Status.UNPROVEN
    if derived.never is not None:
        shown = Status.IMPOSSIBLE
    return Verdict(
        derived.subject,
        shown,
        Status.PROVEN if silent else Status.UNPROVEN,
        (*((derived.never,) if derived.never else ()), *derived.lacking, *reasons),
        (),
        None,
        tuple(confirmed),
        refused,
        derived.through,
    )
