"""Aggregations of a vector (promql/engine.go of Prometheus 3.5)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from tocsin.lang.go_numbers import go_float
from tocsin.prove.witness.evaluate.arithmetic import NAN
from tocsin.prove.witness.evaluate.elements import Element, Labels, Vector, key_of
from tocsin.prove.witness.evaluate.windows import greatest, least, mean, quantile, total, variance

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.lang.promql.ast import Grouping

_VALUES: dict[str, Callable[[Sequence[float]], float]] = {
    "sum": total,
    "avg": mean,
    "min": least,
    "max": greatest,
    "count": lambda values: float(len(values)),
    "group": lambda _: 1.0,
    "stdvar": variance,
    "stddev": lambda values: math.sqrt(variance(values)),
}
_SELECTING = frozenset({"topk", "bottomk", "limitk"})


def aggregate(op: str, vector: Vector, grouping: Grouping | None, param: float | str | None) -> Vector:
    """The aggregated vector; a group that is not there appears when the nearest of its elements does."""
    if op == "count_values":
        vector = [_with_value(element, str(param)) for element in vector]
        kept = (*(grouping.labels if grouping else ()), str(param))
        by = grouping is None or grouping.how == "by"
        groups = _groups(vector, kept if by else (), by=True) if by else _groups(vector, kept, by=False)
        if not by:
            groups = _groups(vector, grouping.labels if grouping else (), by=False)
        return [_aggregated("count", labels, members, None) for labels, members in groups]
    by = grouping is None or grouping.how == "by"
    groups = _groups(vector, grouping.labels if grouping else (), by=by)
    if op in _SELECTING:
        count = _count(param)
        return [element for _, members in groups for element in _selected(op, members, count)]
    if op == "limit_ratio":
        return vector
    number = param if isinstance(param, float) else None
    return [_aggregated(op, labels, members, number) for labels, members in groups]


def _groups(vector: Vector, labels: Sequence[str], *, by: bool) -> list[tuple[Labels, Vector]]:
    found: dict[object, tuple[Labels, Vector]] = {}
    dropped = frozenset((*labels, "__name__"))
    for element in vector:
        if by:
            group = {name: element.labels[name] for name in labels if name in element.labels}
        else:
            group = {name: value for name, value in element.labels.items() if name not in dropped}
        key = key_of(group)
        if key in found:
            found[key][1].append(element)
        else:
            found[key] = (group, [element])
    return list(found.values())


def _aggregated(op: str, labels: Labels, members: Vector, param: float | None) -> Element:
    there = [element for element in members if element.appear == 0]
    values = [element.value for element in there or members]
    value = quantile(NAN if param is None else param, values) if op == "quantile" else _VALUES[op](values)
    if there:
        return Element(labels, value, 0.0, sum(element.vanish for element in there))
    return Element(labels, value, min(element.appear for element in members), 0.0)


def _count(param: float | str | None) -> int:
    return int(param) if isinstance(param, float) and math.isfinite(param) else 0


def _selected(op: str, members: Vector, count: int) -> Vector:
    """The elements of one group that are kept, and those that are not there yet."""
    if count < 1:
        return []
    there = [element for element in members if element.appear == 0]
    if op == "topk":
        there.sort(key=lambda element: (element.value != element.value, -element.value))
    elif op == "bottomk":
        there.sort(key=lambda element: (element.value != element.value, element.value))
    return there[:count] + [element for element in members if element.appear > 0]


def _with_value(element: Element, label: str) -> Element:
    return element._replace(labels={**element.labels, label: go_float(element.value)})
