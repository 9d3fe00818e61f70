"""What a query measures, as far as its form and names tell: fractions, ratios, per cent, milliseconds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.query_trees import logql_parts, logql_tree, promql_parts, promql_tree
from tocsin.lang.calculation import calculate
from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.lang.tokens import COMPARISONS
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Recording, Rule

    Node = promql.Node | logql.Node
    Span = tuple[int, int]

# As tuples made once: every check asks, and a union in its place is made anew each time.
_PARENS = (promql.Paren, logql.Paren)
_BINARIES = (promql.Binary, logql.Binary)
_SIGNED = (promql.Number, promql.Unary)
# `increase` is an extrapolation, and `quantile` lies between two samples.
_FRACTIONS = frozenset(
    {
        *("rate", "irate", "increase", "delta", "deriv", "predict_linear", "histogram_quantile"),
        *("histogram_avg", "histogram_fraction", "avg_over_time", "stddev_over_time", "stdvar_over_time"),
        *("quantile_over_time", "rate_counter", "bytes_rate", "avg", "stddev", "stdvar", "quantile"),
        *("sqrt", "exp", "ln", "log2", "log10", "double_exponential_smoothing", "holt_winters"),
    }
)
_SAME_KIND = frozenset(
    {
        *("sum", "min", "max", "topk", "bottomk", "limitk", "limit_ratio", "abs", "sort", "sort_desc"),
        *("clamp_min", "clamp_max", "clamp", "label_replace", "label_join", "max_over_time", "min_over_time"),
        *("last_over_time", "sum_over_time", "scalar", "first_over_time", "vector"),
    }
)


def rule_tree(rule: Rule | Recording) -> Node | None:
    """The tree of a rule's expression in either language; None when it cannot be read."""
    return promql_tree(rule.expr) if rule.engine is Engine.PROMETHEUS else logql_tree(rule.expr)


def query_parts(rule: Rule | Recording) -> tuple[Node, ...]:
    """All parts of a rule's expression in either language; none when it cannot be read."""
    return promql_parts(rule.expr) if rule.engine is Engine.PROMETHEUS else logql_parts(rule.expr)


def strip_parentheses(node: Node) -> Node:
    """The expression without parentheses around it."""
    while isinstance(node, _PARENS):
        node = node.expr
    return node


def is_comparison(node: Node) -> bool:
    """Whether the expression compares, and keeps the samples for which that holds."""
    return isinstance(node, _BINARIES) and node.op in COMPARISONS and not node.returns_bool


def is_bool(node: Node) -> bool:
    """Whether the expression compares, and gives 1 or 0 for every series."""
    return isinstance(node, _BINARIES) and node.op in COMPARISONS and node.returns_bool


def is_number(node: Node) -> bool:
    """Whether the expression is a number written out."""
    return written_number(node) is not None


def written_number(node: Node) -> float | None:
    """The number that is written, with its sign."""
    node = strip_parentheses(node)
    if isinstance(node, logql.Number):
        return node.value
    return promql.written_number(node) if isinstance(node, _SIGNED) else None


def calculated_number(node: Node) -> float | None:
    """The number that is written, also as a product or sum of numbers, such as `86400 * 7`."""
    node = strip_parentheses(node)
    if isinstance(node, promql.Node):
        return promql.calculated_number(node)
    if not isinstance(node, logql.Binary):
        return written_number(node)
    return calculate(node.op, calculated_number(node.left), calculated_number(node.right))


def measured_part(node: Node) -> Node:
    """The part whose value an alert has: what stands before the comparison, `and` and `unless`."""
    while True:
        node = strip_parentheses(node)
        if isinstance(node, _BINARIES):
            if is_comparison(node):
                node = node.right if is_number(node.left) else node.left
                continue
            if node.op in ("and", "unless"):
                node = node.left
                continue
        return node


