"""From a plan to what is proven of each of its alerting rules."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine, Rule
from tocsin.prove.examples import assumed
from tocsin.prove.judge import Hearing, Judged, judge
from tocsin.prove.logs.verdicts import log_verdicts
from tocsin.prove.simulate import Timing
from tocsin.prove.suite import suite
from tocsin.prove.verdict import Status, Subject, Verdict
from tocsin.prove.witness import Answer, find
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan
    from tocsin.prove.cases import Case
    from tocsin.prove.logs.judge import LogJudge

_FEW = 12


@dataclass(frozen=True, slots=True)
class Question:
    """What the search has to know of a rule; rules with the same question have the same answer."""

    expr: str
    timing: Timing
    whole: bool
    """Whether all cases are wanted instead of the first ones."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the search answers: cases for an alert that has no name yet."""

    answer: Answer
    cases: tuple[Case, ...]


def subjects(plan: Plan) -> list[Subject]:
    """The alerting rules of a plan in their order."""
    return [
        Subject(rule, group) for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule)
    ]


def prove(
    found: Sequence[Subject],
    promtool: Program,
    progress: Callable[[int], object] = lambda _: None,
    *,
    whole: bool = False,
    loki: Callable[[], AbstractContextManager[LogJudge]] | None = None,
) -> list[Verdict]:
    """Look for proofs of each rule, and let promtool judge them, or for log alerts a Loki.

    `progress` hears of two steps a rule; with `whole`, every case is derived that a test suite should have;
    `loki` starts a Loki, and is None where there is none.
    """
    logs = [subject for subject in found if subject.group.engine is Engine.LOKI]
    metrics = [subject for subject in found if subject.group.engine is not Engine.LOKI]
    proven = iter(_prove_metrics(metrics, promtool, progress, whole=whole))
    proven_logs = iter(log_verdicts(logs, loki, progress))
    return [next(proven_logs if subject.group.engine is Engine.LOKI else proven) for subject in found]


def _prove_metrics(
    found: Sequence[Subject], promtool: Program, progress: Callable[[int], object], *, whole: bool
) -> list[Verdict]:
    questions = [_question(subject, whole=whole) for subject in found]
    asked = [question for question in dict.fromkeys(questions) if isinstance(question, Question)]
    answers: dict[Question, Found | str] = {}
    for question, answer in zip(asked, _answers(asked), strict=True):
        answers[question] = answer
        progress(1)
    known = [question if isinstance(question, str) else answers[question] for question in questions]
    progress(len(found) - len(asked))
    hearings = [_hearing(subject, answer) for subject, answer in zip(found, known, strict=True)]
    judged = judge(promtool, hearings, progress)
    return [
        _verdict(subject, answer, cases) for subject, answer, cases in zip(found, known, judged, strict=True)
    ]


def rule_value(rule: Rule) -> dict[str, Any]:
    """A rule as a rule file holds it."""
    value: dict[str, Any] = {"alert": rule.alert, "expr": rule.expr, "for": rule.for_}
    if rule.keep_firing_for is not None:
        value["keep_firing_for"] = rule.keep_firing_for
    return {**value, "labels": dict(rule.labels), "annotations": dict(rule.annotations)}


def _question(subject: Subject, *, whole: bool) -> Question | str:
    rule = subject.rule
    try:
        hold = parse_duration(rule.for_ or "0s") / 1000
        keep = parse_duration(rule.keep_firing_for or "0s") / 1000
    except LangError as error:
        return f"`for`: {error.reason}"
    return Question(rule.expr, Timing(hold, keep), whole)


def _answers(questions: Sequence[Question]) -> Iterator[Found | str]:
    cores = min(os.cpu_count() or 1, 8)
    if len(questions) < _FEW or cores < 2:
        yield from map(answer, questions)
        return
    with ProcessPoolExecutor(cores) as pool:
        yield from pool.map(answer, questions, chunksize=4)


def witnesses(expr: str, hold: float) -> Answer | str:
    """What the search finds for an expression that has to hold for some seconds, or why it cannot."""
    try:
        return find(parse_promql(expr), hold)
    except LangError as error:
        return f"the expression cannot be read: {error.reason}"
    except RecursionError:
        return "the expression is nested too deeply"


def answer(question: Question) -> Found | str:
    """What the search finds for an expression, or why there is nothing to search."""
    found = witnesses(question.expr, question.timing.hold)
    if isinstance(found, str):
        return found
    try:
        return Found(found, suite(question.expr, found, question.timing, whole=question.whole))
    except RecursionError:
        return "the expression is nested too deeply"


def _hearing(subject: Subject, found: Found | str) -> Hearing:
    group = {"name": "proof", "rules": [rule_value(subject.rule)]}
    cases = () if isinstance(found, str) else found.cases
    named = tuple(replace(case, alert=subject.rule.alert) for case in cases)
    return Hearing(yaml_text({"groups": [group]}), named)


def _verdict(subject: Subject, found: Found | str, judged: Sequence[Judged]) -> Verdict:
    if isinstance(found, str):
        return Verdict(subject, Status.UNPROVEN, Status.UNPROVEN, (found,), (), None, ())
    answer = found.answer
    confirmed = {one.case.name: one.case for one in judged if one.refusal is None}
    refusals = [
        f"promtool: {one.refusal}"
        for one in judged
        if one.refusal is not None and one.case.name in ("fires", "silent")
    ]
    fires, why_not = _status("fires" in confirmed, answer.never_fires, _not_found(answer, "fires"))
    silent, why_loud = _status("silent" in confirmed, answer.never_silent, _not_found(answer, "silent"))
    reasons = (*refusals, *(reason for reason in (why_not, why_loud) if reason is not None))
    assumptions: list[str] = []
    for witness in (answer.fires, answer.silent):
        if witness is not None and witness.goal in confirmed:
            assumptions += assumed(witness)
    unique = tuple(dict.fromkeys(assumptions))
    refused = tuple(one for one in judged if one.refusal is not None)
    return Verdict(subject, fires, silent, reasons, unique, answer, tuple(confirmed.values()), refused)


def _status(confirmed: bool, never: str | None, not_found: str | None) -> tuple[Status, str | None]:
    if confirmed:
        return Status.PROVEN, None
    if never is not None:
        return Status.IMPOSSIBLE, never
    return Status.UNPROVEN, not_found


def _not_found(answer: Answer, goal: str) -> str | None:
    witness = answer.fires if goal == "fires" else answer.silent
    if witness is not None:
        return None
    what = "makes it fire" if goal == "fires" else "keeps it silent"
    limited = "; the search was cut short" if answer.limited else ""
    return f"no series was found that {what}{limited}"
