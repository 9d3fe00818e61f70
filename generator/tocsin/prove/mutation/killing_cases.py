"""Cases that notice a mistake in the rule which the other cases would let pass."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from itertools import product
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Aggregation, Binary, Call, Range, Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.prove.cases.basic import written_series
from tocsin.prove.cases.extra_series import duplicate_series, labels_apart, unmatched_copies
from tocsin.prove.cases.thresholds import find_boundary
from tocsin.prove.mutation.difference import Difference
from tocsin.prove.mutation.survivors import Mistaken, MutatedRule, left_by, outcome_and_cost, readable_mutants
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.witness.constants import reads_clock, written_constants
from tocsin.prove.witness.find import Witness, find_witness
from tocsin.prove.witness.objective import Objective
from tocsin.prove.witness.starts import Choices
from tocsin.prove.witness.value_search import Budget, climb
from tocsin.prove.witness.waveform import Waveform, whole_test

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.lang.promql.ast import Grouping, LabelMatcher, Node
    from tocsin.prove.cases.extra_series import Widened
    from tocsin.prove.cases.thresholds import Boundary
    from tocsin.prove.witness.clock import Clock
    from tocsin.prove.witness.evaluate import Evaluator
    from tocsin.prove.witness.firing_at import Outcome
    from tocsin.prove.witness.labels.series_set import SeriesSet
    from tocsin.prove.witness.objective import Goal
    from tocsin.prove.witness.waveform import Motions

WORK = 1_000_000
"""What the search for one alert may cost: a few seconds."""
_EACH = Budget(260, 160_000)
_FIND = 1_500
_MOST_CASES = 24
_MOST_STATES = 40
_MOST_MIXED = 260
_CONTEXTS = 2
_FEW = 5
_FACTORS = (0.0, 0.5, 0.95, 1.05, 1.5, 4.0)
_ROUNDED = frozenset(
    {
        *("rate", "irate", "increase", "delta", "idelta", "deriv", "predict_linear", "avg_over_time"),
        *("stddev_over_time", "stdvar_over_time", "quantile_over_time", "sum_over_time", "holt_winters"),
        *("double_exponential_smoothing", "histogram_quantile", "mad_over_time"),
        *("stddev", "stdvar", "quantile", "sqrt", "ln", "log2", "log10", "exp"),
    }
)


@dataclass
class _Stage:
    """Series, and numbers for them that are worth a try."""

    problem: Objective
    states: list[Motions]
    known: dict[Motions, Outcome | None] = field(default_factory=dict)

    @property
    def clock(self) -> Clock:
        return self.problem.clock


def killing_cases(
    expr: str,
    hold: float,
    fires: Witness,
    states: Sequence[Motions],
    turns: Sequence[Boundary],
    cases: Sequence[ProofCase],
    mistakes: Sequence[MutatedRule],
    work: int = WORK,
) -> list[ProofCase]:
    """Cases for the mistakes that none of the given cases notices, as far as data are found that tell.

    `states` are numbers for the series of the firing witness; `hold` is the rule's `for` in seconds,
    and `work` what the search may cost.
    """
    return _Notices(expr, hold, fires, states, turns, work).cases(cases, mistakes)


class _Notices:
    def __init__(
        self,
        expr: str,
        hold: float,
        fires: Witness,
        states: Sequence[Motions],
        turns: Sequence[Boundary],
        most: int,
    ) -> None:
        self._most = most
        self._expr = expr
        self._tree = parse_promql(expr)
        self._hold = hold
        self._exact = not any(
            (isinstance(node, Call) and node.function in _ROUNDED)
            or (isinstance(node, Aggregation) and node.op in _ROUNDED)
            for node in walk(self._tree)
        )
        self._constants = written_constants(self._tree)
        # What an evaluation costs that needs little data, as where labels are replaced.
        self._size = 4 * sum(1 for _ in walk(self._tree))
        self._ranges = tuple(
            sorted(
                {node.range.seconds or 0.0 for node in walk(self._tree) if isinstance(node, Range)} - {0.0}
            )
        )
        self._stages: dict[object, _Stage | None] = {}
        self._grounds = [self._ground(fires, states, turns)]
        self._work = 0
        self._stop = self._most
        self._found: list[ProofCase] = []

    def _ground(self, fires: Witness, states: Sequence[Motions], turns: Sequence[Boundary]) -> _Stage:
        """The series of a witness without any beside them."""
        problem = Objective(self._tree, fires.universe, fires.clock)
        found = [fires.motions, *states]
        for turn in turns:
            found += [turn.quiet, turn.loud, turn.exact]
        for turn in turns:
            found += _varied(turn.exact, range(len(fires.motions)))
        return _Stage(problem, list(dict.fromkeys(found))[:_MOST_STATES])

    def cases(self, cases: Sequence[ProofCase], mistakes: Sequence[MutatedRule]) -> list[ProofCase]:
        left = self._unnoticed(cases, readable_mutants(mistakes))
        left = self._after(left, self._lasting(left))
        left = [one for one in left if one.mistake.kind != "for"]
        if left:
            self._decide()
        # What is at hand tells most of them; only then is it worth while to search.
        for searching in (False, True):
            for one in list(left):
                if one not in left or self._spent >= self._most or len(self._found) >= _MOST_CASES:
                    continue
                share = (self._most - self._spent) // len(left)
                self._stop = self._spent + max(2 * share, self._most // 10)
                case = self._tell(one, searching=searching)
                if case is not None:
                    left = self._after(left, [case])
        return self._found

    @property
    def _spent(self) -> int:
        stages = [*self._grounds, *self._stages.values()]
        return self._work + sum(stage.problem.work for stage in stages if stage is not None)

    def _after(self, left: list[Mistaken], cases: Sequence[ProofCase]) -> list[Mistaken]:
        """What is still unnoticed after these cases, of which only those are kept that notice something."""
        for case in cases:
            still = self._unnoticed([case], left)
            if len(still) < len(left):
                noticed = [one.mistake.what for one in left if one not in still]
                more = f" and {len(noticed) - 1} more" if len(noticed) > 1 else ""
                said = "it fires" if case.moments[-1].firing else "it is silent"
                name = f"notices {len(self._found) + 1}: {noticed[0]}"
                title = f"Would notice the mistake `{noticed[0]}`{more}: {said}."
                self._found.append(replace(case, name=name, title=title))
                left = still
        return left

    def _unnoticed(self, cases: Sequence[ProofCase], mistaken: Sequence[Mistaken]) -> list[Mistaken]:
        left, work = left_by(self._tree, self._hold, cases, mistaken)
        self._work += work
        return left

    def _outcome(
        self, tree: Node, evaluator: Evaluator, step: int, at: int, hold: float, *, exact: bool
    ) -> Outcome | None:
        found, work = outcome_and_cost(tree, evaluator, step, at, hold, exact=exact)
        self._work += work + self._size
        return found

    def _lasting(self, left: Sequence[Mistaken]) -> list[ProofCase]:
        """Whether it waits for as long as it should, where there is no story to tell it."""
        if not any(one.mistake.kind == "for" for one in left):
            return []
        stage = self._grounds[0]
        steps, hold = stage.clock.steps, stage.clock.hold
        # No alert can have waited for longer than the test takes.
        at = hold - 1 if hold else min(max(1, 240 // stage.clock.step), steps)
        found = []
        for motions in stage.states[:_FEW]:
            found.append(self._case(stage, motions, (Moment(at * stage.clock.step, firing=not hold),)))
            begins = self._begins(stage, motions) if hold > 1 else None
            if begins is not None:
                quiet, loud = (begins + hold - 1) * stage.clock.step, (begins + hold + 1) * stage.clock.step
                moments = (Moment(quiet, firing=False), Moment(loud, firing=True))
                found.append(self._case(stage, motions, moments))
        return found

    def _begins(self, stage: _Stage, motions: Motions) -> int | None:
        """The step at which the expression begins to hold, where it does once and for all."""
        evaluator = stage.problem.evaluator(stage.problem.series(motions))

        def holds(at: int) -> bool:
            return bool(self._outcome(self._tree, evaluator, stage.clock.step, at, 0.0, exact=True))

        low, high = 0, stage.clock.steps - stage.clock.hold - 1
        if high <= low or holds(low) or not holds(high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if holds(middle) else (middle, high)
        return high

    def _decide(self) -> None:
        """Numbers with which each series, and each side of an `or`, decides for itself: to start from."""
        ground = self._grounds[0]
        self._add_deciding(ground)
        ors = [node for node in walk(self._tree) if isinstance(node, Binary) and node.op == "or"]
        for node in ors[:_FEW]:
            left, right = (self._with_side(node, side) for side in (node.left, node.right))
            # Where the one side alone says the same, nothing depends on the other yet.
            if left and right and self._at_hand(ground, left) is None:
                self._enter(right)
            if left and right and self._at_hand(ground, right) is None:
                self._enter(left)

    def _with_side(self, node: Binary, side: Node) -> Mistaken | None:
        """The expression with one side of an operator in its place."""
        (start, end), (first, last) = node.span, side.span
        expr = f"{self._expr[:start]}({self._expr[first:last]}){self._expr[end:]}"
        return next(iter(readable_mutants([MutatedRule("", "operator", expr, self._hold)])), None)

    def _enter(self, one: Mistaken) -> None:
        """A ground of its own for a side of an `or`."""
        found = find_witness(one.tree, self._hold, budget=_FIND)
        if found.fires is not None and found.fires.universe != self._grounds[0].problem.universe:
            alike = found.silent is not None and found.silent.universe == found.fires.universe
            states = [found.silent.motions] if found.silent is not None and alike else []
            ground = self._ground(found.fires, states, ())
            self._add_deciding(ground)
            self._grounds.append(ground)

    def _add_deciding(self, ground: _Stage) -> None:
        for turn, index in self._deciding(ground):
            ground.states += [turn.loud, turn.quiet, turn.exact, *_varied(turn.exact, (index,))]
        ground.states = list(dict.fromkeys(ground.states))[: 3 * _MOST_STATES]

    def _deciding(self, ground: _Stage) -> Iterator[tuple[Boundary, int]]:
        """Where one series decides, whatever the others are like: healthy, broken, or broken for a while."""
        if len(ground.states) < 2 or not ground.states[0]:
            return
        firing: dict[Motions, bool] = {}
        for motions in _mixed(ground.states[0], ground.states[1], changing=len(self._ranges) > 1):
            evaluator = ground.problem.evaluator(ground.problem.series(motions))
            found = self._outcome(
                self._tree, evaluator, ground.clock.step, ground.clock.steps, self._hold, exact=self._exact
            )
            if found is not None:
                firing[motions] = bool(found)
        counts = [0] * len(ground.states[0])
        for loud, quiet in product(
            [motions for motions, fires in firing.items() if fires],
            [motions for motions, fires in firing.items() if not fires],
        ):
            apart = [index for index, (a, b) in enumerate(zip(loud, quiet, strict=True)) if a != b]
            if len(apart) == 1 and counts[apart[0]] < _CONTEXTS and sum(counts) < 2 * _FEW:
                counts[apart[0]] += 1
                turn = find_boundary(ground.problem, loud, quiet, apart[0], "")
                if turn is not None:
                    yield turn, apart[0]

    def _tell(self, one: Mistaken, *, searching: bool) -> ProofCase | None:
        for stage in self._stages_for(one):
            if self._spent >= self._stop:
                return None
            motions = self._searched(stage, one) if searching else self._at_hand(stage, one)
            if motions is not None:
                if stage in self._grounds and motions not in stage.states:
                    stage.states.append(motions)
                return self._case(
                    stage, motions, (Moment(stage.clock.end, firing=bool(stage.known[motions])),)
                )
        return None

    def _at_hand(self, stage: _Stage, one: Mistaken) -> Motions | None:
        """Numbers that tell the mistake, of those that are worth a try."""
        return next((motions for motions in stage.states if self._tells(stage, one, motions)), None)

    def _tells(self, stage: _Stage, one: Mistaken, motions: Motions) -> bool:
        evaluator = stage.problem.evaluator(stage.problem.series(motions))
        step, steps = stage.clock.step, stage.clock.steps
        if motions not in stage.known:
            stage.known[motions] = self._outcome(
                self._tree, evaluator, step, steps, self._hold, exact=self._exact
            )
        expected = stage.known[motions]
        if expected is None:
            return False
        found = self._outcome(one.tree, evaluator, step, steps, one.mistake.hold, exact=self._exact)
        return found is not None and found != expected

    def _searched(self, stage: _Stage, one: Mistaken) -> Motions | None:
        choices = self._choices(one)
        hold = math.ceil(one.mistake.hold / stage.clock.step)
        contrast = Difference(stage.problem, one.tree, hold, self._exact)
        goals: tuple[Goal, ...] = ("fires", "silent")
        for goal in goals:
            scored = [(contrast.score(motions, goal), index) for index, motions in enumerate(stage.states)]
            for _, index in sorted(scored)[:2]:
                if self._spent >= self._stop:
                    return None
                best = climb(contrast, goal, choices, _EACH, stage.states[index])
                if best.distance == 0 and self._tells(stage, one, best.motions):
                    return best.motions
        return None

    def _choices(self, one: Mistaken) -> Choices:
        """Values between a number and the mistaken one first, then those that both expressions name."""
        others = written_constants(one.tree)
        gone = [value for value in self._constants if value not in others]
        come = [value for value in others if value not in self._constants]
        between = [(a + b) / 2 for a, b in product(gone, come)]
        shared = [value for value in self._constants if value in others]
        tried = tuple(dict.fromkeys((*between, *gone, *shared)))
        return Choices(tried[:_FEW], self._ranges[:2], timed=reads_clock(self._tree))

    def _case(self, stage: _Stage, motions: Motions, moments: tuple[Moment, ...]) -> ProofCase:
        clock = stage.clock
        witness = Witness("fires", stage.problem.universe, clock, motions)
        series = written_series(witness, [whole_test(motion, clock) for motion in motions])
        return ProofCase("", "", "", clock.step, series, moments)

    def _stages_for(self, one: Mistaken) -> Iterator[_Stage]:
        """The series that may tell, the likeliest first."""
        for number, ground in enumerate(list(self._grounds)):
            yield from self._around(number, ground, one)

    def _around(self, number: int, ground: _Stage, one: Mistaken) -> Iterator[_Stage]:
        kind, universe = one.mistake.kind, ground.problem.universe
        selectors = [node for node in walk(self._tree) if isinstance(node, Selector)]
        for index, matcher in _changed(selectors, one.tree):
            for count, others in enumerate(unmatched_copies(universe, selectors[index], matcher)):
                yield from self._with(ground, (number, "strangers", index, matcher, count), others)
        grouped = kind in ("function", "labels")
        if not grouped:
            yield ground
        if kind in ("function", "window"):
            yield self._free(number, ground)
        for label in dict.fromkeys((*_lost(self._tree, one.tree), *labels_apart(self._tree, universe))):
            if grouped or kind in ("operator", "number", "threshold"):
                yield from self._with(
                    ground, (number, "all", label), duplicate_series(self._tree, universe, label)
                )
            for index, selector in enumerate(selectors if grouped else ()):
                beside = duplicate_series(self._tree, universe, label, selector)
                yield from self._with(ground, (number, "one", index, label), beside)
        if grouped:
            yield ground

    def _with(self, ground: _Stage, key: object, beside: Widened | None) -> Iterator[_Stage]:
        if key not in self._stages:
            self._stages[key] = None
            if beside is not None:
                problem = Objective(self._tree, beside.universe, ground.clock)
                self._stages[key] = _Stage(problem, _crowds(ground.states, beside))
        stage = self._stages[key]
        if stage is not None:
            yield stage

    def _free(self, number: int, ground: _Stage) -> _Stage:
        """The same series, of which every number may change, and changes of speed."""
        stage = self._stages.get((number, "free"))
        if stage is None:
            universe = ground.problem.universe
            movers = tuple(
                replace(mover, level=mover.level or not mover.counter, slope=True, before=True, toggle=True)
                for mover in universe.movers
            )
            problem = Objective(self._tree, replace(universe, movers=movers), ground.clock)
            stage = _Stage(problem, list(dict.fromkeys(_moved(ground.states, universe))))
            self._stages[number, "free"] = stage
        return stage


def _mixed(loud: Motions, quiet: Motions, *, changing: bool) -> list[Motions]:
    """Each series in one of two states, or with `changing` on the way from one to the other."""
    choices = []
    for one, other in zip(loud, quiet, strict=True):
        found = [one, other, _scaled(one, 0.0), *([_scaled(one, 100.0)] if one == other else ())]
        if changing and one.slope != other.slope:
            found += [
                replace(one, slope_before=other.slope),
                replace(_scaled(one, 4.0), slope_before=other.slope),
                replace(other, slope_before=one.slope),
            ]
        choices.append(list(dict.fromkeys(found)))
    if math.prod(map(len, choices)) <= _MOST_MIXED:
        return list(product(*choices))
    found_states = {loud: None, quiet: None}
    for state in (loud, quiet):
        for index, options in enumerate(choices):
            for motion in options:
                found_states[(*state[:index], motion, *state[index + 1 :])] = None
    return list(found_states)[:_MOST_MIXED]


def _varied(motions: Motions, indices: Iterable[int]) -> Iterator[Motions]:
    """Each series a little further or less far, much more or nothing."""
    for index, factor in product(indices, _FACTORS):
        yield (*motions[:index], _scaled(motions[index], factor), *motions[index + 1 :])


def _changed(selectors: Sequence[Selector], tree: Node) -> Iterator[tuple[int, LabelMatcher]]:
    """Which matchers a mistaken expression lacks, by the index of their selector."""
    others = [node for node in walk(tree) if isinstance(node, Selector)]
    for index, (selector, other) in enumerate(zip(selectors, others, strict=False)):
        kept = {(matcher.name, matcher.op, matcher.value) for matcher in other.matchers}
        for matcher in selector.matchers:
            if (
                matcher.name not in ("__name__", "le")
                and (matcher.name, matcher.op, matcher.value) not in kept
            ):
                yield index, matcher


def _lost(tree: Node, mistaken: Node) -> Iterator[str]:
    """The labels by which the mistaken expression no longer groups."""
    pairs = zip(_groupings(tree), _groupings(mistaken), strict=False)
    return (label for one, other in pairs for label in one.labels if label not in other.labels)


def _groupings(tree: Node) -> list[Grouping]:
    return [node.grouping for node in walk(tree) if isinstance(node, Aggregation) and node.grouping]


def _crowds(states: Sequence[Motions], beside: Widened) -> list[Motions]:
    """Pairs of states, and each beside the same with much more, as much, a little more, or nothing."""
    found: dict[Motions, None] = {}
    for motions, other in product(states[:_FEW], states[:_FEW]):
        found[(*motions, *(other[index] for index in beside.like))] = None
    for motions, factor in product(states[: 2 * _FEW], (1000.0, 1.5, 0.0)):
        found[(*motions, *(_scaled(motions[index], factor) for index in beside.like))] = None
    return list(found)


def _moved(states: Sequence[Motions], universe: SeriesSet) -> Iterator[Motions]:
    """States with a change shortly before the end, and states that go up and down."""
    for motions in states[:_FEW]:
        for factor in (0.0, 0.2, 5.0):
            yield tuple(
                replace(motion, slope_before=motion.slope * factor)
                if mover.counter
                else replace(motion, before=motion.level * (factor - 1))
                for motion, mover in zip(motions, universe.movers, strict=True)
            )
        yield tuple(replace(motion, toggle=motion.slope or motion.level) for motion in motions)
    yield from states


def _scaled(motion: Waveform, factor: float) -> Waveform:
    return replace(motion, level=motion.level * factor, slope=motion.slope * factor)
