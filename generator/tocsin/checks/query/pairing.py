"""What to write where the series of two sides never have the same labels."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.lang.promql import ast as promql
    from tocsin.lang.promql.flow import Flows


def pairing_help(node: promql.Binary, side: promql.Node, flows: Flows) -> str:
    """How to join a side that has a label with the other one, which has lost it."""
    other = node.right if side is node.left else node.left
    if flows.of(other).has_labels:
        many = "" if node.op in _SETS else f" with `group_{'left' if side is node.left else 'right'}`"
        return f"name the labels that both sides share: `{node.op} on (…)`{many}"
    many = "" if node.op in _SETS else f" group_{'left' if side is node.left else 'right'} ()"
    return f"write `{node.op} on (){many}`, as the other side has no labels"


_SETS = frozenset({"and", "or", "unless"})
