"""What gives series their labels, a scrape or an aggregation, and which joins an info series leaves empty."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, TypeGuard

from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.types import is_scalar

if TYPE_CHECKING:
    from collections.abc import Container

_REWRITING = frozenset(
    {"label_replace", "label_join", "absent", "absent_over_time", "info", "histogram_quantile", "vector"}
)
_OF_ONE_THING = 3
"""With how many words the names of metrics begin that describe the same thing."""
_CHOOSING = frozenset({"topk", "bottomk", "limitk", "limit_ratio", "count_values"})


def is_join(node: object) -> TypeGuard[promql.Binary]:
    """Whether an operator keeps only series that have a partner with all the same labels."""
    return (
        isinstance(node, promql.Binary)
        and node.op not in ("or", "unless")
        and node.matching.fill_left is None
        and node.matching.fill_right is None
        and not is_scalar(node.left)
        and not is_scalar(node.right)
    )


def paired_info(node: promql.Binary, recorded: Container[str]) -> str | None:
    """The metric `…_info` that is paired by all labels with another one that was scraped."""
    if node.matching.how is not None or node.op == "or" or is_scalar(node.left) or is_scalar(node.right):
        return None
    if node.op != "unless" and not is_join(node):
        return None
    left, right = source_of(node.left, recorded), source_of(node.right, recorded)
    if not isinstance(left, promql.Selector) or not isinstance(right, promql.Selector):
        return None
    named = [name for one in (left, right) if (name := one.name or "").endswith("_info")]
    # One program may give all its metrics of one thing the same labels.
    is_of_one = len(_common_words(left.name or "", right.name or "")) >= _OF_ONE_THING
    return named[0] if len(named) == 1 and not is_of_one else None


def _common_words(one: str, other: str) -> list[str]:
    """The words with which both names begin."""
    pairs = takewhile(lambda words: words[0] == words[1], zip(one.split("_"), other.split("_"), strict=False))
    return [word for word, _ in pairs]


def source_of(node: promql.Node, recorded: Container[str]) -> promql.Selector | promql.Aggregation | None:
    """What gives the results their labels, where that is a scrape or an aggregation."""
    while True:
        while isinstance(node, promql.Paren):
            node = node.expr
        match node:
            case promql.Aggregation():
                return None if node.op in _CHOOSING else node
            case promql.Selector():
                name = node.name or ""
                is_scraped = name and ":" not in name and name not in recorded
                return node if is_scraped and not name.startswith("ALERTS") else None
            case promql.Range():
                node = node.selector
            case promql.Subquery() | promql.Unary():
                node = node.expr
            case promql.Call() if node.arguments and node.function not in _REWRITING:
                vectors = [one for one in node.arguments if not is_scalar(one)]
                if len(vectors) != 1:
                    return None
                node = vectors[0]
            case promql.Binary() if node.op != "or":
                # Under `on` and `ignoring` the result of arithmetic has other labels than its sides.
                if node.matching.how is not None and node.op not in ("and", "unless"):
                    return None
                node = node.right if is_scalar(node.left) else node.left
            case _:
                return None
