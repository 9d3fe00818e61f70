"""What a template of a rule reads of the data that Prometheus gives it: labels, the value, anything else.

The names are those of `template.AlertTemplateData` and of the definitions in front of every template
in Prometheus' `rules/alerting.go`. `$labels` are those of the query's result: what the rule itself sets
is not among them.
"""

from __future__ import annotations

import re
from dataclasses import field
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from tocsin.lang.gotemplate.ast import (
    Action,
    Chain,
    Command,
    Control,
    Definition,
    Field,
    Function,
    Invocation,
    Node,
    Operand,
    Pipeline,
    String,
    Variable,
)
from tocsin.lang.gotemplate.functions import PROMETHEUS
from tocsin.lang.gotemplate.parser import parse_template
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.lang.gotemplate.ast import Span

VARIABLES = ("$labels", "$externalLabels", "$externalURL", "$value")
FUNCTIONS = frozenset(PROMETHEUS)
# These ask a question instead of printing: a label that is not there is an answer.
_ASKING = frozenset({"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "match", "len"})
_PLAIN = re.compile(
    r"(?<!\{)\{\{ *(?P<what>\$labels\.(?P<label>[A-Za-z_][A-Za-z0-9_]*)|\$value)"
    r"(?P<functions>(?: *\| *[A-Za-z0-9]+)*) *\}\}"
)
_NAME = re.compile(r"[A-Za-z0-9]+")
_QUERY = re.compile(r"\bquery\b")
_OF_ONE = frozenset(
    name for name, (least, most) in PROMETHEUS.items() if least <= 1 <= most and name not in _ASKING
)
"""Functions that take only the text or number before `|`, and print it."""


@value_object
class LabelUse:
    """A label that is read; `asked` when the template tests first whether it exists."""

    name: str
    span: Span
    asked: bool


@value_object
class ValueUse:
    """An action that prints the value; `functions` are those that its way to the text leads through."""

    span: Span
    """Of the value itself."""
    action: Span
    """From brace to brace."""
    functions: tuple[str, ...]


@value_object
class WrongField:
    """A field that the data does not have: Prometheus writes an error instead of the text."""

    name: str
    owner: str
    """The value that was asked for the field, such as `$value`; empty for the data itself."""
    span: Span


@value_object
class WrongCall:
    """A function call with too few or too many arguments; a label or the value takes none at all."""

    name: str
    given: int
    least: int
    most: int
    span: Span


@value_object
class QueryUse:
    """A query that the template runs, and the labels of its result that are then read."""

    text: str
    span: Span
    """With the quotes."""
    labels: tuple[tuple[str, Span], ...] = ()


@value_object
class Format:
    """`printf` with a format in clear; of each argument it tells what it is, where that is known."""

    text: str
    span: Span
    """With the quotes."""
    arguments: tuple[Literal["number", "text"] | None, ...]


@value_object
class TemplateReads:
    """All that a template reads, in the order of the text."""

    labels: tuple[LabelUse, ...]
    values: tuple[ValueUse, ...]
    mentions_value: bool
    """Whether the value is read at all, if only in a condition."""
    fields: tuple[WrongField, ...]
    calls: tuple[WrongCall, ...]
    queries: tuple[QueryUse, ...]
    formats: tuple[Format, ...]
    external: tuple[LabelUse, ...]
    """The labels of the server that are read."""


def queries_named(text: str) -> int:
    """How often a template names the function `query`; `urlquery` is another one."""
    return len(_QUERY.findall(text)) if "query" in text else 0


@lru_cache(maxsize=16384)
def reads(text: str) -> TemplateReads:
    """What the template of a label or an annotation reads; LangError when Prometheus cannot parse it."""
    return _plainly(text) or _read(text)


def template_alone(text: str) -> str:
    """A text that reads the same, without the words around the actions where those are plain; empty of none.

    Plain are actions that print a label or the value.
    """
    if "{{" not in text:
        return ""
    actions = [found[0] for found in _PLAIN.finditer(text)]
    return text if len(actions) < text.count("{{") else "".join(actions)


def _plainly(text: str) -> TemplateReads | None:
    """The same where each action prints a label or the value, as in most texts; None for all others."""
    actions = list(_PLAIN.finditer(text))
    if len(actions) < text.count("{{"):
        return None
    labels: list[LabelUse] = []
    values: list[ValueUse] = []
    for action in actions:
        functions = tuple(_NAME.findall(action["functions"]))
        if not _OF_ONE.issuperset(functions):
            return None
        if action["label"] is not None:
            labels.append(LabelUse(action["label"], action.span("what"), False))
        else:
            values.append(ValueUse(action.span("what"), action.span(), functions))
    return TemplateReads(tuple(labels), tuple(values), bool(values), (), (), (), (), ())


def _read(text: str) -> TemplateReads:
    reader = _Reader()
    reader.nodes(parse_template(text, FUNCTIONS, VARIABLES), _Scope(_Kind.DATA, dict(_START)))
    return TemplateReads(
        tuple(reader.labels),
        tuple(reader.values),
        reader.mentions_value,
        tuple(reader.fields),
        tuple(reader.calls),
        tuple(reader.queries),
        tuple(reader.formats),
        tuple(reader.external),
    )


class _Kind(Enum):
    DATA = auto()
    LABELS = auto()
    OTHER_LABELS = auto()
    VALUE = auto()
    TEXT = auto()
    UNKNOWN = auto()


_START = {
    "$": _Kind.DATA,
    "$labels": _Kind.LABELS,
    "$externalLabels": _Kind.OTHER_LABELS,
    "$externalURL": _Kind.TEXT,
    "$value": _Kind.VALUE,
}
_OF_DATA = {
    "Labels": _Kind.LABELS,
    "ExternalLabels": _Kind.OTHER_LABELS,
    "ExternalURL": _Kind.TEXT,
    "Value": _Kind.VALUE,
}


@value_object
class _Scope:
    dot: _Kind
    variables: dict[str, _Kind]
    asked: frozenset[str] = field(default=frozenset())
    asking: bool = False

    def inside(self, dot: _Kind, asked: frozenset[str], declared: Mapping[str, _Kind]) -> _Scope:
        return _Scope(dot, {**self.variables, **declared}, self.asked | asked)


class _Reader:
    def __init__(self) -> None:
        self.labels: list[LabelUse] = []
        self.external: list[LabelUse] = []
        self.values: list[ValueUse] = []
        self.mentions_value = False
        self.fields: list[WrongField] = []
        self.calls: list[WrongCall] = []
        self.queries: list[QueryUse] = []
        self.formats: list[Format] = []

    def nodes(self, nodes: Sequence[Node], scope: _Scope) -> None:
        for node in nodes:
            match node:
                case Action():
                    kind = self.pipeline(node.pipeline, scope)
                    if node.pipeline.variables:
                        scope.variables.update(_declared(node.pipeline, kind))
                    else:
                        self._printed(node, scope)
                case Control():
                    self._control(node, scope)
                case Invocation(pipeline=Pipeline() as pipeline):
                    self.pipeline(pipeline, scope)
                case Definition():
                    self.nodes(node.body, _Scope(_Kind.UNKNOWN, {}))

    def _control(self, node: Control, scope: _Scope) -> None:
        for link in node.chain():
            before = len(self.labels)
            asking = _Scope(scope.dot, scope.variables, scope.asked, link.word != "range")
            kind = self.pipeline(link.pipeline, asking)
            asked = frozenset(use.name for use in self.labels[before:])
            declared = _declared(link.pipeline, _Kind.UNKNOWN if link.word == "range" else kind)
            dot = {"if": scope.dot, "with": kind, "range": _Kind.UNKNOWN}[link.word]
            self.nodes(link.body, scope.inside(dot, asked, declared))
            scope = scope.inside(scope.dot, asked, declared)
        self.nodes(link.otherwise, scope)

    def pipeline(self, pipeline: Pipeline, scope: _Scope) -> _Kind:
        """The kind of value that the pipeline yields; everything that it reads is noted."""
        kind = _Kind.UNKNOWN
        for number, command in enumerate(pipeline.commands):
            given = None if number == 0 else kind
            kind = self._command(command, scope, given)
        self._query(pipeline)
        return kind

    def _command(self, command: Command, scope: _Scope, piped: _Kind | None) -> _Kind:
        first = command.operands[0]
        if not isinstance(first, Function):
            kinds = [self._operand(operand, scope) for operand in command.operands]
            given = len(kinds) - 1 + (piped is not None)
            if given and isinstance(first, Variable | Field) and kinds[0] is not _Kind.UNKNOWN:
                name = ".".join((first.name if isinstance(first, Variable) else "", *first.names))
                self.calls.append(WrongCall(name, given, 0, 0, first.span))
            return kinds[0]
        if first.name in _ASKING:
            scope = _Scope(scope.dot, scope.variables, scope.asked, asking=True)
        kinds = [self._operand(operand, scope) for operand in command.operands[1:]]
        given = len(kinds) + (piped is not None)
        least, most = PROMETHEUS[first.name]
        if not least <= given <= most:
            self.calls.append(WrongCall(first.name, given, least, most, first.span))
        if first.name == "index" and len(command.operands) == 3:
            key = command.operands[2]
            if isinstance(key, String) and kinds[0] in (_Kind.LABELS, _Kind.OTHER_LABELS):
                span = (command.span[0], key.span[1])
                uses = self.labels if kinds[0] is _Kind.LABELS else self.external
                uses.append(LabelUse(key.value, span, scope.asking or key.value in scope.asked))
            return _Kind.TEXT if kinds[0] in (_Kind.LABELS, _Kind.OTHER_LABELS) else _Kind.UNKNOWN
        if first.name == "printf" and len(command.operands) > 1:
            form = command.operands[1]
            if isinstance(form, String):
                rest = [*kinds[1:], *([] if piped is None else [piped])]
                self.formats.append(Format(form.value, form.span, tuple(map(_printable, rest))))
        return _Kind.UNKNOWN

    def _operand(self, operand: Operand, scope: _Scope) -> _Kind:
        match operand:
            case Pipeline():
                return self.pipeline(operand, scope)
            case Field():
                return self._fields(scope.dot, operand.names, operand.span, "", scope)
            case Variable():
                kind = scope.variables.get(operand.name, _Kind.UNKNOWN)
                owner = "" if operand.name == "$" else operand.name
                return self._fields(kind, operand.names, operand.span, owner, scope)
            case Chain():
                self._operand(operand.of, scope)
                return _Kind.UNKNOWN
            case Function():
                least, most = PROMETHEUS[operand.name]
                if least > 0:
                    self.calls.append(WrongCall(operand.name, 0, least, most, operand.span))
                return _Kind.UNKNOWN
            case String():
                return _Kind.TEXT
            case _:
                return _Kind.UNKNOWN

    def _fields(self, kind: _Kind, names: tuple[str, ...], span: Span, owner: str, scope: _Scope) -> _Kind:
        for name in names:
            match kind:
                case _Kind.DATA if name in _OF_DATA:
                    kind = _OF_DATA[name]
                case _Kind.DATA | _Kind.VALUE | _Kind.TEXT:
                    self.fields.append(WrongField(name, owner, span))
                    return _Kind.UNKNOWN
                case _Kind.LABELS:
                    self.labels.append(LabelUse(name, span, scope.asking or name in scope.asked))
                    kind = _Kind.TEXT
                case _Kind.OTHER_LABELS:
                    self.external.append(LabelUse(name, span, scope.asking))
                    kind = _Kind.TEXT
                case _:
                    return _Kind.UNKNOWN
            owner = f"{owner}.{name}"
        if kind is _Kind.VALUE:
            self.mentions_value = True
        return kind

    def _printed(self, node: Action, scope: _Scope) -> None:
        functions = tuple(_functions(node.pipeline))
        if _ASKING & set(functions):
            return
        for operand in _operands(node.pipeline):
            if isinstance(operand, Variable):
                kind, names = scope.variables.get(operand.name, _Kind.UNKNOWN), operand.names
            elif isinstance(operand, Field):
                kind, names = scope.dot, operand.names
            else:
                continue
            if (kind is _Kind.VALUE and not names) or (kind is _Kind.DATA and names == ("Value",)):
                self.values.append(ValueUse(operand.span, node.span, functions))

    def _query(self, pipeline: Pipeline) -> None:
        """`query "…"`, with the labels that `label "x"` or `.Labels.x` reads of its first series."""
        first = pipeline.commands[0].operands
        if not (isinstance(first[0], Function) and first[0].name == "query" and len(first) > 1):
            return
        text = first[1]
        if not isinstance(text, String):
            return
        labels: list[tuple[str, Span]] = []
        for command in pipeline.commands[1:]:
            operands = command.operands
            if isinstance(operands[0], Function) and operands[0].name == "label" and len(operands) == 2:
                name = operands[1]
                if isinstance(name, String):
                    labels.append((name.value, name.span))
        self.queries.append(QueryUse(text.value, text.span, tuple(labels)))


def _printable(kind: _Kind) -> Literal["number", "text"] | None:
    if kind is _Kind.VALUE:
        return "number"
    return "text" if kind is _Kind.TEXT else None


def _declared(pipeline: Pipeline, kind: _Kind) -> dict[str, _Kind]:
    return dict.fromkeys(pipeline.variables, kind if len(pipeline.variables) == 1 else _Kind.UNKNOWN)


def _operands(pipeline: Pipeline) -> list[Operand]:
    found: list[Operand] = []
    for command in pipeline.commands:
        for operand in command.operands:
            found += _operands(operand) if isinstance(operand, Pipeline) else [operand]
    return found


def _functions(pipeline: Pipeline) -> list[str]:
    return [operand.name for operand in _operands(pipeline) if isinstance(operand, Function)]
