"""Series that break one condition of the expression each: other labels, other neighbours, nothing at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.evaluate.series import meets, selects
from tocsin.lang.regex_samples import samples
from tocsin.prove.cases import Case, Moment
from tocsin.prove.examples import written
from tocsin.prove.motion import whole_test
from tocsin.prove.problem import Problem
from tocsin.prove.shape.solve import candidates
from tocsin.prove.shape.universe import Template, Universe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.promql.ast import LabelMatcher
    from tocsin.prove.search import Motions
    from tocsin.prove.witness import Witness

_MOST_DECOYS = 12


def decoys(alert: str, problem: Problem, fires: Witness) -> list[Case]:
    """For each matcher: the firing series, but that one label is another, so that the alert stays silent."""
    found: list[Case] = []
    seen: set[object] = set()
    for selector in (node for node in walk(problem.tree) if isinstance(node, Selector)):
        for matcher in selector.matchers:
            if matcher.name in ("__name__", "le") or len(found) >= _MOST_DECOYS:
                continue
            for value in violating(matcher, selector):
                case = _decoy(alert, problem, fires, selector, matcher, value, len(found))
                if case is not None and case.series not in seen:
                    seen.add(case.series)
                    found.append(case)
                    break
    return found


def violating(matcher: LabelMatcher, selector: Selector) -> Iterator[str]:
    """Values of the label that break this matcher and no other of the selector."""
    others = [other for other in selector.matchers if other.name == matcher.name and other is not matcher]
    pool = [matcher.value, f"not-{matcher.value}"] if matcher.op == "!=" else []
    pool += [value for value in candidates(matcher.name, others) if value]
    if matcher.op == "!~":
        pool = [*samples(matcher.value), *pool]
    broken = [value for value in pool if value and not meets(matcher, value)]
    yield from [value for value in broken if all(meets(other, value) for other in others)][:3]


def _decoy(
    alert: str,
    problem: Problem,
    fires: Witness,
    selector: Selector,
    matcher: LabelMatcher,
    value: str,
    number: int,
) -> Case | None:
    templates = tuple(
        replace(template, labels={**template.labels, matcher.name: value})
        if selects(selector, template.labels)
        else template
        for template in problem.universe.templates
    )
    if len({tuple(sorted(template.labels.items())) for template in templates}) < len(templates):
        return None
    other = _other(problem, templates)
    if not other.never(fires.motions):
        return None
    clock = problem.clock
    series = written(_of(fires, other.universe), [whole_test(motion, clock) for motion in fires.motions])
    text = f'`{matcher.name}{matcher.op}"{matcher.value}"`'
    title = f"The firing series, but {selector.name or 'a series'} does not meet {text}: it is silent."
    moments = (Moment(clock.end, firing=False),)
    return Case(alert, f"decoy {number + 1}: {matcher.name}", title, clock.step, series, moments)


def neighbours(
    alert: str, problem: Problem, silent: Motions, fires: Witness, turns: Sequence[tuple[Motions, Motions]]
) -> list[Case]:
    """Two series of each kind: a broken one beside a healthy one, two just outside, two just inside."""
    labels = {label for template in problem.universe.templates for label in template.labels}
    apart = ("instance", "pod", *sorted(labels - {"__name__", "le", "job", "instance", "pod"}))
    # Series of one group, which an aggregation takes together, and series of two groups.
    found = _neighbours(alert, problem, silent, fires, turns, ("replica",))
    return found + _neighbours(alert, problem, silent, fires, turns, apart)


def _neighbours(
    alert: str,
    problem: Problem,
    silent: Motions,
    fires: Witness,
    turns: Sequence[tuple[Motions, Motions]],
    labels: Sequence[str],
) -> list[Case]:
    for label in labels:
        universe = beside(problem.universe, label)
        if universe is None:
            continue
        other = Problem(problem.tree, universe, problem.clock, problem.window)
        by = f" by {label}"
        pairs = [(f"one of two{by}", "One of two series is broken", (*fires.motions, *silent))]
        for number, (quiet, loud) in enumerate(turns, 1):
            pairs += [
                (f"two just outside {number}{by}", "Two series, both not far enough", (*quiet, *quiet)),
                (f"two just inside {number}{by}", "Two series, both just far enough", (*loud, *loud)),
                (
                    f"inside and healthy {number}{by}",
                    "Just far enough beside a healthy one",
                    (*loud, *silent),
                ),
            ]
        cases = [
            case
            for name, title, motions in pairs
            if (case := _neighbour(alert, other, fires, name, f"{title} (they differ in `{label}`)", motions))
        ]
        if cases:
            return cases
    return []


def _neighbour(
    alert: str, problem: Problem, fires: Witness, name: str, title: str, motions: Motions
) -> Case | None:
    firing = problem.holds(motions, "fires")
    if not firing and not problem.never(motions):
        return None
    clock = problem.clock
    series = written(_of(fires, problem.universe), [whole_test(motion, clock) for motion in motions])
    said = "it fires" if firing else "it is silent"
    return Case(alert, name, f"{title}: {said}.", clock.step, series, (Moment(clock.end, firing=firing),))


def beside(universe: Universe, label: str) -> Universe | None:
    """The universe with a second series beside each, which differs in a label; None where none has it."""
    movers = len(universe.movers)
    copies: list[Template] = []
    for template in universe.templates:
        value = template.labels.get(label, "")
        if not value and label != "replica":
            continue
        labels = {**template.labels, label: f"{value or 'replica'}-other"}
        copies.append(Template(labels, template.mover + movers, template.bucket))
    if not copies:
        return None
    return replace(
        universe,
        templates=(*universe.templates, *copies),
        movers=(*universe.movers, *universe.movers),
        variant="one of two",
    )


def missing(alert: str, problem: Problem) -> list[Case]:
    """No series at all."""
    clock = problem.clock
    nothing = Problem(problem.tree, Universe((), (), "nothing"), clock)
    firing = nothing.holds((), "fires")
    if not firing and not nothing.never(()):
        return []
    said = "it fires all the same" if firing else "it is silent"
    moments = (Moment(clock.end, firing=firing),)
    return [Case(alert, "no data", f"No series is there: {said}.", clock.step, (), moments)]


def _other(problem: Problem, templates: tuple[Template, ...]) -> Problem:
    return Problem(problem.tree, replace(problem.universe, templates=templates), problem.clock)


def _of(witness: Witness, universe: Universe) -> Witness:
    return replace(witness, universe=universe)
