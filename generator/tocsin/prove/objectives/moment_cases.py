"""Cases of one pair of windows of an objective whose moments are good or bad as a whole, such as time slices.

One bad moment more, or one more between them, makes the difference.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.prove.objectives.course import Watched, course_of
from tocsin.prove.objectives.problem import PairCases, percent
from tocsin.prove.objectives.timeline import Phase, Timeline
from tocsin.prove.promtool.case import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.prove.objectives.problem import TierProblem
    from tocsin.prove.objectives.timeline import Pace
    from tocsin.prove.promtool.case import ProofCase

_MOST_SAMPLES = 1100
_SHARP = 0.05
"""By which part of the threshold a share may differ from it where only whole moments can be bad."""
_ABOVE = 2.0
"""How many times its threshold is bad in a long window that is not asked about."""
_ROUNDED = 1e-9
_MOST_PACES = 3
_HISTORIES = (1.0, 2.6, 4.0)
"""How many times the long window nothing is bad before."""


def moment_cases(problem: TierProblem, number: int) -> PairCases:
    """The cases of one of the pairs of a rule."""
    inside = _first(_inside(problem, number))
    outside = _first(_outside(problem, number))
    short = (_first(_short_window(problem, number, inside=side)) for side in (False, True))
    found = tuple(case for case in (inside, outside, *short) if case is not None)
    if inside is not None:
        return PairCases(found)
    along = next((other for other in range(len(problem.watched)) if _implies(problem, number, other)), None)
    if along is None:
        return PairCases(found, f"`{problem.named(number)}` is not shown to hold alone")
    return PairCases(
        found, f"`{problem.named(number)}` never holds alone: `{problem.named(along)}` then does, too"
    )


def _implies(problem: TierProblem, number: int, other: int) -> bool:
    """Whether another pair holds wherever this one does, where each moment counts the same.

    So much that is bad is enough for the other's longer windows even if all else in them is good.
    """
    one, along = problem.watched[number], problem.watched[other]
    return other != number and all(
        longer >= window and longer * along.threshold <= window * one.threshold * (1 + _ROUNDED)
        for window, longer in ((one.long, along.long), (one.short, along.short))
    )


def _first(found: Iterator[ProofCase]) -> ProofCase | None:
    return next(found, None)


def _switched(
    problem: TierProblem, number: int, *, inside: bool
) -> Iterator[tuple[Pace, list[Phase], int, str]]:
    """Tests with the evaluation at which the last bad moment is, and what happens in words."""
    pair = problem.watched[number]
    for pace, bad in _counts(problem, pair, inside=inside):
        size = pair.long // pace.step
        ends = pair.short // pace.step + 4
        ends += math.ceil(problem.waits.hold / pace.step) + math.ceil(problem.waits.keep / pace.step)
        for history in _HISTORIES:
            before = math.ceil(size * history) + 2
            if before > 2 * _MOST_SAMPLES:
                continue
            for spread in dict.fromkeys((bad, max(bad, size // 2))):
                each = spread // bad
                phases = [Phase(before, 0.0), *_spread(bad, each), Phase(ends, 0.0)]
                words = f"{bad} of {size + 1} samples are bad, and {percent(pair.threshold)} are the limit"
                yield pace, phases, before + bad * each, words


def _inside(problem: TierProblem, number: int) -> Iterator[ProofCase]:
    for pace, phases, _, words in _switched(problem, number, inside=True):
        course = course_of(problem.watched, phases, pace, problem.waits)
        alone = [at for at, one in enumerate(course.holding) if one == frozenset({number})]
        fires = next((at for at in alone if course.firing[at]), None)
        if fires is not None:
            asked = {one.at: one for one in course.moments(pace.step)}
            asked[fires * pace.step] = Moment(fires * pace.step, firing=True)
            moments = (asked[at] for at in sorted(asked))
            name, title = f"just inside {problem.named(number)}", f"{words}: this pair alone makes it fire."
            yield problem.case(name, title, phases, pace, moments)


def _outside(problem: TierProblem, number: int) -> Iterator[ProofCase]:
    for pace, phases, last, words in _switched(problem, number, inside=False):
        course = course_of(problem.watched, phases, pace, problem.waits)
        silent = [at for at in range(last, len(course.firing)) if course.firing[at] is False]
        # Here the short window still sees what was bad: with a longer memory it would fire.
        short = problem.watched[number].short // pace.step
        if silent and silent[0] <= last + short:
            moments = [Moment(at * pace.step, firing=False) for at in silent[:2]]
            title = f"{words}: the pair does not make it fire."
            yield problem.case(f"just outside {problem.named(number)}", title, phases, pace, moments)


def _short_window(problem: TierProblem, number: int, *, inside: bool) -> Iterator[ProofCase]:
    """What was bad long ago keeps the long window above its threshold; the short one is just on one side."""
    pair = problem.watched[number]
    windows = {window for one in problem.watched for window in (one.long, one.short)}
    for pace, bad in _counts(problem, Watched(pair.short, pair.short, pair.threshold), inside=inside):
        size = pair.short // pace.step
        if abs(bad / (size + 1) / pair.threshold - 1) > _SHARP:
            continue
        waits = math.ceil(problem.waits.hold / pace.step) + math.ceil(problem.waits.keep / pace.step)
        for away in sorted(window for window in windows if pair.short <= window < pair.long):
            clean = away // pace.step + waits + 2
            burst = math.ceil(clean * _ABOVE * pair.threshold / max(1 - _ABOVE * pair.threshold, _ROUNDED))
            last = burst + clean + bad
            if last + size > 2 * _MOST_SAMPLES:
                break
            phases = [Phase(burst, 1.0), Phase(clean, 0.0), Phase(bad, 1.0), Phase(size + 4, 0.0)]
            course = course_of(problem.watched, phases, pace, problem.waits)
            # So long the short window sees all that is bad.
            seen = range(last, last + size - bad)
            wanted = frozenset({number} if inside else ())
            at = next(
                (at for at in seen if course.firing[at] is inside and course.holding[at] == wanted), None
            )
            long = Timeline(phases, pace).seen(pair.long, at or last)
            if at is not None and all(one.share is not None and one.share > pair.threshold for one in long):
                side, then = ("above", "fires") if inside else ("below", "is silent")
                yield problem.case(
                    f"short window just {side} {problem.named(number)}",
                    f"{bad} of {size + 1} samples are bad in the short window, the limit is "
                    f"{percent(pair.threshold)}, and far more in the long one: it {then}.",
                    phases,
                    pace,
                    (Moment(at * pace.step, firing=inside),),
                )


def _spread(bad: int, each: int) -> Iterator[Phase]:
    """So many bad moments, one in so many, the last of them at the end."""
    for _ in range(bad):
        if each > 1:
            yield Phase(each - 1, 0.0)
        yield Phase(1, 1.0)


def _counts(problem: TierProblem, pair: Watched, *, inside: bool) -> Iterator[tuple[Pace, int]]:
    """Paces at which a whole number of bad moments is just above the threshold, or just not; few first."""
    least = problem.pace(max(1, pair.long // _MOST_SAMPLES), 1).step
    found: list[tuple[bool, int, int, int]] = []
    steps = {problem.pace(step, step).step for step in range(least, max(least, pair.long // 12) + 1)}
    for step in sorted(steps):
        moments = pair.long // step + 1
        bad = math.floor(pair.threshold * moments) + (1 if inside else 0)
        apart = abs(bad / moments / pair.threshold - 1)
        if pair.long % step and 1 <= bad <= moments and apart > 1e-6:
            found.append((apart > _SHARP, moments if apart <= _SHARP else int(apart * 1000), step, bad))
    for _, _, step, bad in sorted(found)[:_MOST_PACES]:
        yield problem.pace(step, step), bad
