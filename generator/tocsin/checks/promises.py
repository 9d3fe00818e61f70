"""When a rule fires, told in what an objective promises: a share that may be bad, or a limit of time."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from tocsin.checks.alerts import alerting
from tocsin.checks.facts import promql_tree
from tocsin.checks.measures import metric_names
from tocsin.lang.durations import parse_duration
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.ratio import bare
from tocsin.lang.promql.signal import Signal, constant, exact, scaled, signal
from tocsin.plan.model import Engine
from tocsin.plan.slo import Latency

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.signal import Matchers
    from tocsin.plan.model import Plan, Rule
    from tocsin.plan.slo import Ratio, Slo

_DEEPEST = 20
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Condition:
    """One alternative on which a rule fires."""

    rule: Rule
    number: tuple[int, int]
    """Where the compared number stands in the rule's expression."""
    worse: bool
    """Whether it fires above `at`; otherwise it fires below, where things are better."""
    at: Fraction
    """The share of bad events, or the time."""
    allowed: Fraction
    """What the objective allows of it."""
    is_time: bool
    reach: float | None
    """How many seconds it looks back."""
    alone: bool
    """Whether nothing else has to hold as well."""

    @property
    def times(self) -> Fraction:
        """The threshold as a multiple of what is allowed: a burn rate, where it is a share."""
        return self.at / self.allowed


@dataclass(frozen=True, slots=True)
class Watch:
    """An objective, and all rules that measure the same as it does."""

    slo: Slo
    window: float
    """In seconds."""
    conditions: tuple[Condition, ...]
    understood: bool
    """Whether every rule of the alerts that are said to watch it is among them."""

    @property
    def named(self) -> tuple[Condition, ...]:
        """Those of the alerts that are said to watch it."""
        return tuple(one for one in self.conditions if one.rule.alert in self.slo.alerts)


def watches(plan: Plan) -> Iterator[Watch]:
    """The objectives whose indicator can be compared with alerts."""
    if not plan.slos:
        return
    by_metric: dict[str, list[Rule]] = {}
    by_alert: dict[str, list[Rule]] = {}
    for _, rule in alerting(plan):
        by_alert.setdefault(rule.alert, []).append(rule)
        tree = promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else None
        for name in () if tree is None else dict.fromkeys(metric_names(tree)):
            by_metric.setdefault(name, []).append(rule)
    for slo in plan.slos:
        measure = _measure(slo)
        if measure is None:
            continue
        conditions: list[Condition] = []
        known: set[int] = set()
        for rule in by_metric.get(measure.metric, ()):
            found = tuple(_conditions(rule, measure))
            if found:
                known.add(id(rule))
                conditions += found
        named = [rule for name in slo.alerts for rule in by_alert.get(name, ())]
        understood = all(id(rule) in known for rule in named)
        yield Watch(slo, parse_duration(slo.window) / 1000, tuple(conditions), understood)


@dataclass(frozen=True, slots=True)
class _Measure:
    """What an objective measures."""

    metric: str
    """A metric that whoever measures the same reads."""
    allowed: Fraction
    part: Signal | None
    """What is counted beside the total; None for a latency."""
    part_is_bad: bool
    total: Signal | None
    buckets: Signal | None
    """Of a latency."""
    quantile: Fraction
    limit: Fraction

    def is_bad(self, part: Signal, total: Signal) -> bool | None:
        """Whether the quotient is the share that is bad, or good; None where it is another one."""
        if not part.compares_with(total):
            return None
        if self.buckets is not None:
            return False if _is_in_time(part, total, self.buckets, self.limit) else None
        if self.part is None or self.total is None or total != self.total:
            return None
        if part == self.part:
            return self.part_is_bad
        return not self.part_is_bad if part.is_rest_of(self.part, self.total) else None


def _measure(slo: Slo) -> _Measure | None:
    budget = 1 - Fraction(slo.objective)
    if isinstance(slo.indicator, Latency):
        buckets = _signal(slo.indicator.buckets.text)
        name = None if buckets is None else _metric(buckets.selectors)
        if buckets is None or name is None:
            return None
        return _Measure(name, budget, None, False, None, buckets, 1 - budget, exact(slo.indicator.limit))
    return _of_ratio(slo.indicator, budget)


def _of_ratio(ratio: Ratio, budget: Fraction) -> _Measure | None:
    part, total = _signal(ratio.part.text), _signal(ratio.total.text)
    name = None if part is None else _metric(part.selectors)
    if part is None or total is None or name is None or part == total or not part.compares_with(total):
        return None
    return _Measure(name, budget, part, ratio.bad is not None, total, None, Fraction(0), Fraction(0))


def _signal(text: str) -> Signal | None:
    tree = promql_tree(text)
    return None if tree is None else signal(tree)


def _metric(selectors: tuple[Matchers, ...]) -> str | None:
    return next((value for name, op, value in selectors[0] if (name, op) == ("__name__", "=")), None)


