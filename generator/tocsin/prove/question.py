"""What is searched for an expression: series with which it fires or is silent, and the cases of its tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.mutation.survivors import surviving_mutants
from tocsin.prove.suite import all_cases
from tocsin.prove.witness.find import Answer, find_witness
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.prove.cases.simulate import AlertTiming
    from tocsin.prove.mutation.survivors import MutatedRule
    from tocsin.prove.promtool.case import ProofCase


@value_object
class Question:
    """What the search has to know of a rule; rules with the same question have the same answer."""

    expr: str
    timing: AlertTiming
    whole: bool
    """Whether all cases are wanted instead of the first ones."""
    mistakes: tuple[MutatedRule, ...] = ()
    """Which the cases have to notice."""
    recorded: str | None = None
    """The expression over recorded series as they are, where `expr` has their rules written out."""
    written_by_rules: frozenset[str] = frozenset()
    """Metrics that rules write, though their names do not say so."""
    repeated: bool = False
    """Whether the alert waits for an event that happens again and again."""


@value_object
class FoundCases:
    """What the search answers: cases for an alert that has no name yet."""

    answer: Answer
    cases: tuple[ProofCase, ...]


def find_witnesses(
    expr: str,
    hold: float,
    keep: float = 0.0,
    recorded: frozenset[str] = frozenset(),
    *,
    repeated: bool = False,
) -> Answer | str:
    """What the search finds for an expression that has to hold for some seconds, or why it cannot.

    `keep` is for how many seconds the alert goes on firing; `recorded` are metrics that rules write. With
    `repeated`, what happens once may happen again and again.
    """
    try:
        return find_witness(parse_promql(expr), hold, keep, recorded=recorded, repeated=repeated)
    except LangError as error:
        return f"the expression cannot be read: {error.reason}"
    except Exception as error:
        return _broke_off(error)


def answer_question(question: Question) -> FoundCases | str:
    """What the search finds for an expression, or why there is nothing to search."""
    try:
        return _answer(question)
    except Exception as error:
        return _broke_off(error)


def _answer(question: Question) -> FoundCases | str:
    timing, recorded = question.timing, question.written_by_rules
    found = find_witnesses(question.expr, timing.hold, timing.keep, recorded, repeated=question.repeated)
    if isinstance(found, str):
        return found
    if question.recorded is None:
        cases = all_cases(
            question.expr, found, question.timing, whole=question.whole, mistakes=question.mistakes
        )
        return FoundCases(found, cases)
    cases = all_cases(question.expr, found, question.timing, whole=question.whole)
    return FoundCases(found, (*cases, *_of_recorded(question, question.recorded, cases)))


def _broke_off(error: Exception) -> str:
    """Why there is no answer: one alert must not take the proofs of all others with it."""
    if isinstance(error, RecursionError):
        return "the expression is nested too deeply"
    return f"the search broke off: {type(error).__name__}: {error}"


def _of_recorded(question: Question, expr: str, cases: Sequence[ProofCase]) -> list[ProofCase]:
    """Cases with recorded series as input that notice more: each of them moves by itself.

    Their recording rules find nothing to record then.
    """
    timing = question.timing
    left = [
        replace(one, expr=one.recorded)
        for one in surviving_mutants(question.expr, timing.hold, cases, question.mistakes)
        if one.recorded is not None
    ]
    written, repeated = question.written_by_rules, question.repeated
    found = find_witnesses(expr, timing.hold, timing.keep, written, repeated=repeated) if left else ""
    if isinstance(found, str):
        return []
    chosen: list[ProofCase] = []
    for case in all_cases(expr, found, timing, whole=True, mistakes=left):
        still = surviving_mutants(expr, timing.hold, [case], left)
        if len(still) < len(left):
            chosen.append(replace(case, name=f"recorded: {case.name}"))
            left = still
    return chosen
