"""What a template of a receiver reads of the notification that Alertmanager gives it.

The names are those of `template.Data` and `template.Alert` in Alertmanager's `template/template.go`.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.frozen import frozen
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
    Pipeline,
    String,
    Variable,
)
from tocsin.lang.gotemplate.functions import GO
from tocsin.lang.gotemplate.parser import parse_template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.lang.gotemplate.ast import Operand, Span

FUNCTIONS = frozenset(GO) | frozenset(
    {"toUpper", "toLower", "title", "trimSpace", "join", "match", "safeHtml", "safeUrl", "urlUnescape"}
    | {"reReplaceAll", "stringSlice", "date", "tz", "since", "humanizeDuration", "toJson"}
    | {"list", "append", "dict"}
)
_ASKING = frozenset({"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "match", "len"})


class Source(Enum):
    """Where a name is looked up."""

    GROUP_LABELS = auto()
    COMMON_LABELS = auto()
    LABELS = auto()
    ANNOTATIONS = auto()


@frozen
class Use:
    """A label or annotation that is printed."""

    source: Source
    name: str
    span: Span


@frozen
class WrongField:
    """A field that the data does not have there; `owner` is what does have it."""

    name: str
    of_alert: bool
    """Whether it is read of one alert, though it belongs to the whole notification."""
    span: Span


@frozen
class Call:
    """A named template that is called, and the data that it is given."""

    name: str
    data: Data
    span: Span


@frozen
class Reads:
    """All that a template reads, in the order of the text."""

    uses: tuple[Use, ...]
    fields: tuple[WrongField, ...]
    calls: tuple[Call, ...]


@frozen
class Defined:
    """A named template that a text defines."""

    name: str
    span: Span
    """Of the name, without its quotes."""
    body: tuple[Node, ...]


class Data(Enum):
    """The data that a template, or a part of it, is given as its dot."""

    DATA = auto()
    ALERT = auto()
    ALERTS = auto()
    GROUP_LABELS = auto()
    COMMON_LABELS = auto()
    LABELS = auto()
    ANNOTATIONS = auto()
    UNKNOWN = auto()


_OF_DATA = {
    "Alerts": Data.ALERTS,
    "GroupLabels": Data.GROUP_LABELS,
    "CommonLabels": Data.COMMON_LABELS,
    "CommonAnnotations": Data.ANNOTATIONS,
}
_OF_ALERT = {"Labels": Data.LABELS, "Annotations": Data.ANNOTATIONS}
_ONLY_DATA = frozenset({*_OF_DATA, "Receiver", "ExternalURL"})
_ONLY_ALERT = frozenset({*_OF_ALERT, "StartsAt", "EndsAt", "GeneratorURL", "Fingerprint"})
_MAPS = {
    Data.GROUP_LABELS: Source.GROUP_LABELS,
    Data.COMMON_LABELS: Source.COMMON_LABELS,
    Data.LABELS: Source.LABELS,
    Data.ANNOTATIONS: Source.ANNOTATIONS,
}
_METHODS = frozenset({"SortedPairs", "Remove", "Names", "Values"})


@lru_cache(maxsize=4096)
def reads(text: str) -> Reads:
    """What the template of a receiver's field reads; LangError when Alertmanager cannot parse it.

    What stands in templates that it defines is read where they are called.
    """
    return body_reads(parse_template(text, FUNCTIONS) if "{{" in text else (), Data.DATA)


def body_reads(body: Sequence[Node], data: Data) -> Reads:
    """What the body of a template reads when it is given such data."""
    reader = _Reader()
    reader.nodes(body, data, {"$": data}, False)
    return Reads(tuple(reader.uses), tuple(reader.fields), tuple(reader.calls))


@lru_cache(maxsize=1024)
def definitions(text: str) -> tuple[Defined, ...]:
    """The templates that a text defines, in its order; LangError when Alertmanager cannot parse it."""
    found: list[Defined] = []
    waiting = list(reversed(parse_template(text, FUNCTIONS))) if "{{" in text else []
    while waiting:
        node = waiting.pop()
        if isinstance(node, Definition):
            start = text.find(node.name, node.span[0])
            span = node.span if start < 0 else (start, start + len(node.name))
            found.append(Defined(node.name, span, node.body))
            waiting += reversed(node.body)
        elif isinstance(node, Control):
            waiting += reversed((*node.body, *node.otherwise))
    return tuple(found)


class _Reader:
    def __init__(self) -> None:
        self.uses: list[Use] = []
        self.fields: list[WrongField] = []
        self.calls: list[Call] = []

    def nodes(self, nodes: Sequence[Node], dot: Data, known: Mapping[str, Data], asked: bool) -> None:
        variables = dict(known)
        for node in nodes:
            match node:
                case Action():
                    kind = self.pipeline(
                        node.pipeline, dot, variables, asked or bool(node.pipeline.variables)
                    )
                    variables.update(_declared(node.pipeline, kind))
                case Control():
                    self._control(node, dot, variables, asked)
                case Invocation():
                    given = Data.UNKNOWN
                    if node.pipeline is not None:
                        given = self.pipeline(node.pipeline, dot, variables, True)
                    self.calls.append(Call(node.name, given, node.span))

    def _control(self, node: Control, dot: Data, variables: Mapping[str, Data], asked: bool) -> None:
        for link in node.chain():
            kind = self.pipeline(link.pipeline, dot, variables, True)
            if link.word == "range":
                kind = Data.ALERT if kind is Data.ALERTS else Data.UNKNOWN
            declared = dict.fromkeys(link.pipeline.variables, Data.UNKNOWN)
            if link.pipeline.variables:
                declared[link.pipeline.variables[-1]] = kind
            inner = dot if link.word == "if" else kind
            # What stands under a condition may be printed only where it is there.
            asked = asked or link.word != "range"
            variables = {**variables, **declared}
            self.nodes(link.body, inner, variables, asked)
        self.nodes(link.otherwise, dot, variables, asked)

    def pipeline(self, pipeline: Pipeline, dot: Data, variables: Mapping[str, Data], asked: bool) -> Data:
        """What kind of thing the pipeline gives, with everything noted that it prints."""
        kind = Data.UNKNOWN
        for command in pipeline.commands:
            kind = self._command(command, dot, variables, asked)
        return kind if len(pipeline.commands) == 1 else Data.UNKNOWN

    def _command(self, command: Command, dot: Data, variables: Mapping[str, Data], asked: bool) -> Data:
        first = command.operands[0]
        if isinstance(first, Function):
            asked = asked or first.name in _ASKING
            kinds = [self._operand(one, dot, variables, asked) for one in command.operands[1:]]
            if first.name == "index" and len(command.operands) == 3:
                key = command.operands[2]
                if isinstance(key, String) and kinds[0] in _MAPS and not asked:
                    self.uses.append(Use(_MAPS[kinds[0]], key.value, key.span))
                if kinds[0] is Data.ALERTS:
                    return Data.ALERT
            return Data.UNKNOWN
        kinds = [self._operand(one, dot, variables, asked) for one in command.operands]
        return kinds[0] if len(kinds) == 1 else Data.UNKNOWN

    def _operand(self, operand: Operand, dot: Data, variables: Mapping[str, Data], asked: bool) -> Data:
        match operand:
            case Pipeline():
                return self.pipeline(operand, dot, variables, asked)
            case Field():
                return self._fields(dot, operand.names, operand.span, asked)
            case Variable():
                kind = variables.get(operand.name, Data.UNKNOWN)
                return self._fields(kind, operand.names, operand.span, asked)
            case Chain():
                return self._fields(
                    self._operand(operand.of, dot, variables, asked), operand.names, operand.span, asked
                )
            case _:
                return Data.UNKNOWN

    def _fields(self, kind: Data, names: tuple[str, ...], span: Span, asked: bool) -> Data:
        for name in names:
            match kind:
                case Data.DATA:
                    if name in _ONLY_ALERT:
                        self.fields.append(WrongField(name, False, span))
                    kind = _OF_DATA.get(name, Data.UNKNOWN)
                case Data.ALERT:
                    if name in _ONLY_DATA:
                        self.fields.append(WrongField(name, True, span))
                    kind = _OF_ALERT.get(name, Data.UNKNOWN)
                case Data.ALERTS:
                    kind = Data.ALERTS if name in ("Firing", "Resolved") else Data.UNKNOWN
                case _ if kind in _MAPS:
                    if name not in _METHODS and not asked:
                        self.uses.append(Use(_MAPS[kind], name, span))
                    return Data.UNKNOWN
                case _:
                    return Data.UNKNOWN
        return kind


def _declared(pipeline: Pipeline, kind: Data) -> dict[str, Data]:
    return dict.fromkeys(pipeline.variables, kind if len(pipeline.variables) == 1 else Data.UNKNOWN)
