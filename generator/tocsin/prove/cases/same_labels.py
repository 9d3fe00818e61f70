"""Two series that differ in one label alone: both fire, or the rule fails, as it cannot tell them apart."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.promql.flow import promql_flow
from tocsin.prove.cases.basic import written_series
from tocsin.prove.cases.extra_series import duplicate_series, labels_apart
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.witness.evaluate import EvaluationError, LimitError
from tocsin.prove.witness.evaluate.elements import key_of, without_name
from tocsin.prove.witness.objective import Objective
from tocsin.prove.witness.waveform import whole_test

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.witness.find import Witness
    from tocsin.prove.witness.waveform import Motions

_NAME = "two by "
_SAME_LABELS = ("same labelset", "same labels")


def pairs(problem: Objective, fires: Witness, *, most: int) -> Iterator[ProofCase]:
    """For up to `most` labels that the expression keeps: all series twice, which differ in this label."""
    kept = promql_flow(problem.tree)
    found = 0
    for label in ("__name__", *labels_apart(problem.tree, problem.universe)):
        widened = None
        if label == "__name__" or not kept.label(label).is_impossible:
            widened = duplicate_series(problem.tree, problem.universe, label)
        if widened is None or found == most:
            continue
        other = Objective(problem.tree, widened.universe, problem.clock, problem.window)
        motions = (*fires.motions, *(fires.motions[index] for index in widened.like))
        case = _case(other, replace(fires, universe=widened.universe, motions=motions), label)
        if case is not None:
            found += 1
            yield case


def with_failure(case: ProofCase, refusal: str | None) -> ProofCase | None:
    """What is found of a case that the rule's own labels make fail; None of any other case."""
    if refusal is None or not case.name.startswith(_NAME) or not _is_of_same_labels(refusal):
        return None
    return _failing(case, case.name.removeprefix(_NAME))


def _case(problem: Objective, fires: Witness, label: str) -> ProofCase | None:
    clock = problem.clock
    series = written_series(fires, [whole_test(motion, clock) for motion in fires.motions])
    title = f"Two series of each kind, broken, that differ in `{label}` alone: both fire."
    case = ProofCase("", f"{_NAME}{label}", title, clock.step, series, (Moment(clock.end, firing=True),))
    alerts = _alerts(problem, fires.motions)
    if alerts is None:
        return _failing(case, label)
    return case if alerts > 1 and problem.holds(fires.motions, "fires") else None


def _failing(case: ProofCase, label: str) -> ProofCase:
    finding = f"two series that differ in `{label}` alone make the rule fail: their alerts are the same"
    title = f"Two series of each kind, broken, that differ in `{label}` alone: the rule fails."
    return replace(case, title=title, moments=(), finding=finding)


def _alerts(problem: Objective, motions: Motions) -> int | None:
    """How many alerts there are at the end; None where two of them have the same labels, so that it fails."""
    try:
        vector = problem.evaluator(problem.series(motions)).vector(
            problem.tree, problem.clock.moment(problem.clock.steps)
        )
    except EvaluationError as error:
        return None if _is_of_same_labels(str(error)) else 0
    except LimitError:
        return 0
    there = [key_of(without_name(element.labels)) for element in vector if element.appear == 0]
    return None if len(set(there)) < len(there) else len(there)


def _is_of_same_labels(said: str) -> bool:
    return any(part in said for part in _SAME_LABELS)
