"""Series that a matcher keeps out, beside those that it lets in: they must not count."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.selecting import selects_series
from tocsin.prove.cases.basic import written_series
from tocsin.prove.cases.near_misses import violating_values
from tocsin.prove.mutation.mutants import without_matcher
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.witness.labels.series_set import SeriesTemplate
from tocsin.prove.witness.objective import Objective
from tocsin.prove.witness.waveform import whole_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.promql.ast import LabelMatcher
    from tocsin.prove.witness.find import Witness
    from tocsin.prove.witness.labels.series_set import SeriesSet
    from tocsin.prove.witness.waveform import Motions

_MOST = 12
_FACTORS = (1000.0, 1.0, 0.0)
"""How much more the strangers have than the series that are let in."""


def unmatched_series_cases(
    expr: str, problem: Objective, fires: Witness, silent: Motions, turns: Sequence[tuple[Motions, Motions]]
) -> list[ProofCase]:
    """For each matcher: data on which the alert does something else as soon as the matcher is left out."""
    found: list[ProofCase] = []
    seen: set[object] = set()
    states = [fires.motions, silent, *(motions for turn in turns for motions in turn)]
    for selector in (node for node in walk(problem.tree) if isinstance(node, Selector)):
        for matcher in selector.matchers:
            if matcher.name in ("__name__", "le") or len(found) >= _MOST:
                continue
            case = _stranger(expr, problem, fires, states, selector, matcher)
            if case is not None and case.series not in seen:
                seen.add(case.series)
                found.append(replace(case, name=f"stranger {len(found) + 1}: {matcher.name}"))
    return found


def _stranger(
    expr: str,
    problem: Objective,
    fires: Witness,
    states: Sequence[Motions],
    selector: Selector,
    matcher: LabelMatcher,
) -> ProofCase | None:
    try:
        careless = parse_promql(without_matcher(expr, matcher))
    except LangError:
        return None
    clock = problem.clock
    for universe in _universes(problem.universe, selector, matcher):
        true = Objective(problem.tree, universe, clock, problem.window)
        other = Objective(careless, universe, clock, problem.window)
        for motions in _crowds(states):
            firing = true.holds(motions, "fires")
            if firing:
                differs = other.never(motions)
            else:
                differs = other.holds(motions, "fires") and true.never(motions)
            if differs:
                phases = [whole_test(motion, clock) for motion in motions]
                series = written_series(replace(fires, universe=universe), phases)
                said = "it fires all the same" if firing else "it stays silent"
                text = f'`{matcher.name}{matcher.op}"{matcher.value}"`'
                title = (
                    f"Widened series that do not meet {text} of {selector.name or 'the selector'}: {said}."
                )
                return ProofCase("", "", title, clock.step, series, (Moment(clock.end, firing=firing),))
    return None


def _crowds(states: Sequence[Motions]) -> Iterator[Motions]:
    """Each state with strangers in it that have much more, as much, or nothing."""
    for motions in states:
        for factor in _FACTORS:
            others = tuple(
                replace(motion, level=motion.level * factor, slope=motion.slope * factor)
                for motion in motions
            )
            yield (*motions, *others)
    for motions in states[:2]:
        for others in states[:2]:
            if motions is not others:
                yield (*motions, *others)


def _universes(universe: SeriesSet, selector: Selector, matcher: LabelMatcher) -> Iterator[SeriesSet]:
    """The series with strangers beside those that the selector selects."""
    movers = len(universe.movers)
    known = {tuple(sorted(template.labels.items())) for template in universe.templates}
    for value in violating_values(matcher, selector):
        more = [
            SeriesTemplate({**template.labels, matcher.name: value}, template.mover + movers, template.bucket)
            for template in universe.templates
            if selects_series(selector, template.labels)
        ]
        fresh = [one for one in more if tuple(sorted(one.labels.items())) not in known]
        if fresh:
            yield replace(
                universe,
                templates=(*universe.templates, *fresh),
                movers=(*universe.movers, *universe.movers),
                variant="strangers",
            )
