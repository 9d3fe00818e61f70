"""What the panel of an alert draws: the alert's query, or each side of a condition that has several."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.condition import Joined, Measured, measured
from tocsin.lang.errors import LangError
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.lang.promql.measured_metric import measured_metric
from tocsin.plan.model import Engine
from tocsin.targets.grafana.thresholds import DrawnLimit
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TypeGuard

    from tocsin.lang.condition import Condition
    from tocsin.plan.model import Alert, Rule
    from tocsin.targets.grafana.context import Basis

_MOST = 12
_NONE = 0.5
"""The line below which a number of series is nought: on 1 it would cross the series of one that is there."""
_RANGE = re.compile(r"\[([^\[\]]*)\]")
_OFFSET = re.compile(r"\boffset\s+-?\w+")
_SUFFIXED_RANGE = re.compile(r"(?<=[a-z_:])((?:\d+(?:ms|[smhdwy]))+)(?![0-9a-zA-Z])")


@value_object
class Side:
    """One query of a panel, with its own limits."""

    expr: str
    name: str
    """What tells it from the other sides; empty for the only one."""
    limits: tuple[DrawnLimit, ...]
    in_unit: bool = True
    """Whether its value is measured in the alert's unit."""
    is_limit: bool = False
    """Whether it is what another side is compared with."""
    counted: str = ""
    """What it counts the series of, since the condition is about whether there are any."""


def sides(basis: Basis, alert: Alert) -> tuple[Side, ...]:
    """The queries of an alert's panel, the one whose value the alert reports first."""
    colours = [(rule, basis.colours.get(rule.severity, "red")) for rule in alert.rules]
    own = tuple(
        DrawnLimit(rule.comparison, rule.threshold, colour)
        for rule, colour in colours
        if rule.comparison is not None and rule.threshold is not None and math.isfinite(rule.threshold)
    )
    whole = (Side(alert.query, "", own),)
    conditions = _own_conditions(alert, colours)
    if not conditions:
        return whole
    coloured = [
        (one, is_value, colour) for condition, colour in conditions for one, is_value in measured(condition)
    ]
    found = [(one, is_value) for one, is_value, _ in coloured]
    plain = found[0][0]
    told_apart = alert.rules[0].comparison is not None or plain.comparison is None
    if len(found) == 1 and told_apart and plain.against is None and plain.absent is None:
        return whole
    names = side_names(one for one, _ in found)
    if len(names) > _MOST:
        return whole
    value = next((one.expr for one, is_value in found if is_value), "")
    counts = _counted_names(one for one, _ in found)
    limits: dict[str, list[DrawnLimit]] = {}
    drawn_sides: dict[str, Side] = {}
    for one, is_value, colour in coloured:
        expr = drawn(one)
        is_counted = expr in counts
        alike = not is_counted and _is_alike(alert, one.expr, value)
        seen = limits.setdefault(expr, [])
        if one.absent is not None:
            seen.append(DrawnLimit("<", _NONE, colour))
        elif one.comparison is not None and one.limit is not None and math.isfinite(one.limit):
            seen.append(DrawnLimit(one.comparison, one.limit, colour if is_value or alike else basis.neutral))
        elif is_value and one.against is None:
            seen += own
        in_unit = alike or (is_value and not is_counted)
        counted = counts.get(expr, "")
        drawn_sides.setdefault(expr, Side(expr, names[expr], (), in_unit, counted=counted))
        if one.against is not None:
            other = Side(one.against, names[one.against], (), in_unit, is_limit=True)
            drawn_sides.setdefault(one.against, other)
    return tuple(
        replace(side, limits=tuple(dict.fromkeys(limits.get(expr, ())))) for expr, side in drawn_sides.items()
    )


def _own_conditions(alert: Alert, colours: Sequence[tuple[Rule, str]]) -> list[tuple[Condition, str]]:
    """The conditions of an alert, each with the colour of its severity; one where the rules share a query."""
    conditions = rule_conditions(alert)
    if len(conditions) < 2:
        first = condition_of(alert)
        return [] if first is None else [(first, colours[0][1])]
    # Of several rules with one condition, the most urgent one gives the colour.
    by_condition = {rule.expr: colour for rule, colour in reversed(colours)}
    return [(condition, by_condition[expr]) for expr, condition in conditions.items()]


def rule_conditions(alert: Alert) -> dict[str, Condition]:
    """The conditions of an alert's rules by their expressions, where each has its own; else none."""
    if condition_of(alert) is None or any(rule.comparison is not None for rule in alert.rules):
        return {}
    read = {rule.expr: _read(alert, rule.expr) for rule in alert.rules}
    return {expr: condition for expr, condition in read.items() if condition is not None}


