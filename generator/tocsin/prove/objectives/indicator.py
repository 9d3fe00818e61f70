"""The series by which an objective is measured, and how they move when all is good, or bad."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.logql import ast as logql
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.promql.ast import (
    Binary,
    Number,
    without_parentheses,
)
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.burn import MeasureKind
from tocsin.plan.slo import Latency
from tocsin.prove.objectives.events import MixedEvents, Track
from tocsin.prove.objectives.recorded import RecordedEvents
from tocsin.prove.objectives.switched import SwitchedState
from tocsin.prove.witness.evaluate import EvaluationError, LimitError
from tocsin.prove.witness.evaluate.native import COUNT, PART
from tocsin.prove.witness.find import find_witness
from tocsin.prove.witness.labels.constraints import label_constraints
from tocsin.prove.witness.native_histogram import HistogramPart
from tocsin.prove.witness.objective import Objective
from tocsin.prove.witness.waveform import Waveform
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.lang.promql.ast import Node
    from tocsin.plan.burn import Burn
    from tocsin.plan.slo import Slo
    from tocsin.prove.witness.find import Witness

_CLOSE = 1e-9


@value_object
class Indicator:
    """What measures an objective."""

    series: MixedEvents | SwitchedState | RecordedEvents
    labels: Mapping[str, str]
    """Those of the group that the series make, by which the objective is measured."""


def find_indicator(slo: Slo, recorded: Mapping[str, str]) -> Indicator | None:
    """The series of an objective; None where none are found.

    `recorded` are the labels that its recording rules add.
    """
    assert slo.burn is not None, "only objectives with `burn` have rules"
    measure = slo.burn.measure
    try:
        if measure.kind is MeasureKind.LOGS:
            return _of_logs(slo.burn, recorded)
        if measure.kind is MeasureKind.SLICES:
            return _switched(f"({measure.part}) > 0", f"({measure.part}) == 0", slices=True)
        asked = (measure.part, measure.total, measure.is_bad)
        if measure.kind is MeasureKind.SHARE:
            asked = _quotient(measure.part) or asked
        part, total, is_bad = asked
        found = None if total is None else _mixed(slo, part, total, is_bad=is_bad)
        if found is not None:
            return found
        share = part if total is None else f"({part}) / ({total})"
        good, bad = (f"({share}) < 0.001", f"({share}) > 0.999")
        return _switched(bad, good) if is_bad else _switched(good, bad)
    except (LangError, EvaluationError, LimitError):
        return None


def _quotient(text: str) -> tuple[str, str, bool] | None:
    """Bad or good events and all of them, where a share is written as their quotient, or as 1 less it."""
    node, is_bad = without_parentheses(parse_promql(text)), True
    if isinstance(node, Binary) and node.op == "-" and isinstance(node.left, Number) and node.left.value == 1:
        node, is_bad = without_parentheses(node.right), False
    if not isinstance(node, Binary) or node.op != "/" or isinstance(node.right, Number):
        return None
    return text[slice(*node.left.span)], text[slice(*node.right.span)], is_bad


def _of_logs(burn: Burn, recorded: Mapping[str, str]) -> Indicator:
    """The series that another program records of logs: the two themselves."""
    tree = parse_logql(burn.measure.part)
    grouping = next(
        (node.grouping for node in logql.walk(tree) if isinstance(node, logql.Aggregation) and node.grouping),
        None,
    )
    names = grouping.labels if grouping is not None and grouping.how == "by" else ()
    labels = {name: f"{name}-1" for name in names}
    total, bad = (
        {"__name__": f"slo:{which}:{burn.events}", **recorded, **labels} for which in ("total", "bad")
    )
    return Indicator(RecordedEvents(total, bad), labels)


def _mixed(slo: Slo, part: str, total: str, *, is_bad: bool) -> Indicator | None:
    """Counters of which a part can be bad; None where the indicator does not add up from such."""
    share = f"({part}) / ({total})"
    witness = find_witness(parse_promql(f"({share} > 0.3) and ({share} < 0.6)"), 0).fires
    if witness is None or witness.faults:
        return None
    trees = (parse_promql(part), parse_promql(total))
    if any(isinstance(template.bucket, HistogramPart) for template in witness.universe.templates):
        return _native(slo, witness, trees[1])
    moving = [number for number, mover in enumerate(witness.universe.movers) if mover.counter]
    if not moving or any(mover.buckets for mover in witness.universe.movers):
        return None
    amounts = [_amounts(witness, trees, {number: 1.0}, moving) for number in moving]
    kinds = [(good if is_bad else whole - good, whole) for good, whole in amounts]
    healthy, broken = _solve(kinds, 0.0), _solve(kinds, 1.0)
    if healthy is None or broken is None:
        return None
    # What is measured has to add up for the share to be what was asked for.
    mixed = [0.7 * a + 0.3 * b for a, b in zip(healthy, broken, strict=True)]
    got, whole = _amounts(witness, trees, dict(zip(moving, mixed, strict=True)), moving)
    if abs((got if is_bad else whole - got) - 0.3) > _CLOSE or abs(whole - 1) > _CLOSE:
        return None
    tracks = []
    for template in witness.universe.templates:
        if template.mover in moving:
            at = moving.index(template.mover)
            tracks.append(Track(template.labels, healthy[at], broken[at]))
        else:
            tracks.append(Track(template.labels, 0, 0, level=witness.motions[template.mover].level))
    assert slo.burn is not None, "only objectives with `burn` have rules"
    series = MixedEvents(tuple(tracks), slo.burn.measure.kind is MeasureKind.SHARE)
    return Indicator(series, _labels(witness, trees[1], witness.motions))


def _amounts(
    witness: Witness, trees: tuple[Node, Node], slopes: Mapping[int, float], moving: Sequence[int]
) -> tuple[float, float]:
    """What the two queries return when counters grow so fast, and the others of `moving` stand still."""
    motions = tuple(
        Waveform(1e9, slopes.get(number, 0.0)) if number in moving else motion
        for number, motion in enumerate(witness.motions)
    )
    found = []
    for tree in trees:
        problem = _problem(witness, tree)
        vector = problem.evaluator(problem.series(motions)).vector(tree, witness.clock.end * 1000)
        found.append({_group(one.labels): one.value for one in vector if one.appear == 0})
    part, total = found
    if len(total) > 1 or (not total and len(part) > 1):
        raise EvaluationError("there is more than one group")
    # An `or vector(0)` adds a group that finds no partner in the total.
    of_total: frozenset[tuple[str, str]] = next(iter(total or part), frozenset())
    return part.get(of_total, 0.0), total.get(of_total, 0.0)


def _group(labels: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset((name, value) for name, value in labels.items() if name != "__name__")


def _solve(kinds: Sequence[tuple[float, float]], share: float) -> list[float] | None:
    """How fast each counter has to grow for one event a second of which this share is bad."""
    found = [0.0] * len(kinds)
    for number, (bad, total) in enumerate(kinds):
        if total > _CLOSE and abs(bad - share * total) <= _CLOSE * total:
            found[number] = _plain(1 / total)
            return found
    for (a, (bad_a, total_a)), (b, (bad_b, total_b)) in combinations(enumerate(kinds), 2):
        determinant = bad_a * total_b - bad_b * total_a
        if abs(determinant) <= _CLOSE:
            continue
        x = (share * total_b - bad_b) / determinant
        y = (bad_a - share * total_a) / determinant
        if x >= -_CLOSE and y >= -_CLOSE:
            found[a], found[b] = _plain(max(x, 0.0)), _plain(max(y, 0.0))
            return found
    return None


def _plain(number: float) -> float:
    return float(f"{number:.9g}")


def _native(slo: Slo, witness: Witness, total: Node) -> Indicator | None:
    if not isinstance(slo.indicator, Latency) or slo.indicator.limit <= 0:
        return None
    counts = [
        template
        for template in witness.universe.templates
        if isinstance(template.bucket, HistogramPart) and template.bucket.name == COUNT
    ]
    if len(counts) != 1:
        return None
    labels = {name: value for name, value in counts[0].labels.items() if name != PART}
    track = Track(labels, 1.0, 1.0, limit=slo.indicator.limit)
    return Indicator(MixedEvents((track,)), _labels(witness, total, witness.motions))


def _switched(bad: str, good: str, *, slices: bool = False) -> Indicator | None:
    """What is bad as a whole, or good."""
    tree = parse_promql(bad)
    answer = find_witness(tree, 0)
    broken, healthy = answer.fires, answer.silent
    if broken is None or broken.faults or healthy is None or healthy.removed:
        return None
    if broken.universe != healthy.universe:
        return None
    right = parse_promql(good)
    problem = _problem(healthy, right)
    if not problem.holds(healthy.motions, "fires"):
        return None
    windows = (one.window for one in label_constraints(tree).occurrences)
    longest = max(windows, default=0.0) if slices else 0.0
    state = SwitchedState(healthy.universe, healthy.motions, broken.motions, longest)
    return Indicator(state, _labels(broken, tree, broken.motions))


def _labels(witness: Witness, tree: Node, motions: tuple[Waveform, ...]) -> Mapping[str, str]:
    problem = _problem(witness, tree)
    vector = problem.evaluator(problem.series(motions)).vector(tree, witness.clock.end * 1000)
    there = [element.labels for element in vector if element.appear == 0]
    return dict(_group(there[0])) if there else {}


def _problem(witness: Witness, tree: Node) -> Objective:
    return Objective(tree, witness.universe, witness.clock)
