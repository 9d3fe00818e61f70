"""The types of PromQL: what each function takes and gives, as Prometheus' `promql/parser` has it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NoReturn

from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Node,
    Number,
    Paren,
    Range,
    Selector,
    Span,
    String,
    Subquery,
    Unary,
    VectorMatching,
    walk,
)
from tocsin.lang.promql.functions import PARAMETRIC
from tocsin.lang.regexes import matches_whole
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable

_LONGEST_EXAMPLE = 80


class Type(StrEnum):
    """What an expression gives; the value is how it is called in messages."""

    VECTOR = "an instant vector"
    RANGE = "a range"
    SCALAR = "a number"
    STRING = "a string"


@value_object
class Signature:
    """The types of a function's arguments, how many it needs, and what it gives.

    More arguments than types repeat the last type; `most` is None where there may be any number.
    """

    arguments: tuple[Type, ...]
    least: int
    most: int | None
    result: Type = Type.VECTOR


# Python 3.11 takes ten times as long for a member of an enum as for a name of the module.
_VECTOR, _RANGE, _SCALAR, _STRING = Type.VECTOR, Type.RANGE, Type.SCALAR, Type.STRING
_LETTERS = {"v": Type.VECTOR, "r": Type.RANGE, "n": Type.SCALAR, "s": Type.STRING}


def _signature(letters: str, least: int | None = None, most: int | None = -1) -> Signature:
    arguments = tuple(_LETTERS[letter] for letter in letters)
    count = len(arguments)
    return Signature(arguments, count if least is None else least, count if most == -1 else most)


_ONE_RANGE = """
absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate
last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time
stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time
ts_of_min_over_time
"""
_NO_ARGUMENT = "end pi range start step time"
_MAYBE_ONE_VECTOR = "day_of_month day_of_week day_of_year days_in_month hour minute month year"

SIGNATURES: dict[str, Signature] = {
    **dict.fromkeys(_ONE_RANGE.split(), _signature("r")),
    **dict.fromkeys(_NO_ARGUMENT.split(), Signature((), 0, 0, Type.SCALAR)),
    **dict.fromkeys(_MAYBE_ONE_VECTOR.split(), _signature("v", 0)),
    "clamp": _signature("vnn"),
    "clamp_max": _signature("vn"),
    "clamp_min": _signature("vn"),
    "double_exponential_smoothing": _signature("rnn"),
    "holt_winters": _signature("rnn"),
    "histogram_fraction": _signature("nnv"),
    "histogram_quantile": _signature("nv"),
    "histogram_quantiles": _signature("vsn", 3, 12),
    "info": _signature("vv", 1),
    "integral": _signature("rn", 1),
    "label_join": _signature("vsss", 3, None),
    "label_replace": _signature("vssss"),
    **dict.fromkeys(("max_of", "min_of"), Signature((Type.SCALAR, Type.SCALAR), 2, 2, Type.SCALAR)),
    "predict_linear": _signature("rn"),
    "quantile_over_time": _signature("nr"),
    "round": _signature("vn", 1),
    "scalar": Signature((Type.VECTOR,), 1, 1, Type.SCALAR),
    "sort_by_label": _signature("vs", 1, None),
    "sort_by_label_desc": _signature("vs", 1, None),
    "vector": _signature("n"),
}
"""The functions that do not simply take one instant vector and give one."""

_ONE_VECTOR = _signature("v")


def type_of(node: Node) -> Type:
    """The type of an expression's result; only operators between plain numbers give a number."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Paren | Unary):
            waiting.append(one.expr)
        elif isinstance(one, Binary):
            waiting += [one.left, one.right]
        else:
            plain = type_of_call(one) if isinstance(one, Call) else _TYPES[type(one)]
            if plain is not _SCALAR:
                return plain
    return _SCALAR


def is_scalar(node: Node) -> bool:
    """Whether an expression is a number instead of a vector, a range or a string."""
    return type_of(node) is _SCALAR


def type_of_call(node: Call) -> Type:
    """What a function gives."""
    return SIGNATURES.get(node.function, _ONE_VECTOR).result


def subject_of(node: Call) -> Node | None:
    """The argument whose series a function works on; None where it has none."""
    types = SIGNATURES.get(node.function, _ONE_VECTOR).arguments
    for argument, wanted in zip(node.arguments, types, strict=False):
        if wanted in (_VECTOR, _RANGE):
            return argument
    return None


