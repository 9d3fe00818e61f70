"""What a template of a receiver reads of the notification that Alertmanager gives it.

The names are those of `template.Data` and `template.Alert` in Alertmanager's `template/template.go`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Use:
    """A label or annotation that is printed."""

    source: Source
    name: str
    span: Span


@dataclass(frozen=True, slots=True)
class WrongField:
    """A field that the data does not have there; `owner` is what does have it."""

    name: str
    of_alert: bool
    """Whether it is read of one alert, though it belongs to the whole notification."""
    span: Span


@dataclass(frozen=True, slots=True)
class Reads:
    """All that a template reads, in the order of the text."""

    uses: tuple[Use, ...]
    fields: tuple[WrongField, ...]
    templates: tuple[tuple[str, Span], ...]
    """The named templates that it calls and does not define."""


class _Kind(Enum):
    DATA = auto()
    ALERT = auto()
    ALERTS = auto()
    GROUP_LABELS = auto()
    COMMON_LABELS = auto()
    LABELS = auto()
    ANNOTATIONS = auto()
    UNKNOWN = auto()


_OF_DATA = {
    "Alerts": _Kind.ALERTS,
    "GroupLabels": _Kind.GROUP_LABELS,
    "CommonLabels": _Kind.COMMON_LABELS,
    "CommonAnnotations": _Kind.ANNOTATIONS,
}
_OF_ALERT = {"Labels": _Kind.LABELS, "Annotations": _Kind.ANNOTATIONS}
_ONLY_DATA = frozenset({*_OF_DATA, "Receiver", "ExternalURL"})
_ONLY_ALERT = frozenset({*_OF_ALERT, "StartsAt", "EndsAt", "GeneratorURL", "Fingerprint"})
_MAPS = {
    _Kind.GROUP_LABELS: Source.GROUP_LABELS,
    _Kind.COMMON_LABELS: Source.COMMON_LABELS,
    _Kind.LABELS: Source.LABELS,
    _Kind.ANNOTATIONS: Source.ANNOTATIONS,
}
_METHODS = frozenset({"SortedPairs", "Remove", "Names", "Values"})


@lru_cache(maxsize=4096)
def reads(text: str) -> Reads:
    """What the template of a receiver's field reads; LangError when Alertmanager cannot parse it."""
    reader = _Reader()
    if "{{" in text:
        reader.nodes(parse_template(text, FUNCTIONS), _Kind.DATA, {"$": _Kind.DATA}, False)
    called = tuple(one for one in reader.templates if one[0] not in reader.defined)
    return Reads(tuple(reader.uses), tuple(reader.fields), called)


class _Reader:
    def __init__(self) -> None:
        self.uses: list[Use] = []
        self.fields: list[WrongField] = []
        self.templates: list[tuple[str, Span]] = []
        self.defined: set[str] = set()

    def nodes(self, nodes: Sequence[Node], dot: _Kind, known: Mapping[str, _Kind], asked: bool) -> None:
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
                    self.templates.append((node.name, node.span))
                    if node.pipeline is not None:
                        self.pipeline(node.pipeline, dot, variables, True)
                case Definition():
                    self.defined.add(node.name)
                    self.nodes(node.body, _Kind.UNKNOWN, {}, asked)

    def _control(self, node: Control, dot: _Kind, variables: Mapping[str, _Kind], asked: bool) -> None:
        kind = self.pipeline(node.pipeline, dot, variables, True)
        if node.word == "range":
            kind = _Kind.ALERT if kind is _Kind.ALERTS else _Kind.UNKNOWN
        declared = dict.fromkeys(node.pipeline.variables, _Kind.UNKNOWN)
        if node.pipeline.variables:
            declared[node.pipeline.variables[-1]] = kind
        inner = dot if node.word == "if" else kind
        # What stands under a condition may be printed only where it is there.
        self.nodes(node.body, inner, {**variables, **declared}, asked or node.word != "range")
        self.nodes(node.otherwise, dot, {**variables, **declared}, asked or node.word != "range")

    def pipeline(self, pipeline: Pipeline, dot: _Kind, variables: Mapping[str, _Kind], asked: bool) -> _Kind:
        """What kind of thing the pipeline gives, with everything noted that it prints."""
        kind = _Kind.UNKNOWN
        for command in pipeline.commands:
            kind = self._command(command, dot, variables, asked)
        return kind if len(pipeline.commands) == 1 else _Kind.UNKNOWN

    def _command(self, command: Command, dot: _Kind, variables: Mapping[str, _Kind], asked: bool) -> _Kind:
        first = command.operands[0]
        if isinstance(first, Function):
            asked = asked or first.name in _ASKING
            kinds = [self._operand(one, dot, variables, asked) for one in command.operands[1:]]
            if first.name == "index" and len(command.operands) == 3:
                key = command.operands[2]
                if isinstance(key, String) and kinds[0] in _MAPS and not asked:
                    self.uses.append(Use(_MAPS[kinds[0]], key.value, key.span))
                if kinds[0] is _Kind.ALERTS:
                    return _Kind.ALERT
            return _Kind.UNKNOWN
        kinds = [self._operand(one, dot, variables, asked) for one in command.operands]
        return kinds[0] if len(kinds) == 1 else _Kind.UNKNOWN

    def _operand(self, operand: Operand, dot: _Kind, variables: Mapping[str, _Kind], asked: bool) -> _Kind:
        match operand:
            case Pipeline():
                return self.pipeline(operand, dot, variables, asked)
            case Field():
                return self._fields(dot, operand.names, operand.span, asked)
            case Variable():
                kind = variables.get(operand.name, _Kind.UNKNOWN)
                return self._fields(kind, operand.names, operand.span, asked)
            case Chain():
                return self._fields(
                    self._operand(operand.of, dot, variables, asked), operand.names, operand.span, asked
                )
            case _:
                return _Kind.UNKNOWN

    def _fields(self, kind: _Kind, names: tuple[str, ...], span: Span, asked: bool) -> _Kind:
        for name in names:
            match kind:
                case _Kind.DATA:
                    if name in _ONLY_ALERT:
                        self.fields.append(WrongField(name, False, span))
                    kind = _OF_DATA.get(name, _Kind.UNKNOWN)
                case _Kind.ALERT:
                    if name in _ONLY_DATA:
                        self.fields.append(WrongField(name, True, span))
                    kind = _OF_ALERT.get(name, _Kind.UNKNOWN)
                case _Kind.ALERTS:
                    kind = _Kind.ALERTS if name in ("Firing", "Resolved") else _Kind.UNKNOWN
                case _ if kind in _MAPS:
                    if name not in _METHODS and not asked:
                        self.uses.append(Use(_MAPS[kind], name, span))
                    return _Kind.UNKNOWN
                case _:
                    return _Kind.UNKNOWN
        return kind


def _declared(pipeline: Pipeline, kind: _Kind) -> dict[str, _Kind]:
    return dict.fromkeys(pipeline.variables, kind if len(pipeline.variables) == 1 else _Kind.UNKNOWN)
