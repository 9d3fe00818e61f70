"""The values at which an alert turns: just below, at and just above, for each condition that can be found."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.prove.cases.basic import written_series
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.witness.waveform import Waveform, whole_test
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.prove.witness.find import Witness
    from tocsin.prove.witness.objective import Objective
    from tocsin.prove.witness.waveform import Motions

_HALVINGS = 48
_MARGIN = 0.02
"""How far beside the threshold the values just below and just above lie, as a part of the value."""
_NUMBERS = ("level", "slope", "before", "toggle", "spot")


@value_object
class Boundary:
    """Where an alert turns on the way from motions with which it fires to some with which it does not."""

    quiet: Motions
    loud: Motions
    exact: Motions
    what: str


def found_turns(problem: Objective, silent: Witness, fires: Witness, *, most: int) -> list[Boundary]:
    """Up to `most` thresholds: what is just outside and just inside of each."""
    found: dict[object, Boundary] = {}
    for turn in _turns(problem, silent, fires):
        found.setdefault((turn.quiet, turn.loud), turn)
        if len(found) == most:
            break
    return list(found.values())


def threshold_cases(
    alert: str, problem: Objective, fires: Witness, turns: Sequence[Boundary]
) -> list[ProofCase]:
    """Pairs of cases on either side of each turn, and one at a turn that can be met exactly."""
    cases: list[ProofCase] = []
    for count, turn in enumerate(turns, 1):
        number = f" {count}" if count > 1 else ""
        for name, motions, firing in (
            ("just outside", turn.quiet, False),
            ("just inside", turn.loud, True),
        ):
            title = (
                f"{turn.what}, {'just far enough: it fires' if firing else 'not far enough: it is silent'}."
            )
            cases.append(_case(alert, f"{name}{number}", title, problem, fires, motions, firing=firing))
        exact = _exact(problem, turn.exact)
        if exact is not None:
            motions, firing = exact
            title = f"{turn.what}, exactly at the threshold: it {'fires' if firing else 'is silent'}."
            cases.append(
                _case(alert, f"at the threshold{number}", title, problem, fires, motions, firing=firing)
            )
    return cases


def _case(
    alert: str,
    name: str,
    title: str,
    problem: Objective,
    like: Witness,
    motions: Motions,
    *,
    firing: bool,
) -> ProofCase:
    clock = problem.clock
    series = written_series(like, [whole_test(motion, clock) for motion in motions])
    return ProofCase(alert, name, title, clock.step, series, (Moment(clock.end, firing=firing),))


def _exact(problem: Objective, motions: Motions) -> tuple[Motions, bool] | None:
    """Motions that meet the threshold exactly, and whether the alert fires then; None where rounding decides.

    A threshold of a ratio is met as well when everything grows by a factor: with whole numbers it is exact.
    """
    for factor in (1.0, 10.0, 20.0, 100.0, 1000.0):
        scaled = tuple(
            replace(motion, level=motion.level * factor, slope=motion.slope * factor) for motion in motions
        )
        firing = problem.at_threshold(scaled)
        if firing is not None:
            return scaled, firing
    return None


def _turns(problem: Objective, silent: Witness, fires: Witness) -> Iterator[Boundary]:
    for index, mover in enumerate(problem.universe.movers):
        for other in _others(fires.motions[index], silent.motions[index]):
            target = _with(fires.motions, index, other)
            if problem.never(target):
                turn = find_boundary(problem, fires.motions, target, index, f"`{mover.name}`")
                if turn is not None:
                    yield turn
    if all(motion.life == "whole" for motion in silent.motions):
        turn = find_boundary(problem, fires.motions, silent.motions, None, "All series together")
        if turn is not None:
            yield turn


def _others(loud: Waveform, quiet: Waveform) -> Iterator[Waveform]:
    """Motions that may lie beyond a threshold: the healthy one, nothing, and a hundred times as much."""
    if quiet.life == loud.life and quiet != loud:
        yield quiet
    for factor in (0.0, 100.0):
        other = replace(loud, level=loud.level * factor, slope=loud.slope * factor)
        if other != loud:
            yield other


def _with(motions: Motions, index: int, motion: Waveform) -> Motions:
    return (*motions[:index], motion, *motions[index + 1 :])


def find_boundary(
    problem: Objective, loud: Motions, quiet: Motions, index: int | None, what: str
) -> Boundary | None:
    """The turn between two motions, which differ in one mover or (without an index) in many."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if problem.score(_mixed(loud, quiet, middle), "fires") == 0:
            low = middle
        else:
            high = middle
        if high - low < 1e-13:
            break
    turn = _plain(loud, quiet, (low + high) / 2)
    beside = _beside(problem, loud, quiet, (low + high) / 2, index)
    return None if beside is None else Boundary(beside[0], beside[1], turn, what)


def _beside(
    problem: Objective, loud: Motions, quiet: Motions, at: float, index: int | None
) -> tuple[Motions, Motions] | None:
    """Motions just outside and just inside, as close as they can be distinguished."""
    span = _span(loud, quiet, index)
    here = _span(_mixed(loud, quiet, at), tuple(Waveform(0.0) for _ in loud), index)
    wide = (_MARGIN * here / span, 0.01 / span) if span else (0.002, 0.01)
    for margin in (*wide, 0.05, 0.2):
        if margin <= 0 or margin > 1:
            continue
        outside = _plain(loud, quiet, min(1.0, at + margin), 6)
        inside = _plain(loud, quiet, max(0.0, at - margin), 6)
        if problem.never(outside) and problem.holds(inside, "fires"):
            return outside, inside
    return None


def _span(first: Motions, second: Motions, index: int | None) -> float:
    """How far the numbers of two motions are apart, the greatest of all."""
    pairs = zip(first, second, strict=True) if index is None else [(first[index], second[index])]
    return max(
        (abs(getattr(a, name) - getattr(b, name)) for a, b in pairs for name in _NUMBERS if name != "spot"),
        default=0.0,
    )


def _mixed(loud: Motions, quiet: Motions, part: float) -> Motions:
    """Motions between two, at a part of the way."""
    return tuple(_one(a, b, part) for a, b in zip(loud, quiet, strict=True))


def _one(loud: Waveform, quiet: Waveform, part: float) -> Waveform:
    if loud == quiet:
        return loud
    numbers = {
        name: getattr(loud, name) + part * (getattr(quiet, name) - getattr(loud, name)) for name in _NUMBERS
    }
    early = None
    if loud.slope_before is not None or quiet.slope_before is not None:
        first = loud.slope if loud.slope_before is None else loud.slope_before
        second = quiet.slope if quiet.slope_before is None else quiet.slope_before
        early = first + part * (second - first)
    return replace(loud, slope_before=early, **numbers)


def _plain(loud: Motions, quiet: Motions, part: float, digits: int = 8) -> Motions:
    """Motions between two, their numbers written with so many digits."""
    return tuple(
        motion if motion == a else _rounded(motion, digits)
        for motion, a in zip(_mixed(loud, quiet, part), loud, strict=True)
    )


def _rounded(motion: Waveform, digits: int) -> Waveform:
    def plain(value: float) -> float:
        return float(f"{value:.{digits}g}")

    return replace(
        motion,
        level=plain(motion.level),
        slope=plain(motion.slope),
        before=plain(motion.before),
        slope_before=None if motion.slope_before is None else plain(motion.slope_before),
        toggle=plain(motion.toggle),
        spot=plain(motion.spot),
    )