def condition_of(alert: Alert) -> Condition | None:
    """The condition of an alert without its thresholds; None where the author draws something else.

    Where each severity has a condition of its own, that of the most urgent one.
    """
    rule = alert.rules[0]
    text = alert.query
    if rule.comparison is None and text.strip() != rule.expr.strip():
        return None
    return _read(alert, text)


def _read(alert: Alert, text: str) -> Condition | None:
    read = promql.condition if alert.engine is Engine.PROMETHEUS else logql.condition
    try:
        condition = read(text)
    except LangError:
        return None
    if alert.engine is Engine.LOKI or any(rule.comparison is not None for rule in alert.rules):
        return condition
    return _counting(condition)


def _counting(condition: Condition) -> Condition:
    """The condition, where the sides of each `a unless b` that compares no value count their series."""
    if not isinstance(condition, Joined):
        return condition
    left, right = _counting(condition.left), _counting(condition.right)
    if condition.op == "unless" and _is_bare(left) and _is_bare(right):
        left, right = replace(left, is_counted=True), replace(right, is_counted=True)
    return replace(condition, left=left, right=right)


def _is_bare(condition: Condition) -> TypeGuard[Measured]:
    return isinstance(condition, Measured) and condition == Measured(condition.expr)


def fires_without_comparison(alert: Alert) -> bool:
    """Whether an alert fires as soon as its query returns something: it is well while that is empty."""
    condition = condition_of(alert)
    if condition is None or any(rule.comparison is not None for rule in alert.rules):
        return False
    return all(
        one.comparison is None and one.absent is None for one, is_value in measured(condition) if is_value
    )


def side_names(conditions: Iterable[Measured]) -> dict[str, str]:
    """A name for each query of the conditions: its metric, range and offset, as far as they differ."""
    exprs: list[str] = []
    for one in conditions:
        exprs += [drawn(one), *([one.against] if one.against is not None else [])]
    exprs = list(dict.fromkeys(exprs))
    if len(exprs) == 1:
        return {exprs[0]: ""}
    columns = [list(map(part, exprs)) for part in (metric, _ranges, _offsets)]
    differing = [column for column in columns if len(set(column)) > 1]
    if not any(all(column) for column in differing):
        differing = columns
    names = [" ".join(filter(None, parts)) for parts in zip(*differing, strict=True)]
    if len(set(names)) < len(exprs):
        names = [f"{name} ({position})" for position, name in enumerate(names, 1)]
    return dict(zip(exprs, names, strict=True))


def _counted_names(conditions: Iterable[Measured]) -> dict[str, str]:
    """What the queries that count series count: a metric, with its range where that tells them apart."""
    counted = {drawn(one): one.expr for one in conditions if one.absent is not None or one.is_counted}
    names = {expr: _named_metric(inner) for expr, inner in counted.items()}
    if len({*names.values()}) == len(names):
        return names
    return {
        expr: f"{name} [{ranges}]" if (ranges := ", ".join(_RANGE.findall(expr))) else name
        for expr, name in names.items()
    }


def drawn(one: Measured) -> str:
    """The query for one side; where only the series matter, their number, which has a value at any time."""
    if one.absent is None and not one.is_counted:
        return one.expr
    over = f"present_over_time({one.expr})" if one.absent == "absent_over_time" else one.expr
    return f"count({over}) or vector(0)"


def metric(expr: str) -> str:
    """The first metric of a query without a range in its name; what the query begins with for others."""
    return _SUFFIXED_RANGE.sub("", _named_metric(expr)).rstrip("_:")


def _named_metric(expr: str) -> str:
    try:
        names = promql.metric_names_in_order(expr)
    except LangError:
        names = ()
    return names[0] if names else " ".join(expr.split())[:40]


def _offsets(expr: str) -> str:
    """From how long ago a query takes its values."""
    return ", ".join(dict.fromkeys(" ".join(found.split()) for found in _OFFSET.findall(expr)))


def _ranges(expr: str) -> str:
    """The ranges that a query reads, also those in the names of recorded metrics."""
    written = [found.strip() for found in _RANGE.findall(expr)]
    if not written:
        try:
            written = [
                found
                for name in promql.metric_names_in_order(expr)
                for found in _SUFFIXED_RANGE.findall(name)
            ]
        except LangError:
            written = []
    return ", ".join(dict.fromkeys(written))


def _is_alike(alert: Alert, expr: str, value: str) -> bool:
    """Whether a query is measured in the same unit as the one whose value the alert reports."""
    if _skeleton(expr) == _skeleton(value):
        return True
    if alert.engine is Engine.LOKI:
        return False
    try:
        own = measured_metric(value)
        return own is not None and own == measured_metric(expr)
    except LangError:
        return False


def _skeleton(expr: str) -> str:
    """The query without its ranges: what two windows of one burn rate have in common."""
    return _SUFFIXED_RANGE.sub("", _RANGE.sub("[]", "".join(expr.split())))