# What a node gives that neither its function nor its inner parts decide.
_TYPES: dict[type, Type] = {
    Number: _SCALAR,
    String: _STRING,
    Range: _RANGE,
    Subquery: _RANGE,
    Selector: _VECTOR,
    Aggregation: _VECTOR,
}


def check_types(tree: Node, text: str) -> None:
    """Raise a LangError at the innermost part of a tree whose types or arguments do not fit."""
    types: dict[int, Type] = {}
    nodes = list(walk(tree))
    of_info = {id(one) for one in map(_labels_of_info, nodes)} if "info" in text else ()
    for node in reversed(nodes):
        check = None if id(node) in of_info else _CHECKS.get(type(node))
        types[id(node)] = _TYPES[type(node)] if check is None else check(node, types, text)


def _labels_of_info(node: Node) -> Node | None:
    """The second argument of `info`, which may let everything through: it selects labels, and no series."""
    if not isinstance(node, Call) or node.function != "info":
        return None
    return next((one for one in node.arguments[1:] if isinstance(one, Selector) and one.name is None), None)


def _check_selector(node: Selector, _types: dict[int, Type], _text: str) -> Type:
    if node.name is None and not any(_narrows(matcher.op, matcher.value) for matcher in node.matchers):
        help = 'name a metric, or add a matcher that does not match the empty string, such as `job="api"`'
        raise LangError("the selector would select every series", node.span, help)
    return _VECTOR


def _narrows(op: str, value: str) -> bool:
    """Whether a series without the label fails the matcher."""
    matches = matches_whole(value, "") if op in ("=~", "!~") else value == ""
    return matches == (op in ("!=", "!~"))


def _check_call(node: Call, types: dict[int, Type], text: str) -> Type:
    signature = SIGNATURES.get(node.function, _ONE_VECTOR)
    wanted, count = signature.arguments, len(node.arguments)
    if count < signature.least or (signature.most is not None and count > signature.most):
        _wrong_count(node, signature)
    if count > len(wanted):
        wanted += wanted[-1:] * (count - len(wanted))
    for argument, one in zip(node.arguments, wanted, strict=False):
        if types[id(argument)] is not one:
            _unfit(one, types[id(argument)], node, text)
    if node.function == "info" and count == 2:
        chosen = node.arguments[1]
        if not isinstance(chosen, Selector) or chosen.name is not None:
            help = 'write the labels only: `info(metric, {version=~".+"})`'
            raise LangError("the second argument of `info` is a list of labels in braces", chosen.span, help)
    return signature.result


def _wrong_count(node: Call, signature: Signature) -> NoReturn:
    count = len(node.arguments)
    bound, wanted = "", signature.least
    if signature.least != signature.most:
        bound, wanted = "at least ", signature.least
        if signature.most is not None and count > signature.most:
            bound, wanted = "at most ", signature.most
    arguments = "argument" if wanted == 1 else "arguments"
    takes = "no arguments" if wanted == 0 else f"{bound}{wanted} {arguments}"
    reason = f"`{node.function}` takes {takes}, but gets {count or 'none'}"
    raise LangError(reason, node.name_span)


def _check_aggregation(node: Aggregation, types: dict[int, Type], text: str) -> Type:
    if node.param is not None:
        wanted = _STRING if node.op == "count_values" else _SCALAR
        if types[id(node.param)] is not wanted:
            _unfit(wanted, types[id(node.param)], node, text)
    if types[id(node.expr)] is not _VECTOR:
        _unfit(_VECTOR, types[id(node.expr)], node, text)
    return _VECTOR


def _check_subquery(node: Subquery, types: dict[int, Type], _text: str) -> Type:
    got = types[id(node.expr)]
    if got is not _VECTOR:
        raise LangError(f"a subquery needs an instant vector, but gets {got}", node.expr.span)
    return _RANGE


def _check_unary(node: Unary, types: dict[int, Type], text: str) -> Type:
    _check_operand(node.expr, types[id(node.expr)], text)
    return types[id(node.expr)]


