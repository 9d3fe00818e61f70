"""Series that make an alert fire and series that keep it quiet, derived from its expression alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from tocsin.lang.promql.ast import Binary, Call, children
from tocsin.lang.promql.clock_windows import clock_windows
from tocsin.lang.promql.flow import promql_flow
from tocsin.lang.promql.flow.clock import BY_NAMES, condition_of
from tocsin.lang.promql.label_sources import paired_info
from tocsin.lang.promql.lasting import passing_conditions
from tocsin.prove.witness.clock import Clock, candidate_clocks
from tocsin.prove.witness.constants import (
    compares_counts,
    counted_sides,
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
from tocsin.prove.witness.starts import Choices
from tocsin.prove.witness.turning_points import turning_points
from tocsin.prove.witness.value_search import Budget, round_waveforms, search_numbers
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.prove.witness.labels.solve import Solution
    from tocsin.prove.witness.waveform import Motions

BUDGET = 6_000
"""Evaluations of the expression that one alert may take."""
WORK = 3_000_000
"""What these evaluations may cost together; a second is about a million."""
_EACH = 1_500
_WITHOUT_SERIES = frozenset({"absent", "absent_over_time", "scalar", "vector"})
"""Functions that have a result where their argument has none."""


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
    faults: tuple[str, ...] = ()
    """Why such data cannot exist: the goal is met on paper only. None where they can."""


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
    always: bool = False
    """Whether the expression has a result whatever the data."""
    by_name: str | None = None
    """Why nothing can make it fire if the metrics are what their names say."""
    argued: bool = False
    """Whether an argument shows that no data can meet a goal which is met on paper only: by the names of
    metrics, or as no series that can exist have the labels. Else none were found, which says less."""


def find_witness(
    tree: Node,
    hold: float,
    keep: float = 0.0,
    *,
    budget: int = BUDGET,
    recorded: frozenset[str] = frozenset(),
    repeated: bool = False,
) -> Answer:
    """Look for both witnesses of an expression that has to hold for `hold` seconds.

    An alert that has fired goes on firing for `keep` seconds. Series that can exist are looked for first, and
    any others only where there are none; `recorded` are metrics that rules write. With
    `repeated`, what starts may start again and again.
    """
    if not has_selector(tree):
        return _without_series(tree, hold, keep)
    dead = cannot_fire(tree) or _is_over(tree, hold)
    by_name = None if dead else cannot_fire(tree, conventions=True)
    if dead is None and by_name is None and not repeated:
        by_name = _passes(tree, hold)
    if dead is None and by_name is None:
        by_name = _without_partner(tree, recorded)
    flows = _ways(tree, recorded)
    hunt = _Search(tree, hold, keep, budget, real=True, repeated=repeated)
    if dead is None and by_name is None:
        hunt.along(flows)
    if hunt.silent is None:
        hunt.quietly(flows[0])
    tried = hunt.tried
    # No samples are seen after the lookback, whatever they are.
    rests_on_names = by_name is None or _condition(tree) == BY_NAMES
    if dead is None and hunt.fires is None and rests_on_names:
        on_paper = _Search(tree, hold, keep, budget, real=False)
        on_paper.along(flows)
        hunt.add(on_paper)
        if by_name is not None and hunt.fires is not None and not hunt.fires.faults:
            hunt.fires = replace(hunt.fires, faults=(by_name,))
    if hunt.silent is None:
        on_paper = _Search(tree, hold, keep, budget, real=False)
        on_paper.quietly(flows[0])
        hunt.add(on_paper)
    always = hunt.silent is None and promql_flow(tree).always
    never_fires = dead
    if by_name is not None and hunt.fires is None:
        never_fires = f"{_condition(tree)}, {by_name}"
    argued = by_name is not None or not tried
    return Answer(
        hunt.fires, hunt.silent, never_fires, None, hunt.limited, hunt.nearest, always, by_name, argued
    )


def cannot_fire(tree: Node, *, conventions: bool = False) -> str | None:
    """Why an expression has no result whatever the data; None where it may have one, or nobody knows.

    With `conventions`, whatever data there can be by the names of its metrics.
    """
    empty = promql_flow(tree, conventions=conventions).empty
    return None if empty is None else empty.sentence


def _condition(tree: Node) -> str:
    """On what it rests that an expression cannot fire by convention."""
    empty = promql_flow(tree, conventions=True).empty
    return BY_NAMES if empty is None else condition_of(empty)


def _passes(tree: Node, hold: float) -> str | None:
    """Why a condition cannot hold for so many seconds: one event keeps it true for a shorter time."""
    for one in passing_conditions(tree):
        if one.seconds <= hold:
            return f"one {one.event} keeps it true for {one.seconds:g}s, and it has to last for {hold:g}s"
    return None


def _is_over(tree: Node, hold: float) -> str | None:
    """Why a condition on the time of the day or week cannot hold for so many seconds."""
    for one in clock_windows(tree):
        if one.seconds <= hold:
            return f"its condition on the time holds for {one.seconds:g}s, and it has to last for {hold:g}s"
    return None


def _without_partner(tree: Node, recorded: frozenset[str]) -> str | None:
    """Why a join that has to have a result pairs nothing by the name of a metric."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Binary):
            info = None if node.op == "unless" else paired_info(node, recorded)
            if info is not None:
                return f"by its name `{info}` has labels of its own, and all labels are compared"
            if node.op != "or":
                waiting += [node.left] if node.op == "unless" else [node.left, node.right]
        elif not isinstance(node, Call) or node.function not in _WITHOUT_SERIES:
            waiting += children(node)
    return None


