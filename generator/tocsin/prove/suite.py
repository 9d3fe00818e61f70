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
from tocsin.prove.problem import Problem
from tocsin.prove.shape.flow import flow
from tocsin.prove.story import story
from tocsin.prove.strangers import strangers

if TYPE_CHECKING:
    from tocsin.prove.cases import Case
    from tocsin.prove.simulate import Timing
    from tocsin.prove.witness import Answer

_MOST_SERIES = 60
_MOST_WORK = 3_000_000


def suite(expr: str, answer: Answer, timing: Timing, *, whole: bool) -> tuple[Case, ...]:
    """The cases of an expression, for an alert named later; with `whole` every boundary and decoys."""
    tree = parse_promql(expr)
    fires, silent = answer.fires, answer.silent
    cases = [example("", witness) for witness in (fires, silent) if witness is not None]
    if fires is None or silent is None or fires.universe != silent.universe or fires.clock != silent.clock:
        return tuple(cases)
    if len(fires.universe.templates) > _MOST_SERIES:
        return tuple(cases)
    window = max((one.window + abs(one.shift) for one in flow(tree).occurrences), default=0.0)
    problem = Problem(tree, fires.universe, fires.clock, window)
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
        return tuple(cases)
    return tuple(cases)