def _unfit(wanted: Type, got: Type, node: Call | Aggregation, text: str) -> NoReturn:
    name, span = (node.function, node.name_span) if isinstance(node, Call) else (node.op, node.op_span)
    help = None
    if (wanted, got) == (Type.RANGE, Type.VECTOR) and isinstance(node, Call):
        help = _with_range(node, text)
    elif (wanted, got) == (Type.VECTOR, Type.RANGE):
        help = "take the range away, or use a function of ranges, such as `avg_over_time`"
    elif (wanted, got) == (Type.VECTOR, Type.SCALAR) and name in PARAMETRIC | {"histogram_quantile"}:
        help = f"the number comes first: `{name}(0.9, …)`"
    elif (wanted, got) == (Type.SCALAR, Type.VECTOR):
        help = "check the order of the arguments, or make a number of one series with `scalar(…)`"
    elif wanted is Type.STRING:
        help = "put the string into quotes"
    raise LangError(f"`{text[slice(*span)]}` needs {wanted}, but gets {got}", span, help)


def _with_range(node: Call, text: str) -> str:
    """The call as it would be right, when its last argument is a plain selector."""
    last = node.arguments[-1]
    if not isinstance(last, Selector):
        return "use it on a selector, `rate(metric[5m])`, and aggregate afterwards"
    argument = text[slice(*last.span)]
    if "\n" not in argument and len(argument) <= _LONGEST_EXAMPLE and last.offset is None and last.at is None:
        call = text[node.span[0] : last.span[0]]
        return f"write `{argument}[5m]`" if "\n" in call else f"write `{call}{argument}[5m])`"
    return "write a range behind the selector, such as `http_requests_total[5m]`"


def _check_binary(node: Binary, types: dict[int, Type], text: str) -> Type:
    left, right = types[id(node.left)], types[id(node.right)]
    numbers = 0
    if left is not _VECTOR or right is not _VECTOR:
        _check_operand(node.left, left, text)
        _check_operand(node.right, right, text)
        numbers = (left is _SCALAR) + (right is _SCALAR)
        _check_with_numbers(node, numbers, text)
    if node.matching.span is not None:
        _check_matching(node.matching, node.matching.span, node.op)
    return _SCALAR if numbers == 2 else _VECTOR


def _check_with_numbers(node: Binary, numbers: int, text: str) -> None:
    if node.op in COMPARISONS and not node.returns_bool and numbers == 2:
        op = text[slice(*node.op_span)]
        help = f"write `{op} bool`, or compare a metric"
        raise LangError(f"`{op}` between two numbers needs `bool`", node.op_span, help)
    if node.op in SET_OPERATORS:
        op = text[slice(*node.op_span)]
        help = "write `vector(…)` round the number"
        raise LangError(f"`{op}` joins instant vectors, not numbers", node.op_span, help)
    if node.matching.labels and node.matching.span is not None:
        help = "with a number there is nothing to match: take it out"
        raise LangError("labels are matched only between instant vectors", node.matching.span, help)


def _check_matching(matching: VectorMatching, span: Span, op: str) -> None:
    if matching.many is not None and op in SET_OPERATORS:
        help = "set operators match many to many by themselves"
        raise LangError(f"`group_{matching.many}` cannot go with `and`, `or` or `unless`", span, help)
    if matching.how == "on":
        for label, place in zip(matching.include, matching.include_spans, strict=True):
            if label in matching.labels:
                help = "the labels of `on` are in the result anyway: take it out of the group's list"
                raise LangError(f"`{label}` is both in `on` and in the list of the group", place, help)


def _check_operand(side: Node, got: Type, text: str) -> None:
    if got is not _STRING and got is not _RANGE:
        return
    span, help = side.span, None
    while isinstance(side, Paren | Unary):
        side = side.expr
    if isinstance(side, Range | Subquery):
        start = text.rfind("[", 0, side.range.span[0])
        span, help = (start, start + 1), "put the range into a function such as `rate(…)`"
    elif isinstance(side, String):
        span = side.span
    raise LangError(f"an operator works on instant vectors and numbers, not on {got}", span, help)


# By the type itself: every part of every query comes by.
_CHECKS: dict[type, Callable[[Any, dict[int, Type], str], Type]] = {
    Selector: _check_selector,
    Call: _check_call,
    Aggregation: _check_aggregation,
    Subquery: _check_subquery,
    Unary: _check_unary,
    Binary: _check_binary,
    Paren: lambda node, types, _: types[id(node.expr)],
}
