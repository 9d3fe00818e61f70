"""The tree of a Go template: every node knows which code points of the text it was read from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

Span = tuple[int, int]
"""Start and end in code points of the template's text."""


@value_object
class Text:
    """What is printed as it stands, before white space is trimmed."""

    text: str
    span: Span


@value_object
class Field:
    """`.A.B`, read from the current data; without names the data itself, `.`."""

    names: tuple[str, ...]
    span: Span


@value_object
class Variable:
    """`$x.A.B`; the name has its `$`, and `$` alone is what the template was given."""

    name: str
    names: tuple[str, ...]
    span: Span


@value_object
class Function:
    """The name of a function, which is called with the arguments behind it."""

    name: str
    span: Span


@value_object
class String:
    """A string in either kind of quotes; the span includes them."""

    value: str
    span: Span


@value_object
class Constant:
    """A number, a character, `true`, `false` or `nil`, as it is written."""

    text: str
    kind: Literal["number", "bool", "nil"]
    span: Span


@value_object
class Chain:
    """Fields of what an expression in parentheses gives, or a function: `(index .A 0).B`."""

    of: Operand
    names: tuple[str, ...]
    span: Span


@value_object
class Command:
    """One stage of a pipeline: an operand, or a function with its arguments."""

    operands: tuple[Operand, ...]
    span: Span


@value_object
class Pipeline:
    """Commands, each of which becomes the last argument of the next one; it may name its value."""

    variables: tuple[str, ...]
    commands: tuple[Command, ...]
    span: Span
    assigns: bool = False
    """Whether the variables were there before, and get another value with `=`."""


Operand = Field | Variable | Function | String | Constant | Chain | Pipeline


@value_object
class Action:
    """A pipeline whose value is printed, unless it is given to a variable."""

    pipeline: Pipeline
    span: Span
    """From brace to brace."""


@value_object
class Control:
    """`if`, `with` or `range` with what stands up to its `end`."""

    word: Literal["if", "with", "range"]
    pipeline: Pipeline
    body: tuple[Node, ...]
    otherwise: tuple[Node, ...]
    span: Span

    def chain(self) -> Iterator[Control]:
        """This one and each `else if` behind it, of which there can be hundreds."""
        link: Node = self
        while isinstance(link, Control):
            yield link
            if len(link.otherwise) != 1:
                return
            link = link.otherwise[0]


@value_object
class Invocation:
    """`template "name"`, or `block`, with the data that the other template is given."""

    name: str
    pipeline: Pipeline | None
    span: Span


@value_object
class Definition:
    """`define "name"` or `block "name"`: another template inside of this one."""

    name: str
    body: tuple[Node, ...]
    span: Span


@value_object
class Jump:
    """`break` or `continue`."""

    word: Literal["break", "continue"]
    span: Span


Node = Text | Action | Control | Invocation | Definition | Jump
