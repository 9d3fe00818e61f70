"""From a plan to what is proven of each of its alerting rules."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, Any

from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine, Rule
from tocsin.prove.examples import assumed, example
from tocsin.prove.judge import Hearing, Judged, judge
from tocsin.prove.logs.verdicts import log_verdicts
from tocsin.prove.verdict import Status, Subject, Verdict
from tocsin.prove.witness import Answer, find
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan
    from tocsin.prove.logs.judge import LogJudge

_FEW = 12
Question = tuple[str, float]
"""An expression and the seconds for which it has to hold."""


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
    loki: Callable[[], AbstractContextManager[LogJudge]] | None = None,
) -> list[Verdict]:
    """Look for proofs of each rule, and let promtool judge them, or for log alerts a Loki.

    `progress` hears of two steps a rule; `loki` starts a Loki, and is None where there is none.
    """
    logs = [subject for subject in found if subject.group.engine is Engine.LOKI]
    metrics = [subject for subject in found if subject.group.engine is not Engine.LOKI]
    proven = iter(_prove_metrics(metrics, promtool, progress))
    proven_logs = iter(log_verdicts(logs, loki, progress))
    return [next(proven_logs if subject.group.engine is Engine.LOKI else proven) for subject in found]


def _prove_metrics(
    found: Sequence[Subject], promtool: Program, progress: Callable[[int], object]
) -> list[Verdict]:
    questions = [_question(subject) for subject in found]
    asked = [question for question in dict.fromkeys(questions) if isinstance(question, tuple)]
    answers: dict[Question, Answer | str] = {}
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


def _question(subject: Subject) -> Question | str:
    rule = subject.rule
    try:
        return rule.expr, parse_duration(rule.for_ or "0s") / 1000
    except LangError as error:
        return f"`for`: {error.reason}"


def _answers(questions: Sequence[Question]) -> Iterator[Answer | str]:
    cores = min(os.cpu_count() or 1, 8)
    if len(questions) < _FEW or cores < 2:
        yield from map(answer, questions)
        return
    with ProcessPoolExecutor(cores) as pool:
        yield from pool.map(answer, questions, chunksize=4)


def answer(question: Question) -> Answer | str:
    """What the search finds for an expression, or why there is nothing to search."""
    text, hold = question
    try:
        tree = parse_promql(text)
    except LangError as error:
        return f"the expression cannot be read: {error.reason}"
    try:
        return find(tree, hold)
    except RecursionError:
        return "the expression is nested too deeply"


def _hearing(subject: Subject, answer: Answer | str) -> Hearing:
    group = {"name": "proof", "rules": [rule_value(subject.rule)]}
    witnesses = [] if isinstance(answer, str) else [w for w in (answer.fires, answer.silent) if w is not None]
    cases = tuple(example(subject.rule.alert, witness) for witness in witnesses)
    return Hearing(yaml_text({"groups": [group]}), cases)


def _verdict(subject: Subject, answer: Answer | str, judged: Sequence[Judged]) -> Verdict:
    if isinstance(answer, str):
        return Verdict(subject, Status.UNPROVEN, Status.UNPROVEN, (answer,), (), None, ())
    confirmed = {one.case.name: one.case for one in judged if one.refusal is None}
    refusals = [f"promtool: {one.refusal}" for one in judged if one.refusal is not None]
    fires, why_not = _status("fires" in confirmed, answer.never_fires, _not_found(answer, "fires"))
    silent, why_loud = _status("silent" in confirmed, answer.never_silent, _not_found(answer, "silent"))
    reasons = (*refusals, *(reason for reason in (why_not, why_loud) if reason is not None))
    assumptions: list[str] = []
    for witness in (answer.fires, answer.silent):
        if witness is not None and witness.goal in confirmed:
            assumptions += assumed(witness)
    unique = tuple(dict.fromkeys(assumptions))
    return Verdict(subject, fires, silent, reasons, unique, answer, tuple(confirmed.values()))


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
