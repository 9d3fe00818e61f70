"""Whether a quotient is a part of its own whole, such as errors of one metric by all of the same metric."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Duration,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    walk,
    without_places,
)
from tocsin.lang.promql.flow.conventions import wholes
from tocsin.lang.tokens import COMPARISONS

if TYPE_CHECKING:
    from tocsin.lang.promql.flow.evaluation import Evaluation

_MOST_PARTS = 200
_ADDING = frozenset({"rate", "increase", "irate", "sum_over_time", "count_over_time", "last_over_time"})


def is_part_of_whole(node: Binary, evaluation: Evaluation) -> bool:
    """Whether the left side of `/` is made of some of the not negative things that the right side adds up.

    Either the same aggregation of the same metric with fewer matchers and the same or coarser groups on
    the right, or a right side that adds the left side to something.
    """
    left, right = without_parentheses(node.left), without_parentheses(node.right)
    return _is_addend(node, left, right, evaluation) or _is_share(node, left, right, evaluation)


def cancelled(node: Binary) -> float | None:
    """The number that is left of a product in which every series is divided by itself; None for any other.

    Two selectors of one metric whose labels all have to agree stand for the same series, and so do two
    windows of the same length, if the same is asked of them.
    """
    found = _factors(node)
    return None if found is None or not found[1] or any(found[1].values()) else found[0]


def say_the_same(left: Aggregation, right: Aggregation) -> bool:
    """Whether two aggregations have the same results by their words; `+Inf` buckets are counts.

    One with very many parts says the same as no other.
    """
    # Most differ in what they measure, which is seen long before all that they say is compared.
    return _measured(left) == _measured(right) and _aggregated(left) == _aggregated(right)


def _measured(node: Aggregation) -> tuple[str, frozenset[str]]:
    """How it aggregates and which metrics, without the end of the name for a bucket or the count."""
    names = (
        part.name or next((one.value for one in part.matchers if one.name == "__name__"), "")
        for part in islice(walk(node), _MOST_PARTS)
        if isinstance(part, Selector)
    )
    kinds = ((name, "_bucket" if name.endswith("_bucket") else "_count") for name in names)
    return node.op, frozenset(name.removesuffix(kind) for name, kind in kinds)


def _aggregated(node: Aggregation) -> object:
    """What an aggregation says, to compare it with others."""
    is_short = all(number < _MOST_PARTS for number, _ in enumerate(walk(node)))
    return _with_counts(without_places(node)) if is_short else object()


def _with_counts(said: object) -> object:
    match said:
        case ("Selector", frozenset() as matchers, *rest) if ("le", "=", "+Inf") in matchers:
            name = next((value for label, _, value in matchers if label == "__name__"), "")
            if not name.endswith("_bucket"):
                return said
            named = ("__name__", "=", f"{name.removesuffix('_bucket')}_count")
            others = (one for one in matchers if one[0] not in ("__name__", "le"))
            return ("Selector", frozenset((named, *others)), *rest)
        case tuple():
            return tuple(map(_with_counts, said))
        case _:
            return said


def is_taken_from_itself(node: Binary) -> bool:
    """Whether a difference takes every series from itself."""
    if node.matching.how is not None or node.matching.many is not None:
        return False
    if node.matching.fill_left is not None or node.matching.fill_right is not None:
        return False
    left, right = _factors(node.left), _factors(node.right)
    # Products may be rounded otherwise.
    return left == right and left is not None and left[0] == 1 and list(left[1].values()) == [1]


def _factors(node: Node) -> tuple[float, dict[object, int]] | None:
    """A product as a number and powers of series; None where it is anything else."""
    match node:
        case Number():
            return node.value, {}
        case Paren():
            return _factors(node.expr)
        case Selector() if _is_plain(node):
            return 1.0, {(node.name, _moment(node)[0]): 1}
        case Call(function=name, arguments=(Range() as asked,)) if name != "absent_over_time":
            window = asked.selector
            measured = (name, window.name, _moment(window)[0], _length(asked.range))
            return (1.0, {measured: 1}) if _is_plain(window) else None
        case Binary(op="*" | "/") if node.matching.how is None and node.matching.many is None:
            left, right = _factors(node.left), _factors(node.right)
            is_filled = node.matching.fill_left is not None or node.matching.fill_right is not None
            if left is None or right is None or is_filled or right[0] == 0:
                return None
            sign = 1 if node.op == "*" else -1
            powers = {
                key: left[1].get(key, 0) + sign * right[1].get(key, 0) for key in {**left[1], **right[1]}
            }
            return (left[0] * right[0] if sign == 1 else left[0] / right[0]), powers
        case Aggregation():
            # Two of the same words give the same series with the same values.
            return 1.0, {_aggregated(node): 1}
        case _:
            return None


def _is_plain(node: Selector) -> bool:
    """Whether it has a name, and sees the samples of the moment that its `offset` says."""
    return node.name is not None and node.at is None and node.interpolation is None


def is_known_share(node: Binary) -> bool:
    """Whether the left side is a part of the right one by the names of the metrics: free of all.

    Each series by itself, or sums of all of them in the same groups.
    """
    left, right = without_parentheses(node.left), without_parentheses(node.right)
    if not isinstance(left, Aggregation) or not isinstance(right, Aggregation):
        alike = node.matching.how is None or (node.matching.how, node.matching.labels) == (
            "ignoring",
            ("le",),
        )
        return alike and node.matching.many is None and _is_part(left, right)
    if left.op != right.op or left.op not in ("sum", "max", "min", "avg") or left.param or right.param:
        return False
    # Where one side lacks a series, the sums are not of the same.
    return (
        _grouping(left) == _grouping(right)
        and _pairs_all(node, left)
        and _is_part(without_parentheses(left.expr), without_parentheses(right.expr), all_series=True)
    )


def _is_part(left: Node, right: Node, *, all_series: bool = False) -> bool:
    match left, right:
        case Call(), Call():
            if left.function != right.function or left.function not in ("rate", "irate", "increase"):
                return False
            return _is_part(
                without_parentheses(left.arguments[0]),
                without_parentheses(right.arguments[0]),
                all_series=all_series,
            )
        case Range(), Range():
            # What gauges grow by says nothing of their parts.
            is_counter = (left.selector.name or "").endswith(("_bucket", "_total"))
            same_length = _length(left.range) == _length(right.range)
            return (
                is_counter and same_length and _is_part(left.selector, right.selector, all_series=all_series)
            )
        case Selector(), Selector():
            if left.name is None or right.name not in wholes(left.name) or _moment(left) != _moment(right):
                return False
            bounds = [m.op for m in left.matchers if m.name == "le"]
            mine = {(m.name, m.op, m.value) for m in left.matchers if m.name != "le"}
            its = {(m.name, m.op, m.value) for m in right.matchers}
            # Several buckets of one histogram count an observation more than once.
            one_bucket = bounds == ["="] or not left.name.endswith("_bucket")
            return one_bucket and (not all_series or mine == its)
        case _:
            return False


def _pairs_all(node: Binary, side: Aggregation) -> bool:
    """Whether each group of one side is paired with that of the other which has the same labels."""
    if node.matching.how is None:
        return True
    by = _by(side)
    return node.matching.how == "on" and by is not None and set(node.matching.labels) == by


def without_parentheses(node: Node) -> Node:
    """The expression without parentheses around it."""
    while isinstance(node, Paren):
        node = node.expr
    return node


def _is_addend(node: Binary, left: Node, right: Node, evaluation: Evaluation) -> bool:
    if node.matching.how is not None:
        return False
    addends: list[Node] = []
    waiting = [right]
    while waiting:
        one = without_parentheses(waiting.pop())
        if isinstance(one, Binary) and one.op == "+":
            if one.matching.how is not None or one.matching.fill_left or one.matching.fill_right:
                return False
            waiting += [one.left, one.right]
        else:
            addends.append(one)
    if len(addends) < 2 or any(evaluation.of(one).value.low < 0 for one in addends):
        return False
    said = without_places(left)
    return any(without_places(one) == said for one in addends)


def _is_share(node: Binary, left: Node, right: Node, evaluation: Evaluation) -> bool:
    if not (isinstance(left, Aggregation) and isinstance(right, Aggregation)):
        return False
    if left.op != right.op or left.op not in ("sum", "count"):
        return False
    if left.op == "sum" and not (
        evaluation.of(left.expr).value.low >= 0 and evaluation.of(right.expr).value.low >= 0
    ):
        return False
    return _groups_nest(node, left, right) and _narrows(
        without_parentheses(left.expr), without_parentheses(right.expr)
    )


def _groups_nest(node: Binary, left: Aggregation, right: Aggregation) -> bool:
    """Whether each group of the left lies inside the group of the right that it is divided by."""
    finer, coarser = _by(left), _by(right)
    if finer is None or coarser is None or not coarser <= finer:
        return False
    matching = node.matching
    if matching.fill_left is not None or matching.fill_right is not None:
        return False
    if matching.how == "on":
        return set(matching.labels) == coarser
    if matching.how == "ignoring":
        return finer - set(matching.labels) == coarser and not coarser & set(matching.labels)
    return finer == coarser


def _by(node: Aggregation) -> frozenset[str] | None:
    if node.grouping is None:
        return frozenset()
    return frozenset(node.grouping.labels) if node.grouping.how == "by" else None


def _narrows(left: Node, right: Node) -> bool:
    """Whether the left side reads a part of what the right side reads, in the same way."""
    while isinstance(left, Binary) and left.op in COMPARISONS and not left.returns_bool:
        # A comparison with a number chooses some of the series that it gets.
        if isinstance(without_parentheses(left.right), Number):
            left = without_parentheses(left.left)
        elif isinstance(without_parentheses(left.left), Number):
            left = without_parentheses(left.right)
        else:
            return False
    if isinstance(left, Call) and isinstance(right, Call):
        if left.function != right.function or left.function not in _ADDING or len(left.arguments) != 1:
            return False
        return _narrows(without_parentheses(left.arguments[0]), without_parentheses(right.arguments[0]))
    if isinstance(left, Range) and isinstance(right, Range):
        return _length(left.range) == _length(right.range) and _narrows(left.selector, right.selector)
    if isinstance(left, Selector) and isinstance(right, Selector):
        return _moment(left) == _moment(right) and _matchers(left) >= _matchers(right)
    return False


def _matchers(node: Selector) -> frozenset[tuple[str, str, str]]:
    named = () if node.name is None else (("__name__", "=", node.name),)
    return frozenset((*named, *((m.name, m.op, m.value) for m in node.matchers)))


def _moment(node: Selector) -> tuple[float | None, object, object]:
    offset = 0.0 if node.offset is None else _length(node.offset)
    return offset, None if node.at is None else node.at.time, node.interpolation


def _length(duration: Duration) -> float:
    # Lengths that only the engine knows are not equal to anything.
    return float("nan") if duration.seconds is None else duration.seconds


def _grouping(node: Aggregation) -> object:
    return None if node.grouping is None else (node.grouping.how, frozenset(node.grouping.labels))