def _conditions(rule: Rule, measure: _Measure) -> Iterator[Condition]:
    """The alternatives on which the rule fires; none where one of them measures something else."""
    tree = promql_tree(rule.expr)
    found: list[Condition] = []
    waiting = [] if tree is None else [tree]
    while waiting:
        node = bare(waiting.pop())
        if isinstance(node, promql.Binary) and node.op == "or":
            waiting += [node.left, node.right]
            continue
        one = _condition(rule, node, measure)
        if one is None:
            return
        found.append(one)
    yield from found


def _condition(rule: Rule, node: promql.Node, measure: _Measure) -> Condition | None:
    alone = True
    while isinstance(node, promql.Binary) and node.op in ("and", "unless"):
        alone, node = False, bare(node.left)
    if not isinstance(node, promql.Binary) or node.op not in _MIRRORED or node.returns_bool:
        return None
    value, op, limit, at = node.left, node.op, constant(node.right), node.right
    if limit is None:
        value, op, limit, at = node.right, _MIRRORED[node.op], constant(node.left), node.left
    if limit is None:
        return None
    quantile = _quantile(value, measure)
    if quantile is not None:
        factor, reach = quantile
        level = limit / factor
        return Condition(rule, at.span, op[0] == ">", level, measure.limit, True, reach, alone)
    share = _share(value, measure, _DEEPEST)
    if share is None:
        return None
    level = (limit - share.none) / share.each
    worse = (op[0] == ">") == (share.each > 0)
    return Condition(rule, at.span, worse, level, measure.allowed, False, share.reach, alone)


def _quantile(value: promql.Node, measure: _Measure) -> tuple[Fraction, float | None] | None:
    """The factor of the same quantile of the same buckets, and how far it looks back."""
    factor, call = scaled(value)
    if not isinstance(call, promql.Call) or call.function != "histogram_quantile" or factor <= 0:
        return None
    which = constant(call.arguments[0])
    buckets = signal(call.arguments[1])
    if which is None or buckets is None or measure.buckets is None or buckets != measure.buckets:
        return None
    return (factor, buckets.reach) if which == measure.quantile else None


@dataclass(frozen=True, slots=True)
class _Share:
    """A value that is `none + each * share`, where the share is that of the bad events."""

    none: Fraction
    each: Fraction
    reach: float | None


def _share(node: promql.Node, measure: _Measure, deepest: int) -> _Share | None:
    factor, node = scaled(node)
    if deepest == 0 or not isinstance(node, promql.Binary) or not _is_plain(node):
        return None
    if node.op in ("+", "-"):
        left, right = constant(node.left), constant(node.right)
        if left is not None:
            inner = _share(node.right, measure, deepest - 1)
            sign = 1 if node.op == "+" else -1
            return inner and _Share(
                factor * (left + sign * inner.none), factor * sign * inner.each, inner.reach
            )
        if right is not None:
            inner = _share(node.left, measure, deepest - 1)
            shift = right if node.op == "+" else -right
            return inner and _Share(factor * (inner.none + shift), factor * inner.each, inner.reach)
    if node.op != "/":
        return None
    above, part = scaled(node.left)
    below, whole = scaled(node.right)
    total = signal(whole)
    if total is None:
        return None
    is_bad = _is_bad(part, total, measure)
    if is_bad is None:
        return None
    factor = factor * above / below
    return _Share(Fraction(0), factor, total.reach) if is_bad else _Share(factor, -factor, total.reach)


def _is_bad(part: promql.Node, total: Signal, measure: _Measure) -> bool | None:
    counted = signal(part)
    if counted is not None:
        return measure.is_bad(counted, total)
    if isinstance(part, promql.Binary) and part.op == "-" and _is_plain(part):
        whole, rest = signal(part.left), signal(part.right)
        if whole is not None and rest is not None and whole == total and whole.compares_with(total):
            is_bad = measure.is_bad(rest, total)
            return None if is_bad is None else not is_bad
    return None


def _is_plain(node: promql.Binary) -> bool:
    """Whether no side is filled in where it is missing."""
    return node.matching.fill_left is None and node.matching.fill_right is None


def _is_in_time(part: Signal, total: Signal, buckets: Signal, limit: Fraction) -> bool:
    """Whether a bucket of the histogram is divided by all that the histogram counts."""
    if not buckets.shape == part.shape == total.shape or len(buckets.selectors) != 1:
        return False
    every = buckets.selectors[0]
    named = next((one for one in every if one[:2] == ("__name__", "=")), None)
    if named is None or not named[2].endswith("_bucket"):
        return False
    count = ("__name__", "=", named[2].removesuffix("_bucket") + "_count")
    wholes = (every - {named} | {count}, every | {("le", "=", "+Inf")})
    if total.selectors[0] not in wholes:
        return False
    bounds = part.selectors[0] - every
    if len(bounds) != 1 or part.selectors[0] != every | bounds:
        return False
    ((name, op, bound),) = bounds
    try:
        return (name, op) == ("le", "=") and Fraction(bound) == limit
    except ValueError:
        return False
