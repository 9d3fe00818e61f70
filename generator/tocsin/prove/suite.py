"""All the cases that follow from an expression: examples, story, boundaries, decoys, neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.promql.evaluate import EvaluationError, LimitError
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.boundary import boundaries, found_turns
from tocsin.prove.closed import closed
from tocsin.prove.decoys import decoys, missing, neighbours
from tocsin.prove.disturbances import disturbances
from tocsin.prove.examples import example
from tocsin.prove.notices import WORK, notices
from tocsin.prove.problem import Problem
from tocsin.prove.shape.flow import flow
from tocsin.prove.story import story
from tocsin.prove.strangers import strangers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.prove.boundary import Turn
    from tocsin.prove.cases import Case
    from tocsin.prove.mistaken import Mistake
    from tocsin.prove.search import Motions
    from tocsin.prove.simulate import Timing
    from tocsin.prove.witness import Answer, Witness

_MOST_SERIES = 60
_MOST_WORK = 3_000_000


def suite(
    expr: str,
    answer: Answer,
    timing: Timing,
    *,
    whole: bool,
    mistakes: Sequence[Mistake] = (),
    work: int = WORK,
) -> tuple[Case, ...]:
    """The cases of an expression, for an alert named later; with `whole` every boundary and decoys.

    For each of the mistakes that none of them would notice one more is sought that does; `work` limits that.
    """
    cases = [example("", witness) for witness in (answer.fires, answer.silent) if witness is not None]
    fires, silent = answer.fires, answer.silent
    if fires is None or len(fires.universe.templates) > _MOST_SERIES:
        return tuple(cases)
    turns: list[Turn] = []
    states: list[Motions] = []
    try:
        if silent is not None and fires.universe == silent.universe and fires.clock == silent.clock:
            states = [silent.motions]
            more, turns = _compared(expr, fires, silent, timing, whole=whole)
            cases += more
        cases += notices(expr, timing.hold, fires, states, turns, cases, mistakes, work)
    except (EvaluationError, LimitError):
        return tuple(cases)
    return tuple(cases)


def _compared(
    expr: str, fires: Witness, silent: Witness, timing: Timing, *, whole: bool
) -> tuple[list[Case], list[Turn]]:
    """The cases that follow from a firing and a silent witness of the same series, and where these turn."""
    tree = parse_promql(expr)
    window = max((one.window + abs(one.shift) for one in flow(tree).occurrences), default=0.0)
    problem = Problem(tree, fires.universe, fires.clock, window)
    cases: list[Case] = []
    turns: list[Turn] = []
    try:
        told = story("", problem, silent, fires, timing, closed(expr, tree) if whole else None)
        cases += [told] if told is not None else []
        turns = found_turns(problem, silent, fires, most=4 if whole else 1)
        cases += boundaries("", problem, fires, turns)
        if whole and problem.work < _MOST_WORK:
            cases += decoys("", problem, fires)
            sides = [(turn.quiet, turn.loud) for turn in turns]
            cases += neighbours("", problem, silent.motions, fires, sides)
            cases += strangers(expr, problem, fires, silent.motions, sides)
            cases += missing("", problem)
            cases += disturbances(problem, silent, fires, timing)
    except (EvaluationError, LimitError):
        pass
    return cases, turns
