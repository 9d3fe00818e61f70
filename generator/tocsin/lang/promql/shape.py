"""The shape of a PromQL expression: its threshold, and the metrics that it reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang import threshold_comparison
from tocsin.lang.promql.ast import Binary, Paren, Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.tokens import tokenize
from tocsin.lang.tokens import COMPARISONS

if TYPE_CHECKING:
    from typing import TypeGuard

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


def conditions(text: str) -> list[tuple[int, int]]:
    """Where the sound expression compares the value that it returns, as `expression.conditions` says."""
    return threshold_comparison.conditions(parse_promql(text), Binary, Paren)


def split_comparison(text: str) -> tuple[str, str, str] | None:
    """The query, operator and number of `query op number`; None for an expression of another form."""
    return threshold_comparison.split_comparison(text, tokenize)


def metric_names(text: str) -> tuple[str, ...]:
    """The metrics that the expression selects by name, sorted; the expression has to be valid."""
    names: set[str] = set()
    for node in walk(parse_promql(text)):
        if isinstance(node, Selector):
            if node.name:
                names.add(node.name)
            names.update(m.value for m in node.matchers if m.name == "__name__" and m.op == "=" and m.value)
    return tuple(sorted(names))


def _compares(node: Node) -> TypeGuard[Binary]:
    return isinstance(node, Binary) and node.op in COMPARISONS
