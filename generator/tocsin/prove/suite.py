"""All the cases that follow from an expression: examples, story, boundaries, decoys, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.cases.basic import basic_case
from tocsin.prove.cases.data_faults import data_fault_cases
from tocsin.prove.cases.lifecycle import lifecycle_case
from tocsin.prove.cases.near_misses import missing_data_case, near_miss_cases, neighbour_cases
from tocsin.prove.cases.same_labels import pairs
from tocsin.prove.cases.thresholds import found_turns, threshold_cases
from tocsin.prove.cases.unmatched_series import unmatched_series_cases
from tocsin.prove.mutation.killing_cases import WORK, killing_cases
from tocsin.prove.witness.evaluate import EvaluationError, LimitError
from tocsin.prove.witness.labels.constraints import label_constraints
from tocsin.prove.witness.objective import Objective
from tocsin.prove.witness.prometheus2_ranges import close_ranges

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.prove.cases.simulate import AlertTiming
    from tocsin.prove.cases.thresholds import Boundary
    from tocsin.prove.mutation.survivors import MutatedRule
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.witness.find import Answer, Witness
    from tocsin.prove.witness.waveform import Motions

_MOST_SERIES = 60
_MOST_WORK = 3_000_000


def all_cases(
    expr: str,
    answer: Answer,
    timing: AlertTiming,
    *,
    whole: bool,
    mistakes: Sequence[MutatedRule] = (),
    work: int = WORK,
) -> tuple[ProofCase, ...]:
    """The cases of an expression, for an alert named later; with `whole` every boundary and decoys.

    For each of the mistakes that none of them would notice one more is sought that does; `work` limits that.
    """
    cases = [basic_case("", witness) for witness in (answer.fires, answer.silent) if witness is not None]
    fires, silent = answer.fires, answer.silent
    if fires is None or len(fires.universe.templates) > _MOST_SERIES:
        return tuple(cases)
    turns: list[Boundary] = []
    states: list[Motions] = []
    try:
        if silent is not None and fires.universe == silent.universe and fires.clock == silent.clock:
            states = [silent.motions]
            more, turns = _compared(expr, fires, silent, timing, whole=whole)
            cases += more
        cases += killing_cases(expr, timing.hold, fires, states, turns, cases, mistakes, work)
    except (EvaluationError, LimitError):
        return tuple(cases)
    return tuple(cases)


def _compared(
    expr: str, fires: Witness, silent: Witness, timing: AlertTiming, *, whole: bool
) -> tuple[list[ProofCase], list[Boundary]]:
    """The cases that follow from a firing and a silent witness of the same series, and where these turn."""
    tree = parse_promql(expr)
    window = max((one.window + abs(one.shift) for one in label_constraints(tree).occurrences), default=0.0)
    problem = Objective(tree, fires.universe, fires.clock, window)
    cases: list[ProofCase] = []
    turns: list[Boundary] = []
    try:
        told = lifecycle_case("", problem, silent, fires, timing, close_ranges(expr, tree) if whole else None)
        cases += [told] if told is not None else []
        turns = found_turns(problem, silent, fires, most=4 if whole else 1)
        cases += threshold_cases("", problem, fires, turns)
        cases += pairs(problem, fires, most=8 if whole else 2)
        if whole and problem.work < _MOST_WORK:
            cases += near_miss_cases("", problem, fires)
            sides = [(turn.quiet, turn.loud) for turn in turns]
            cases += neighbour_cases("", problem, silent.motions, fires, sides)
            cases += unmatched_series_cases(expr, problem, fires, silent.motions, sides)
            cases += missing_data_case("", problem)
            cases += data_fault_cases(problem, silent, fires, timing)
    except (EvaluationError, LimitError):
        pass
    return cases, turns
