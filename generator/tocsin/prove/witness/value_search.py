"""A search for the numbers that make an alert fire, or keep it quiet: bounded, and the same on every run."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING, Any, Protocol

from tocsin.prove.witness.evaluate.elements import NOWHERE
from tocsin.prove.witness.starts import Choices, asked_changes, first_starts, fitted, further_starts
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.prove.witness.clock import Clock
    from tocsin.prove.witness.labels.series_set import SeriesParameters, SeriesSet
    from tocsin.prove.witness.objective import Goal
    from tocsin.prove.witness.waveform import Motions

Variable = tuple[int, str]
_CHOSEN = frozenset({"life", "every", "flips", "gone"})
"""What is one of a few things, and no number that could be a little more."""


class Scored(Protocol):
    """What numbers are sought for: it says how near they are."""

    @property
    def universe(self) -> SeriesSet:
        """The series whose numbers they are."""

    @property
    def clock(self) -> Clock:
        """The clock of the test."""

    @property
    def evaluations(self) -> int:
        """How often numbers were tried so far."""

    @property
    def work(self) -> int:
        """What that cost."""

    def score(self, motions: Motions, goal: Goal) -> float:
        """How far these motions are from the goal; 0 when they meet it."""

    def hopeless(self, goal: Goal) -> float:
        """The distance from which on numbers will not help."""


@value_object
class SearchResult:
    """The best numbers, and how far they are from the goal; 0 when they meet it."""

    motions: Motions
    distance: float


@value_object
class Budget:
    """What a search may take: evaluations of the expression, and the work that these cost together."""

    evaluations: int
    work: int


def search_numbers(
    problem: Scored, goal: Goal, choices: Choices, budget: Budget, *, removing: bool = False
) -> SearchResult:
    """Numbers that meet the goal, or the nearest; with `removing`, any series may be away as well."""
    run = _Search(problem, goal, choices, budget, removing=removing)
    best: SearchResult | None = None
    movers = problem.universe.movers
    starts = [fitted(start, movers) for start in first_starts(movers, choices, problem.clock.end)]
    asked = [fitted(start, movers) for start in further_starts(movers, choices)]
    for start in run.promising(starts, asked):
        found = run.climb_halfway(start) if start is starts[0] else run.climb(start)
        if start is starts[0] and goal == "fires" and 0 < found.distance < problem.hopeless(goal):
            found = run.turned(found)
        if best is None or found.distance < best.distance:
            best = found
        if run.nothing_matters:
            return best
        hopeless = best.distance >= NOWHERE and start is not starts[0]
        if found.distance == 0 or run.spent or hopeless:
            break
    assert best is not None
    if 0 < best.distance < problem.hopeless(goal) and not run.spent:
        best = run.paired(best)
    if 0 < best.distance < problem.hopeless(goal) and not run.spent:
        found = run.scatter(best)
        best = found if found.distance < best.distance else best
    return best


def climb(problem: Scored, goal: Goal, choices: Choices, budget: Budget, start: Motions) -> SearchResult:
    """The nearest to the goal that one climb from a start comes to, where any series may be away as well."""
    return _Search(problem, goal, choices, budget, removing=True).climb(start)


class _Search:
    def __init__(
        self, problem: Scored, goal: Goal, choices: Choices, budget: Budget, *, removing: bool
    ) -> None:
        self._problem = problem
        self._goal: Goal = goal
        self._choices = choices
        self._stop = Budget(problem.evaluations + budget.evaluations, problem.work + budget.work)
        self._variables = list(_variables(problem.universe.movers, removing=removing))
        self._tried: dict[str, list[Any]] = {}
        self._seen: set[float] = set()

    def promising(self, starts: Sequence[Motions], further: Sequence[Motions]) -> Iterator[Motions]:
        """The starts in their order, but those that are there already before the second is climbed from.

        The further ones only where they are there.
        """
        yield starts[0]
        for start in (*starts[1:], *further):
            if not self.spent and self._score(start) == 0:
                yield start
                return
        yield from starts[1:]

    @property
    def nothing_matters(self) -> bool:
        """Whether all that was tried so far came to the same, which is not the goal."""
        return len(self._seen) == 1 and 0.0 not in self._seen

    @property
    def spent(self) -> bool:
        problem = self._problem
        return problem.evaluations >= self._stop.evaluations or problem.work >= self._stop.work

    def climb_halfway(self, start: Motions) -> SearchResult:
        """A climb that leaves half of what may be taken to others."""
        whole, problem = self._stop, self._problem
        self._stop = Budget((problem.evaluations + whole.evaluations) // 2, (problem.work + whole.work) // 2)
        found = self.climb(start)
        self._stop = whole
        return found

    def climb(self, start: Motions) -> SearchResult:
        """Improve one number at a time until nothing improves."""
        best = SearchResult(start, self._score(start))
        if best.distance == 0:
            return best
        # What there are several of goes away before what there is one of.
        for variable in reversed(self._variables):
            if variable[1] == "life":
                best = self._jumped(best, variable)
        if self._goal == "fires":
            best = self._together(best)
        if best.distance == 0 or best.distance >= self._problem.hopeless(self._goal):
            return best
        for _ in range(4):
            before = best.distance
            for variable in self._variables:
                best = self._jumped(best, variable)
                if best.distance == 0 or self.spent:
                    return best
            for variable in self._variables:
                if variable[1] not in _CHOSEN:
                    best = self._stepped(best, variable)
                if best.distance == 0 or self.spent:
                    return best
            if self._goal == "silent":
                # Not before: a healthy system has traffic, and this may take it all away.
                best = self._together(best)
            if best.distance == 0 or best.distance >= before:
                break
        return best

    def turned(self, best: SearchResult) -> SearchResult:
        """One number now and another one before, for a gauge that is compared with its own past."""
        base = best.motions
        asked = [
            number * factor for number in self._choices.constants[:2] for factor in (1.1, 0.9, 2, 0.5, 1)
        ]
        for index, mover in enumerate(self._problem.universe.movers):
            if not mover.before or mover.counter:
                continue
            for now, earlier in permutations((*asked, 0.0), 2):
                motions = _with(_with(base, (index, "level"), now), (index, "before"), earlier - now)
                best = self._better(best, _with(motions, (index, "slope"), 0.0))
                if best.distance == 0 or self.spent:
                    return best
        return best

    def paired(self, best: SearchResult) -> SearchResult:
        """Two numbers at once, for conditions of which one alone gets no better."""
        numbers = [variable for variable in self._variables if variable[1] in ("level", "slope", "spot")][:3]
        for one, other in combinations(numbers, 2):
            base = best.motions
            for first in self._values(one)[:14]:
                for second in self._values(other)[:14]:
                    best = self._better(best, _with(_with(base, one, first), other, second))
                    if best.distance == 0 or self.spent:
                        return best
        return best

    def scatter(self, best: SearchResult) -> SearchResult:
        """Many numbers at once, drawn at random from a fixed seed, and a climb from the best of them."""
        draw = random.Random(1)
        tried: list[SearchResult] = []
        for _ in range(60):
            if self.spent:
                break
            motions = best.motions
            for variable in self._variables:
                if draw.random() < 0.6:
                    motions = _with(motions, variable, draw.choice(self._values(variable)))
            found = SearchResult(motions, self._score(motions))
            if found.distance == 0:
                return found
            tried.append(found)
        tried.sort(key=lambda found: found.distance)
        for found in tried[:4]:
            climbed = self.climb(found.motions)
            if climbed.distance < best.distance:
                best = climbed
            if best.distance == 0:
                break
        return best

    def _score(self, motions: Motions) -> float:
        distance = self._problem.score(motions, self._goal)
        self._seen.add(distance)
        return distance

    def _together(self, best: SearchResult) -> SearchResult:
        """The same value for the same number of all series."""
        for name in ("level", "slope"):
            variables = [variable for variable in self._variables if variable[1] == name]
            if len(variables) < 2:
                continue
            for value in self._values(variables[0])[:12]:
                motions = best.motions
                for variable in variables:
                    motions = _with(motions, variable, value)
                best = self._better(best, motions)
                if best.distance == 0 or self.spent:
                    return best
        return best

    def _jumped(self, best: SearchResult, variable: Variable) -> SearchResult:
        base = best.motions
        for value in self._values(variable):
            best = self._better(best, _with(base, variable, value))
            if best.distance == 0 or self.spent:
                break
        return best

    def _stepped(self, best: SearchResult, variable: Variable) -> SearchResult:
        for sign in (1.0, -1.0):
            current = _number(best.motions, variable)
            step = sign * (abs(current) / 8 or 0.125)
            while abs(step) < 1e12 and not self.spent:
                better = self._better(best, _with(best.motions, variable, current + step))
                if better is best:
                    break
                best = better
                if best.distance == 0:
                    return best
                current += step
                step *= 2
        return best

    def _better(self, best: SearchResult, motions: Motions) -> SearchResult:
        distance = self._score(motions)
        return SearchResult(motions, distance) if distance < best.distance else best

    def _values(self, variable: Variable) -> list[Any]:
        mover = self._problem.universe.movers[variable[0]]
        key = f"{variable[1]} {mover.counter} {mover.buckets} {mover.least} {mover.greatest} {mover.growth}"
        if key not in self._tried:
            values = _tried(variable[1], mover, self._choices, self._problem.clock.end)
            self._tried[key] = [one for one in dict.fromkeys(values) if _is_possible(variable[1], one, mover)]
        return self._tried[key]


def _variables(movers: Sequence[SeriesParameters], *, removing: bool) -> Iterator[Variable]:
    for index, mover in enumerate(movers):
        if mover.life or mover.dated or removing:
            yield index, "life"
        if mover.dated:
            yield index, "gone"
        if mover.buckets:
            yield index, "spot"
            if mover.before:
                yield index, "spot_before"
        if mover.level:
            yield index, "level"
        if mover.slope:
            yield index, "slope"
        if mover.before:
            yield index, "slope_before" if mover.counter else "before"
        if mover.toggle:
            yield index, "toggle"
        if mover.counted:
            yield index, "flips"
        if mover.sparse:
            yield index, "every"


def _with(motions: Motions, variable: Variable, value: Any) -> Motions:
    index, name = variable
    changed = replace(motions[index], **{name: value})
    return (*motions[:index], changed, *motions[index + 1 :])


def _number(motions: Motions, variable: Variable) -> float:
    value = getattr(motions[variable[0]], variable[1])
    return 0.0 if value is None else float(value)


def _tried(name: str, mover: SeriesParameters, choices: Choices, end: float) -> Iterator[Any]:
    around = [
        value
        for c in choices.constants
        for value in (1.1 * c, 0.9 * c, 2 * c, 0.5 * c, c, c + 1, c - 1, 10 * c)
    ]
    match name:
        case "life":
            yield from ("absent", "whole") if not mover.wanted else ("whole", "absent", "stops", "starts")
        case "every":
            yield from (1, 2, 3, 4, 9)
        case "flips":
            yield from (None, *asked_changes(choices))
        case "gone":
            yield from (0.0, *(value for value in around if value >= 0))
        case "spot" | "spot_before":
            yield from (index / 2 for index in range(2 * mover.buckets - 1))
        case "level":
            if mover.tells == "age":
                # Up for some hours: what started within the test was something else before.
                yield 1e4
            yield from (0.0, 1.0)
            yield from (value for value in around if value >= 0)
            if mover.greatest == 1:
                yield from (0.5, 0.1, 0.99, *(1 - value for value in around))
            if choices.timed:
                yield from (end - value for value in (0.0, *around))
                yield from (end + value for value in around)
            yield from (100.0, 1e4, 1e7, 1e11)
            yield from (-1.0, *(-value for value in around[:8]))
        case "slope" | "slope_before":
            yield from (0.0, 1.0)
            yield from (value for value in around if value >= 0)
            for seconds in choices.ranges:
                yield from (value / seconds for value in around if value >= 0)
            yield from (1e-4, 100.0, 1e6)
            if math.isfinite(mover.growth):
                yield from (part * mover.growth for part in (0.5, 0.1, 0.01, 0.9, 0.99, 0.999))
                yield from (1 - value / factor for value in around for factor in (1, 100))
            if not mover.counter:
                yield from (-value for value in (1.0, *around, 100.0, 1e6))
                for seconds in choices.ranges:
                    yield from (-value / seconds for value in around if value >= 0)
        case _:
            yield from (0.0, 1.0)
            yield from around
            yield from (-value for value in (1.0, *around))
            yield from (1000.0, -1000.0)


def _is_possible(name: str, value: Any, mover: SeriesParameters) -> bool:
    """Whether a series can have a number at all; how it goes with the others is not asked."""
    if name == "level":
        return mover.least <= float(value) <= mover.greatest
    if name in ("slope", "slope_before"):
        return float(value) <= mover.growth and (not mover.counter or value >= 0 or mover.least < 0)
    return True


def round_waveforms(problem: Scored, goal: Goal, motions: Motions) -> Motions:
    """The same motions with plainer numbers, as far as they still meet the goal where it is looked at."""
    for index in range(len(motions)):
        for name in ("level", "slope", "before", "slope_before", "toggle"):
            value = getattr(motions[index], name)
            if not value:
                continue
            for digits in (1, 2, 3):
                plain = _plain(value, digits)
                if plain == value:
                    break
                candidate = _with(motions, (index, name), plain)
                if problem.score(candidate, goal) == 0:
                    motions = candidate
                    break
    return motions


def _plain(value: float, digits: int) -> float:
    return float(f"{value:.{digits - 1}e}") if math.isfinite(value) else value
