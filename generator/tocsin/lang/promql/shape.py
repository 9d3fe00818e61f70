"""The shape of a PromQL expression: its threshold, and the metrics that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang import threshold_comparison
from tocsin.lang.condition import Language, read_condition
from tocsin.lang.promql.ast import Binary, Call, Number, Paren, Range, Selector, Subquery, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.same_measure import constant_value
from tocsin.lang.promql.tokens import tokenize
from tocsin.lang.tokens import COMPARISONS

if TYPE_CHECKING:
    from typing import TypeGuard

    from tocsin.lang.condition import Condition
    from tocsin.lang.promql.ast import Node


def needs_parentheses(text: str) -> bool:
    """Whether `text > 2` would be read otherwise than `(text) > 2`."""
    return threshold_comparison.needs_parentheses(text, tokenize)


def with_comparison(text: str, op: str, number_text: str) -> str:
    """The rule's expression: the query compared with the number, the author's lines and comments kept."""
    return threshold_comparison.with_comparison(text, op, number_text, tokenize)


def comparable(text: str) -> str:
    """The query as it stands before the operator that compares it, up to that operator."""
    return threshold_comparison.comparable(text, tokenize)


def comparison(text: str) -> tuple[str, str] | None:
    """The operator and the number of `query op number`; None for an expression of another form.

    The expression has to be sound.
    """
    tree = parse_promql(text)
    if not _compares(tree) or tree.returns_bool or _compares(tree.left):
        return None
    number = threshold_comparison.decimal_text(text[slice(*tree.right.span)])
    return None if number is None else (tree.op, number)


def calculated_limit(text: str) -> int | None:
    """Where the calculation with numbers begins that a sound expression compares with; None for others."""
    tree = parse_promql(text)
    if not _compares(tree) or tree.returns_bool or isinstance(tree.right, Number):
        return None
    return None if constant_value(tree.right) is None else tree.right.span[0]


def conditions(text: str) -> list[tuple[int, int]]:
    """Where the sound expression compares the value that it returns; see `threshold_comparison`."""
    return threshold_comparison.conditions(parse_promql(text), Binary, Paren)


def condition(text: str) -> Condition:
    """The condition of a sound expression, its sides one by one."""
    return read_condition(text, parse_promql(text), _LANGUAGE)


def longest_range(text: str) -> float:
    """The longest range in seconds that a sound expression reads, as far as it is written; 0 without any."""
    ranges = (node.range.seconds for node in walk(parse_promql(text)) if isinstance(node, Range | Subquery))
    return max((seconds for seconds in ranges if seconds is not None), default=0)


def split_comparison(text: str) -> tuple[str, str, str] | None:
    """The query, operator and number of `query op number`; None for an expression of another form."""
    return threshold_comparison.split_comparison(text, tokenize)


def metric_names(text: str) -> tuple[str, ...]:
    """The metrics that the expression selects by name, sorted; the expression has to be valid."""
    return tuple(sorted(metric_names_in_order(text)))


def metric_names_in_order(text: str) -> tuple[str, ...]:
    """The same in the order in which they first stand in the text."""
    names: dict[str, None] = {}
    for node in walk(parse_promql(text)):
        if isinstance(node, Selector):
            named = [m.value for m in node.matchers if m.name == "__name__" and m.op == "=" and m.value]
            names.update(dict.fromkeys([node.name, *named] if node.name else named))
    return tuple(names)


def selected_metrics(text: str) -> frozenset[str] | None:
    """The metrics that a sound expression reads; None where a selector may read any of several."""
    found: set[str] = set()
    for node in walk(parse_promql(text)):
        if isinstance(node, Selector):
            named = [m.value for m in node.matchers if m.name == "__name__" and m.op == "=" and m.value]
            if node.name is None and not named:
                return None
            found.update([node.name] if node.name else named)
    return frozenset(found)


def _number(node: Node) -> float | None:
    exact = constant_value(node)
    return None if exact is None else float(exact)


_LANGUAGE = Language(Binary, Paren, Call, _number)


def _compares(node: Node) -> TypeGuard[Binary]:
    return isinstance(node, Binary) and node.op in COMPARISONS
