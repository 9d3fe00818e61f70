"""What an expression compares with what: its conditions one by one, in PromQL and in LogQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.comparisons import MIRRORED
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DEEPEST = 40
_ABSENT = ("absent", "absent_over_time")


@value_object
class Measured:
    """One condition: an expression, and what it is compared with."""

    expr: str
    comparison: str | None = None
    """None where it holds as soon as the expression returns something."""
    limit: float | None = None
    against: str | None = None
    """The expression with which it is compared, where that is not a number."""
    absent: str | None = None
    """The function that makes it hold where the expression returns nothing, such as `absent`."""
    is_counted: bool = False
    """Whether it matters only which series the expression returns, and not their values."""


@value_object
class Joined:
    """Two conditions and the operator between them: `and`, `or` or `unless`."""

    op: str
    left: Condition
    right: Condition


Condition = Measured | Joined


@value_object
class Language:
    """The types of nodes in the tree of a language, and how to read a number."""

    binary: Any
    paren: Any
    call: Any
    """A function with `function` and `arguments`."""
    constant: Callable[[Any], float | None]


def read_condition(text: str, tree: Any, language: Language) -> Condition:
    """The condition of a sound expression; one that is nested very deep stays whole."""
    return _Reading(text, language).read(tree, (), _DEEPEST)


def measured(condition: Condition) -> Iterator[tuple[Measured, bool]]:
    """The single conditions in the order of the text, and whether the value of each can be that of the whole.

    What stands on the right of `and` or `unless` only decides which values stay.
    """
    waiting = [(condition, True)]
    while waiting:
        one, is_value = waiting.pop()
        if isinstance(one, Measured):
            yield one, is_value
        else:
            waiting += [(one.right, is_value and one.op == "or"), (one.left, is_value)]


class _Reading:
    """Reads the conditions of one expression."""

    def __init__(self, text: str, language: Language) -> None:
        self.text = text
        self.language = language

    def read(self, node: Any, limits: tuple[tuple[str, float], ...], deepest: int) -> Condition:
        """The condition of a node whose value is compared with some numbers as well."""
        language = self.language
        while isinstance(node, language.paren):
            node = node.expr
        if deepest and isinstance(node, language.binary) and node.op in SET_OPERATORS:
            right = limits if node.op == "or" else ()
            return Joined(
                node.op, self.read(node.left, limits, deepest - 1), self.read(node.right, right, deepest - 1)
            )
        if deepest and isinstance(node, language.binary) and node.op in COMPARISONS and not node.returns_bool:
            number = language.constant(node.right)
            if number is not None:
                return self.read(node.left, ((node.op, number), *limits), deepest - 1)
            number = language.constant(node.left)
            if number is not None:
                op = MIRRORED[node.op]
                return self.read(node.right, ((op, number), *limits), deepest - 1)
            against = Measured(self._at(node.left), node.op, against=self._at(node.right))
            return _all(against, *self._compared(node.left, limits)) if limits else against
        if not limits and isinstance(node, language.call) and node.function in _ABSENT:
            return Measured(self._at(node.arguments[0]), absent=node.function)
        return _all(*self._compared(node, limits)) if limits else Measured(self._at(node))

    def _compared(self, node: Any, limits: tuple[tuple[str, float], ...]) -> list[Measured]:
        return [Measured(self._at(node), op, number) for op, number in limits]

    def _at(self, node: Any) -> str:
        return self.text[slice(*node.span)]


def _all(first: Condition, *others: Condition) -> Condition:
    for other in others:
        first = Joined("and", first, other)
    return first