def scaling(node: Node) -> tuple[Node, str, float] | None:
    """The measured part of a product or a quotient with a number, the operator, and the number behind it."""
    if not isinstance(node, _BINARIES) or node.op not in ("*", "/"):
        return None
    right, left = calculated_number(node.right), calculated_number(node.left)
    if right:
        return node.left, node.op, right
    return (node.right, node.op, left) if left and node.op == "*" else None


def threshold(node: Node) -> tuple[Node, str, float, Node] | None:
    """The measured part, the operator and the number of `query op number`, and the node of the number.

    What stands behind `and` or `unless` is passed over; a number on the left is turned around.
    """
    node = strip_parentheses(node)
    while isinstance(node, _BINARIES) and node.op in ("and", "unless"):
        node = strip_parentheses(node.left)
    if not isinstance(node, _BINARIES) or not is_comparison(node):
        return None
    right, left = calculated_number(node.right), calculated_number(node.left)
    if right is not None:
        return node.left, node.op, right, node.right
    if left is not None:
        return node.right, MIRRORED[node.op], left, node.left
    return None


def source_of_fractions(node: Node) -> tuple[Span, str] | None:
    """The operator or function that surely gives numbers with a fraction, and its name."""
    node = strip_parentheses(node)
    match node:
        case promql.Binary() | logql.Binary():
            if node.op == "/":
                return node.op_span, "/"
            if node.op in ("*", "+", "-"):
                return source_of_fractions(node.left) or source_of_fractions(node.right)
        case promql.Call():
            if node.function in _FRACTIONS:
                return node.name_span, node.function
            if node.function == "time":
                return node.span, "time()"
            if node.function in _SAME_KIND and node.arguments:
                parts = [part for part in node.arguments if not is_number(part)]
                return source_of_fractions(parts[0]) if parts else None
        case promql.Aggregation() | logql.Aggregation() | logql.RangeAggregation():
            if node.op in _FRACTIONS:
                return node.op_span, node.op
            if node.op in _SAME_KIND and not isinstance(node, logql.RangeAggregation):
                return source_of_fractions(node.expr)
        case promql.Subquery() | promql.Unary() | logql.LabelReplace():
            return source_of_fractions(node.expr)
    return None


def is_per_cent(node: Node) -> bool:
    """Whether it is per cent by its form: multiplied by 100, also before a division, or taken from 100."""
    node = strip_parentheses(node)
    if isinstance(node, promql.Call) and node.function in _SAME_KIND and node.arguments:
        return is_per_cent(node.arguments[0])
    if isinstance(node, promql.Aggregation) and node.op in (*_SAME_KIND, "avg"):
        return is_per_cent(node.expr)
    if not isinstance(node, _BINARIES):
        return False
    if node.op == "*":
        return 100 in (written_number(node.left), written_number(node.right))
    if node.op == "/":
        # `100 * used / size`, which is read from the left; a unit that is divided by has its number written.
        whole = any(is_number(part) for part in query_nodes(node.right))
        left = strip_parentheses(node.left)
        return not whole and isinstance(left, _BINARIES) and left.op == "*" and is_per_cent(left)
    if node.op == "-":
        return written_number(node.left) == 100 and not is_number(node.right)
    return False


def is_quotient(node: Node) -> bool:
    """Whether the form is a division, or one taken from 1, and no factor of 100 stands anywhere."""
    node = strip_parentheses(node)
    if any(written_number(part) in (100, 0.01, 1000, 60) for part in query_nodes(node)):
        return False
    if isinstance(node, _BINARIES) and node.op == "-" and written_number(node.left) == 1:
        node = strip_parentheses(node.right)
    if not isinstance(node, _BINARIES) or node.op != "/":
        return False
    return not is_number(node.left) and not is_number(node.right)


def query_nodes(node: Node) -> Iterator[Node]:
    """All parts of an expression in either language, outer before inner."""
    return promql.walk(node) if isinstance(node, promql.Node) else logql.walk(node)


def metric_names(node: Node) -> tuple[str, ...]:
    """The names of the metrics that are read, in the order of the text."""
    return tuple(part.name for part in query_nodes(node) if isinstance(part, promql.Selector) and part.name)
