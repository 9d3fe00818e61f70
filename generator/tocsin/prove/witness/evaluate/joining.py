"""Binary operators between two vectors (promql/engine.go of Prometheus 3.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.tokens import COMPARISONS
from tocsin.prove.witness.evaluate.arithmetic import calculate
from tocsin.prove.witness.evaluate.elements import (
    Element,
    EvaluationError,
    Labels,
    Vector,
    compare,
    key_of,
    without_name,
)

if TYPE_CHECKING:
    from tocsin.lang.promql.ast import Binary, VectorMatching

Signature = tuple[tuple[str, str], ...]


def signature(labels: Labels, matching: VectorMatching) -> Signature:
    """The labels that two elements have to share to match."""
    if matching.how == "on":
        return tuple((name, labels[name]) for name in sorted(set(matching.labels)) if name in labels)
    ignored = matching.labels
    return key_of({n: v for n, v in labels.items() if n != "__name__" and n not in ignored})


def set_operation(op: str, left: Vector, right: Vector, matching: VectorMatching) -> Vector:
    """`and`, `or`, `unless`."""
    if op == "or":
        return _union(left, right, matching)
    near: dict[Signature, tuple[float, float]] = {}
    for element in right:
        at = signature(element.labels, matching)
        appear, vanish = near.get(at, (float("inf"), 0.0))
        near[at] = (min(appear, element.appear), vanish + element.vanish)
    result: Vector = []
    for element in left:
        found = near.get(signature(element.labels, matching))
        if op == "and":
            if found is not None:
                result.append(_both(element, found[0], found[1]))
        elif found is None:
            result.append(element)
        else:
            result.append(_both(element, found[1], found[0]))
    return result


def _both(element: Element, appear: float, vanish: float) -> Element:
    together = element.appear + appear
    return element._replace(appear=together, vanish=0.0 if together else min(element.vanish, vanish))


def _union(left: Vector, right: Vector, matching: VectorMatching) -> Vector:
    near: dict[Signature, tuple[float, float]] = {}
    for element in left:
        at = signature(element.labels, matching)
        appear, vanish = near.get(at, (float("inf"), 0.0))
        near[at] = (min(appear, element.appear), vanish + element.vanish)
    result = list(left)
    for element in right:
        found = near.get(signature(element.labels, matching))
        result.append(element if found is None else _both(element, found[1], found[0]))
    return result


def join_elements(node: Binary, left: Vector, right: Vector) -> Vector:
    """Arithmetic and comparisons between the elements that match."""
    matching = node.matching
    many, one = (right, left) if matching.many == "right" else (left, right)
    # The engine looks for ambiguous labels only where both sides have elements.
    strict = any(element.appear == 0 for element in many)
    ones: dict[Signature, list[Element]] = {}
    for element in one:
        at = signature(element.labels, matching)
        others = ones.setdefault(at, [])
        if strict and element.appear == 0 and others and others[0].appear == 0:
            raise EvaluationError("the labels match many to many")
        if element.appear == 0 or (others and element.appear < others[0].appear):
            others.insert(0, element)
        else:
            others.append(element)
    taken: set[object] = set()
    result: Vector = []
    met: set[Signature] = set()
    for element in many:
        at = signature(element.labels, matching)
        met.add(at)
        found = ones.get(at)
        other = found[0] if found else _filled(matching, at, of_left=matching.many == "right")
        if other is None:
            continue
        pair = (other, element) if matching.many == "right" else (element, other)
        made = _paired(node, pair[0], pair[1], _result_labels(node, element, other))
        if made is None:
            continue
        if made.appear == 0:
            key = at if matching.many is None else (at, key_of(made.labels))
            if key in taken:
                raise EvaluationError("several elements match one")
            taken.add(key)
        result.append(made)
    result.extend(_unmatched(node, ones, met))
    return result


def _filled(matching: VectorMatching, at: Signature, *, of_left: bool) -> Element | None:
    value = matching.fill_left if of_left else matching.fill_right
    return None if value is None else Element(dict(at), value, 0.0, float("inf"))


def _unmatched(node: Binary, ones: dict[Signature, list[Element]], met: set[Signature]) -> Vector:
    """The results of the elements without a partner, where `fill` gives them one."""
    matching = node.matching
    result: Vector = []
    for at, others in ones.items():
        if at in met or matching.many is not None:
            continue
        filled = _filled(matching, at, of_left=True)
        if filled is not None:
            made = _paired(node, filled, others[0], _result_labels(node, filled, others[0]))
            result.extend([made] if made else [])
    return result


def _paired(node: Binary, left: Element, right: Element, labels: Labels) -> Element | None:
    appear = left.appear + right.appear
    vanish = min(left.vanish, right.vanish)
    if node.op in COMPARISONS:
        holds, away = compare(node.op, left.value, right.value)
        if node.returns_bool:
            return Element(labels, float(holds), appear, 0.0 if appear else vanish)
        if not holds:
            return Element(labels, left.value, appear + away, 0.0)
        return Element(labels, left.value, appear, 0.0 if appear else min(vanish, away))
    value = calculate(node.op, left.value, right.value)
    return Element(labels, value, appear, 0.0 if appear else vanish)


def _result_labels(node: Binary, many: Element, one: Element) -> Labels:
    matching = node.matching
    keeps_name = node.op in COMPARISONS and not node.returns_bool
    labels = dict(many.labels) if keeps_name else dict(without_name(many.labels))
    if matching.many is None:
        if matching.how == "on":
            return {name: value for name, value in labels.items() if name in matching.labels}
        return {name: value for name, value in labels.items() if name not in matching.labels}
    for name in matching.include:
        value = one.labels.get(name, "")
        if value:
            labels[name] = value
        else:
            labels.pop(name, None)
    return labels
