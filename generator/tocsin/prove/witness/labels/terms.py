"""What is known of a label at a point of an expression, and the equations between such terms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lang.promql.ast import Node


@value_object
class Of:
    """The label's value is that of a series that one selector selects."""

    occurrence: int
    label: str


@value_object
class Fixed:
    """The label has this very value; the empty one means that it is not there."""

    value: str


@value_object
class Anything:
    """Nothing is known of the label's value."""


@value_object
class Replaced(Anything):
    """A part of another label's value, as `label_replace` takes it out."""

    source: Of
    replacement: str
    pattern: str


Term = Of | Fixed | Anything
MISSING = Fixed("")
ANYTHING = Anything()


@value_object
class Equation:
    """Two labels have to agree for a binary operator to pair two elements."""

    left: Term
    right: Term
    label: str
    node: Node


class Classes:
    """Sets of terms that are equal to each other."""

    def __init__(self) -> None:
        self._parent: dict[Term, Term] = {}

    def copy(self) -> Classes:
        """An independent copy."""
        other = Classes()
        other._parent = dict(self._parent)
        return other

    def join(self, left: Term, right: Term) -> None:
        """Make two terms equal."""
        self._parent[self.root(left)] = self.root(right)

    def root(self, term: Term) -> Term:
        """The term that stands for all that are equal to this one."""
        while (parent := self._parent.get(term, term)) != term:
            self._parent[term] = self._parent.get(parent, parent)
            term = parent
        return term

    def sets(self, terms: Iterable[Term]) -> Iterator[list[Term]]:
        """The terms, and the fixed values that they have to equal, in sets."""
        found: dict[Term, list[Term]] = {}
        for term in dict.fromkeys((*terms, *self._parent, *self._parent.values())):
            found.setdefault(self.root(term), []).append(term)
        yield from found.values()
