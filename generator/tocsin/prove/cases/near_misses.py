"""Series that break one condition of the expression each: other labels, other neighbours, nothing at all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.selecting import meets_matcher, selects_series
from tocsin.lang.regex_samples import regex_samples
from tocsin.prove.cases.basic import written_series
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.witness.labels.series_set import SeriesSet, SeriesTemplate
from tocsin.prove.witness.labels.solve import label_candidates
from tocsin.prove.witness.objective import Objective
from tocsin.prove.witness.waveform import whole_test

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.promql.ast import LabelMatcher
    from tocsin.prove.witness.find import Witness
    from tocsin.prove.witness.waveform import Motions

_MOST_DECOYS = 12


def near_miss_cases(alert: str, problem: Objective, fires: Witness) -> list[ProofCase]:
    """For each matcher: the firing series, but that one label is another, so that the alert stays silent."""
    found: list[ProofCase] = []
    seen: set[object] = set()
    for selector in (node for node in walk(problem.tree) if isinstance(node, Selector)):
        for matcher in selector.matchers:
            if matcher.name in ("__name__", "le") or len(found) >= _MOST_DECOYS:
                continue
            for value in violating_values(matcher, selector):
                case = _decoy(alert, problem, fires, selector, matcher, value, len(found))
                if case is not None and case.series not in seen:
                    seen.add(case.series)
                    found.append(case)
                    break
    return found


def violating_values(matcher: LabelMatcher, selector: Selector) -> Iterator[str]:
    """Values of the label that break this matcher and no other of the selector."""
    others = [other for other in selector.matchers if other.name == matcher.name and other is not matcher]
    pool = [matcher.value, f"not-{matcher.value}"] if matcher.op == "!=" else []
    pool += [value for value in label_candidates(matcher.name, others) if value]
    if matcher.op == "!~":
        pool = [*regex_samples(matcher.value), *pool]
    broken = [value for value in pool if value and not meets_matcher(matcher, value)]
    yield from [value for value in broken if all(meets_matcher(other, value) for other in others)][:3]


def _decoy(
    alert: str,
    problem: Objective,
    fires: Witness,
    selector: Selector,
    matcher: LabelMatcher,
    value: str,
    number: int,
) -> ProofCase | None:
    templates = tuple(
        replace(template, labels={**template.labels, matcher.name: value})
        if selects_series(selector, template.labels)
        else template
        for template in problem.universe.templates
    )
    if len({tuple(sorted(template.labels.items())) for template in templates}) < len(templates):
        return None
    other = _other(problem, templates)
    if not other.never(fires.motions):
        return None
    clock = problem.clock
    series = written_series(
        _of(fires, other.universe), [whole_test(motion, clock) for motion in fires.motions]
    )
    text = f'`{matcher.name}{matcher.op}"{matcher.value}"`'
    title = f"The firing series, but {selector.name or 'a series'} does not meet {text}: it is silent."
    moments = (Moment(clock.end, firing=False),)
    return ProofCase(alert, f"decoy {number + 1}: {matcher.name}", title, clock.step, series, moments)


def neighbour_cases(
    alert: str, problem: Objective, silent: Motions, fires: Witness, turns: Sequence[tuple[Motions, Motions]]
) -> list[ProofCase]:
    """Two series of each kind: a broken one beside a healthy one, two just outside, two just inside."""
    labels = {label for template in problem.universe.templates for label in template.labels}
    apart = ("instance", "pod", *sorted(labels - {"__name__", "le", "job", "instance", "pod"}))
    # Series of one group, which an aggregation takes together, and series of two groups.
    found = _neighbours(alert, problem, silent, fires, turns, ("replica",))
    return found + _neighbours(alert, problem, silent, fires, turns, apart)


def _neighbours(
    alert: str,
    problem: Objective,
    silent: Motions,
    fires: Witness,
    turns: Sequence[tuple[Motions, Motions]],
    labels: Sequence[str],
) -> list[ProofCase]:
    for label in labels:
        universe = series_beside(problem.universe, label)
        if universe is None:
            continue
        other = Objective(problem.tree, universe, problem.clock, problem.window)
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
    alert: str, problem: Objective, fires: Witness, name: str, title: str, motions: Motions
) -> ProofCase | None:
    firing = problem.holds(motions, "fires")
    if not firing and not problem.never(motions):
        return None
    clock = problem.clock
    series = written_series(_of(fires, problem.universe), [whole_test(motion, clock) for motion in motions])
    said = "it fires" if firing else "it is silent"
    return ProofCase(
        alert, name, f"{title}: {said}.", clock.step, series, (Moment(clock.end, firing=firing),)
    )


def series_beside(universe: SeriesSet, label: str) -> SeriesSet | None:
    """The universe with a second series beside each, which differs in a label; None where none has it."""
    movers = len(universe.movers)
    copies: list[SeriesTemplate] = []
    for template in universe.templates:
        value = template.labels.get(label, "")
        if not value and label != "replica":
            continue
        labels = {**template.labels, label: f"{value or 'replica'}-other"}
        copies.append(SeriesTemplate(labels, template.mover + movers, template.bucket))
    if not copies:
        return None
    return replace(
        universe,
        templates=(*universe.templates, *copies),
        movers=(*universe.movers, *universe.movers),
        variant="one of two",
    )


def missing_data_case(alert: str, problem: Objective) -> list[ProofCase]:
    """No series at all."""
    clock = problem.clock
    nothing = Objective(problem.tree, SeriesSet((), (), "nothing"), clock)
    firing = nothing.holds((), "fires")
    if not firing and not nothing.never(()):
        return []
    said = "it fires all the same" if firing else "it is silent"
    moments = (Moment(clock.end, firing=firing),)
    return [ProofCase(alert, "no data", f"No series is there: {said}.", clock.step, (), moments)]


def _other(problem: Objective, templates: tuple[SeriesTemplate, ...]) -> Objective:
    return Objective(problem.tree, replace(problem.universe, templates=templates), problem.clock)


def _of(witness: Witness, universe: SeriesSet) -> Witness:
    return replace(witness, universe=universe)
