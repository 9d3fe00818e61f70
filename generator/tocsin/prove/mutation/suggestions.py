"""The fewest tests that a rule's hand-written ones lack: they notice what those let pass."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine
from tocsin.prove.cases.simulate import AlertTiming
from tocsin.prove.mutation.killing_cases import WORK
from tocsin.prove.mutation.rule_mutants import rule_mutant
from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.series_read import series_of
from tocsin.prove.promtool.verify import verify_cases
from tocsin.prove.rule_values import rule_values
from tocsin.prove.suite import all_cases
from tocsin.prove.witness.evaluate import EvaluationError, Evaluator, LimitError
from tocsin.prove.witness.firing_at import firing_at
from tocsin.prove.witness.inline_recordings import inline_recordings
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.engines.program import Program
    from tocsin.lang.promql.ast import Node
    from tocsin.prove.mutation.score import Score
    from tocsin.prove.mutation.survivors import MutatedRule
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.verdict import Verdict

_LONGER = 4
_BUDGET = 400_000


@value_object
class Suggestion:
    """One test for a rule, which asks at one moment, and the mistakes that it notices."""

    verdict: Verdict
    case: ProofCase
    notices: tuple[str, ...]


def suggestions(scores: Sequence[Score], promtool: Program) -> Iterator[Suggestion]:
    """For each rule the fewest of its cases that notice, by what fires alone, what hand-written tests do not.

    For mistakes that no case notices the search goes on for longer than usual.
    """
    for score in scores:
        verdict = score.verdict
        if score.dead or verdict.answer is None or verdict.subject.group.engine is not Engine.PROMETHEUS:
            continue
        way = (
            inline_recordings(verdict.subject.rule.expr, verdict.subject.recordings)
            if verdict.through
            else None
        )
        found = (rule_mutant(verdict.subject, way, mutant) for mutant in score.untested)
        left = dict(enumerate(one for one in found if one.expr and one.kind != "severity"))
        expr = verdict.subject.rule.expr if way is None else way.expr
        yield from _fewest(verdict, expr, verdict.cases, left)
        if left:
            yield from _fewest(verdict, expr, _sought(verdict, expr, [*left.values()], promtool), left)


@value_object
class _Asked:
    """An expression that has to hold for so many seconds."""

    tree: Node
    hold: float


def case_fires(case: ProofCase, expr: str, hold: float) -> bool | None:
    """Whether an alert that waits for `hold` seconds fires at the last moment of a case; None if unclear."""
    evaluator = _evaluator(case)
    return None if evaluator is None else _fires(case, evaluator, _Asked(parse_promql(expr), hold))


def _evaluator(case: ProofCase) -> Evaluator | None:
    series = series_of(case)
    return None if series is None else Evaluator(series, step=case.step * 1000, past_only=True)


def _fires(case: ProofCase, evaluator: Evaluator, asked: _Asked) -> bool | None:
    evaluator.budget = _BUDGET
    at = case.moments[-1].at // case.step
    try:
        found = firing_at(asked.tree, evaluator, case.step, at, math.ceil(asked.hold / case.step), exact=True)
    except (EvaluationError, LimitError):
        return None
    return None if found is None else bool(found)


def _sought(
    verdict: Verdict, expr: str, mistakes: Sequence[MutatedRule], promtool: Program
) -> list[ProofCase]:
    """Cases of a longer search, as far as promtool confirms them."""
    rule = verdict.subject.rule
    assert verdict.answer is not None
    timing = AlertTiming(_seconds(rule.for_), _seconds(rule.keep_firing_for))
    cases = all_cases(expr, verdict.answer, timing, whole=True, mistakes=mistakes, work=_LONGER * WORK)
    named = tuple(replace(case, alert=rule.alert) for case in cases if case.name.startswith("notices"))
    rules = yaml_text({"groups": [{"name": "proof", "rules": rule_values(rule, verdict.through)}]})
    judged = verify_cases(promtool, [CaseGroup(rules, named)])[0]
    return [one.case for one in judged if one.refusal is None]


def _seconds(duration: str | None) -> float:
    return parse_duration(duration or "0s") / 1000


def _fewest(
    verdict: Verdict, expr: str, cases: Sequence[ProofCase], left: dict[int, MutatedRule]
) -> Iterator[Suggestion]:
    """Cases that notice what is left, the one that notices most first; what they notice is taken from it."""
    rule = _Asked(parse_promql(expr), _seconds(verdict.subject.rule.for_))
    mistaken = {index: _Asked(parse_promql(one.expr), one.hold) for index, one in left.items()}
    asked = [replace(case, moments=(moment,)) for case in cases for moment in case.moments]
    noticed = {index: found for index, case in enumerate(asked) if (found := _noticed(case, rule, mistaken))}
    while noticed:
        best = max(noticed, key=lambda index: (len(noticed[index]), -index))
        found = noticed.pop(best)
        yield Suggestion(verdict, asked[best], tuple(left.pop(index).what for index in sorted(found)))
        noticed = {index: rest for index, other in noticed.items() if (rest := other - found)}


def _noticed(case: ProofCase, rule: _Asked, mistaken: Mapping[int, _Asked]) -> set[int]:
    """Which mistakes make the alert fire where it should not, or the other way round."""
    evaluator, firing = _evaluator(case), case.moments[0].firing
    if evaluator is None or _fires(case, evaluator, rule) is not firing:
        return set()
    return {index for index, one in mistaken.items() if _fires(case, evaluator, one) is (not firing)}
