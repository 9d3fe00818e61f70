"""Series that make an alert fire and series that keep it quiet, derived from its expression alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from tocsin.prove.witness.clock import Clock, candidate_clocks
from tocsin.prove.witness.constants import (
    counts_down,
    has_selector,
    reads_calendar,
    reads_clock,
    series_counts,
    written_constants,
)
from tocsin.prove.witness.labels.constraints import LabelConstraints, label_constraints
from tocsin.prove.witness.labels.series_set import SeriesSet, series_sets
from tocsin.prove.witness.labels.solve import Conflict, solve_labels
from tocsin.prove.witness.objective import Goal, Objective
from tocsin.prove.witness.search import Budget, Choices, Motions, round_waveforms, search_numbers
from tocsin.prove.witness.value_bounds import why_never
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.labels.solve import Solution

BUDGET = 6_000
"""Evaluations of the expression that one alert may take."""
WORK = 3_000_000
"""What these evaluations may cost together; a second is about a million."""
_EACH = 1_500


@value_object
class Witness:
    """The numbers of one test that, as far as the evaluator can tell, meets the goal."""

    goal: Goal
    universe: SeriesSet
    clock: Clock
    motions: Motions
    warm: int = 0
    """Steps at the start of a silent test during which windows are not filled, so that it may fire."""
    removed: bool = False
    """Whether the alert is silent only because a series is missing."""


@value_object
class Answer:
    """What was found of one expression."""

    fires: Witness | None
    silent: Witness | None
    never_fires: str | None = None
    """Why nothing can make the alert fire; None where that is not known."""
    never_silent: str | None = None
    limited: bool = False
    """Whether the search was cut short."""
    nearest: float | None = None
    """How far the best attempt at firing was from it, where none succeeded."""


def find_witness(tree: Node, hold: float, keep: float = 0.0, *, budget: int = BUDGET) -> Answer:
    """Look for both witnesses of an expression that has to hold for `hold` seconds.

    An alert that has fired goes on firing for `keep` seconds.
    """
    if not has_selector(tree):
        return _without_series(tree, hold, keep)
    flows = _ways(tree)
    solutions = [solve_labels(way) for way in flows]
    dead = _contradiction(solutions) or why_never(tree)
    hunt = _Search(tree, hold, keep, budget)
    if dead is None:
        for way, solution in zip(flows, solutions, strict=True):
            if not isinstance(solution, Conflict):
                hunt.through(way, hunt.worlds(way, solution))
            if hunt.done:
                break
    if hunt.silent is None:
        hunt.quietly()
    return Answer(hunt.fires, hunt.silent, dead, None, hunt.limited, hunt.nearest)


def cannot_fire(tree: Node) -> str | None:
    """Why an expression has no result whatever the data; None where it may have one, or nobody knows."""
    return _contradiction([solve_labels(way) for way in _ways(tree)]) or why_never(tree)


def _ways(tree: Node) -> list[LabelConstraints]:
    first = label_constraints(tree)
    return [first, *(label_constraints(tree, way) for way in range(1, first.ways))]


def _contradiction(solutions: Sequence[Solution | Conflict]) -> str | None:
    """Why no way through the expression has a result, where that is proven of all of them."""
    conflicts = [solution for solution in solutions if isinstance(solution, Conflict)]
    if len(conflicts) == len(solutions) and all(conflict.proven for conflict in conflicts):
        return conflicts[0].reason
    return None


def _without_series(tree: Node, hold: float, keep: float) -> Answer:
    """An expression that reads no series: what it says depends on the clock alone."""
    empty = SeriesSet((), (), "none")
    found: dict[Literal["fires", "silent"], Witness] = {}
    for clock in candidate_clocks((), hold, (), timed=True, calendar=True, keep=keep):
        problem = Objective(tree, empty, clock)
        kept = clock.within(keep)
        for goal in ("fires", "silent"):
            problem.warm = max(0, clock.steps - 6 - kept) if goal == "silent" else 0
            if goal not in found and problem.holds((), goal):
                found[goal] = Witness(goal, empty, clock, (), problem.warm and problem.warm + kept)
    timeless = not reads_clock(tree)
    always = "the expression reads no series and always has a result"
    nothing = "the expression reads no series and never has a result"
    return Answer(
        found.get("fires"),
        found.get("silent"),
        why_never(tree) or (nothing if timeless and "fires" not in found else None),
        always if timeless and "silent" not in found else None,
    )


class _Search:
    """The attempts at one expression, and the best that came of them."""

    def __init__(self, tree: Node, hold: float, keep: float, budget: int) -> None:
        self._tree = tree
        self._hold = hold
        self._keep = keep
        self._left = self._budget = budget
        self._work = WORK
        self._each = _EACH
        self._removing = True
        self.fires: Witness | None = None
        self.silent: Witness | None = None
        self.limited = False
        self.nearest: float | None = None
        self.choices = Choices(written_constants(tree), (), reads_clock(tree))
        self._calendar = reads_calendar(tree)
        self._counts = series_counts(tree)

    @property
    def done(self) -> bool:
        return self.fires is not None and self.silent is not None

    def through(self, way: LabelConstraints, worlds: Iterator[SeriesSet]) -> None:
        """Try the universes of one way under the clocks worth trying, until both witnesses share one."""
        times = self._clocks(way)
        self.limited = self.limited or not times
        ranges = tuple(sorted({o.range for o in way.occurrences if o.range}))
        longest = max((o.window for o in way.occurrences), default=0.0)
        self.choices = Choices(self.choices.constants, ranges, self.choices.timed)
        for number, universe in enumerate(worlds):
            for clock in times if number < 2 else times[:1]:
                if self._left <= 0 or self._work <= 0:
                    self.limited = True
                    return
                # A test in which windows never fill may leave no way to be quiet but to take series away.
                self._removing = clock.end > longest + self._hold + self._keep or clock is max(
                    times, key=lambda one: one.end
                )
                self._each = _EACH if number == 0 and clock is times[0] else _EACH // 5
                self._attempt(universe, clock)
                if self.done:
                    return

    def worlds(self, way: LabelConstraints, solution: Solution) -> Iterator[SeriesSet]:
        """The sets of series to try for one way."""
        choices = self.choices
        return series_sets(way, solution, choices.constants, self._counts, timed=choices.timed)

    def _clocks(self, way: LabelConstraints) -> list[Clock]:
        return candidate_clocks(
            way.occurrences,
            self._hold,
            self.choices.constants,
            timed=self.choices.timed,
            calendar=self._calendar,
            ahead=counts_down(self._tree),
            keep=self._keep,
        )

    def _attempt(self, universe: SeriesSet, clock: Clock) -> None:
        if len(universe.templates) * clock.steps > 2_000_000:
            clock = replace(clock, steps=max(clock.hold + 6, 2_000_000 // len(universe.templates)))
        problem = Objective(self._tree, universe, clock)
        fires = self._look(problem, "fires")
        if fires is not None:
            silent = self._quiet(problem)
            if silent is not None:
                self.fires, self.silent = fires, silent
            elif self.fires is None:
                self.fires = fires
        self.limited = self.limited or problem.limited

    def _quiet(self, problem: Objective) -> Witness | None:
        """A silent witness with these series: values alone first, then after a time to fill windows."""
        found = self._look(problem, "silent")
        if found is None:
            steps = problem.clock.steps
            longest = max(self.choices.ranges, default=0.0)
            filled = int(longest / problem.clock.step) + 2
            kept = problem.clock.within(self._keep)
            for warm in dict.fromkeys((filled, steps - 6 - kept) if self.choices.timed else (filled,)):
                if found is None and 0 < warm < steps - 4 - kept:
                    problem.warm = warm
                    found = self._look(problem, "silent")
            problem.warm = 0
        if found is not None or not self._removing:
            return found
        return self._look(problem, "silent", removing=True)

    def _look(self, problem: Objective, goal: Goal, *, removing: bool = False) -> Witness | None:
        spent, worked = problem.evaluations, problem.work
        each = self._each // (16 if self._calendar else 3 if goal == "silent" else 1)
        budget = Budget(min(each, self._left), min(WORK // 3, self._work))
        found = search_numbers(problem, goal, self.choices, budget, removing=removing)
        motions = None
        if found.distance == 0 and problem.holds(found.motions, goal):
            motions = round_waveforms(problem, goal, found.motions)
            if not problem.holds(motions, goal):
                motions = found.motions
        elif goal == "fires":
            self.nearest = found.distance if self.nearest is None else min(self.nearest, found.distance)
        self._left -= problem.evaluations - spent
        self._work -= problem.work - worked
        if motions is None:
            return None
        removed = removing and any(motion.life != "whole" for motion in motions)
        # What fires while windows are not filled goes on for as long as it is kept firing.
        warm = problem.warm and problem.warm + problem.clock.within(self._keep)
        return Witness(goal, problem.universe, problem.clock, motions, warm, removed)

    def quietly(self) -> None:
        """A silent witness by itself, where none shares its series with the firing one."""
        self._removing = True
        way = label_constraints(self._tree)
        solution = solve_labels(way)
        if isinstance(solution, Conflict):
            self._without_labels(way)
            return
        self._left = max(self._left, self._budget // 4)
        self._work = max(self._work, WORK // 4)
        times = self._clocks(way)
        for universe in self.worlds(way, solution):
            for clock in times:
                problem = Objective(self._tree, universe, clock)
                self.silent = self._quiet(problem)
                if self.silent is not None or self._left <= 0 or self._work <= 0:
                    return

    def _without_labels(self, way: LabelConstraints) -> None:
        """No series at all: where selectors cannot be met, there is nothing else to show."""
        for clock in self._clocks(way)[:1]:
            problem = Objective(self._tree, SeriesSet((), (), "nothing"), clock)
            if problem.holds((), "silent"):
                self.silent = Witness("silent", problem.universe, clock, ())