def _ways(tree: Node, recorded: frozenset[str]) -> list[LabelConstraints]:
    first = label_constraints(tree, recorded=recorded)
    return [first, *(label_constraints(tree, way, recorded=recorded) for way in range(1, first.ways))]


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
        cannot_fire(tree) or (nothing if timeless and "fires" not in found else None),
        always if timeless and "silent" not in found else None,
    )


def _takes_all(universe: SeriesSet, motions: Motions) -> bool:
    """Whether all series of a metric are away for a time."""
    metrics: dict[str, list[bool]] = {}
    for mover, motion in zip(universe.movers, motions, strict=True):
        metrics.setdefault(mover.name, []).append(motion.life == "whole")
    return not all(map(any, metrics.values()))


class _Search:
    """The attempts at one expression, and the best that came of them."""

    def __init__(
        self, tree: Node, hold: float, keep: float, budget: int, *, real: bool, repeated: bool = False
    ) -> None:
        self._tree = tree
        self._real = real
        self._repeated = repeated
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
        self.tried = 0
        """How many sets of series numbers were sought for."""
        numbers = dict.fromkeys((*written_constants(tree), *turning_points(tree)))
        self.choices = Choices(tuple(numbers), (), reads_clock(tree))
        self._calendar = reads_calendar(tree)
        self._counts = series_counts(tree)
        self._sides = counted_sides(tree)
        self._compares_counts = compares_counts(tree)

    @property
    def done(self) -> bool:
        """Whether both are found, and silence is not that of missing series where these are counted."""
        return (
            self.fires is not None and self.silent is not None and not (self._sides and self.silent.removed)
        )

    def along(self, flows: Sequence[LabelConstraints]) -> None:
        """Try one way through the expression after the other."""
        for way in flows:
            solution = solve_labels(way, real=self._real)
            if not isinstance(solution, Conflict):
                self.through(way, self.worlds(way, solution))
            if self.done:
                break

    def add(self, other: _Search) -> None:
        """Take over what another hunt has found and this one has not."""
        self.fires = self.fires or other.fires
        self.silent = self.silent or other.silent
        self.limited = self.limited or other.limited
        near = [one for one in (self.nearest, other.nearest) if one is not None]
        self.nearest = min(near, default=None)

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
        return series_sets(
            way,
            solution,
            choices.constants,
            self._counts,
            timed=choices.timed,
            real=self._real,
            repeated=self._repeated,
        )

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
        self.tried += 1
        problem = Objective(self._tree, universe, clock)
        fires = self._look(problem, "fires")
        silent = self._quiet(problem) if fires is not None or self._sides else None
        too_few = silent is not None and not silent.removed
        if fires is None and (too_few or self._compares_counts):
            # Of what is counted there are too few while some of it is away.
            fires = self._look(problem, "fires", removing=True)
        if fires is not None:
            if silent is not None and (self.silent is None or not silent.removed):
                self.fires, self.silent = fires, silent
            elif self.fires is None:
                self.fires = fires
        self.limited = self.limited or problem.limited

    def _quiet(self, problem: Objective) -> Witness | None:
        """A silent witness with these series: values alone first, then after a time to fill windows.

        What is counted has to be there; where it cannot, silence is that of missing series.
        """
        problem.present = self._sides
        found = self._quiet_with(problem)
        problem.present = ()
        if found is None and self._sides:
            found = self._quiet_with(problem)
            found = None if found is None else replace(found, removed=True)
        if found is not None or not self._removing:
            return found
        return self._look(problem, "silent", removing=True)

    def _quiet_with(self, problem: Objective) -> Witness | None:
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
        return found

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
        removed = removing and _takes_all(problem.universe, motions)
        # What fires while windows are not filled goes on for as long as it is kept firing.
        warm = problem.warm and problem.warm + problem.clock.within(self._keep)
        faults = () if self._real else (*problem.universe.faults, *problem.faults(problem.series(motions)))
        return Witness(
            goal, problem.universe, problem.clock, motions, warm, removed, tuple(dict.fromkeys(faults))
        )

    def quietly(self, way: LabelConstraints) -> None:
        """A silent witness by itself, where none shares its series with the firing one."""
        self._removing = True
        solution = solve_labels(way, real=self._real)
        if isinstance(solution, Conflict):
            self._without_labels(way)
            return
        self._left = max(self._left, self._budget // 4)
        self._work = max(self._work, WORK // 4)
        times = self._clocks(way)
        for universe in self.worlds(way, solution):
            for clock in times:
                self.tried += 1
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
