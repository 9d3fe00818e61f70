"""What a template of a receiver reads of the notification that Alertmanager gives it.

The names are those of `template.Data` and `template.Alert` in Alertmanager's `template/template.go`.
"""

from __future__ import annotations

from enum import Enum, auto
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.ast import (
    Action,
    Chain,
    Command,
    Constant,
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
from tocsin.lang.gotemplate.functions import PROMETHEUS
from tocsin.lang.gotemplate.notification_faults import (
    Given,
    TemplateFault,
    index_type,
    wrong_arguments,
    wrong_field,
    wrong_operands,
    wrong_range,
)
from tocsin.lang.gotemplate.notification_types import ELEMENTS, FIELDS, MAPS, METHODS, GoType
from tocsin.lang.gotemplate.notification_types import FUNCTIONS as SIGNATURES
from tocsin.lang.gotemplate.parser import parse_template
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.lang.gotemplate.ast import Operand, Span

FUNCTIONS = frozenset(SIGNATURES)
_ASKING = frozenset({"and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "match", "len"})


class Source(Enum):
    """Where a name is looked up."""

    GROUP_LABELS = auto()
    COMMON_LABELS = auto()
    LABELS = auto()
    ANNOTATIONS = auto()
    COMMON_ANNOTATIONS = auto()


@value_object
class Use:
    """A label or annotation that is printed."""

    source: Source
    name: str
    span: Span


@value_object
class Call:
    """A named template that is called, and the data that it is given."""

    name: str
    data: GoType
    dot: GoType
    """The data of the place that calls it."""
    span: Span


@value_object
class StatusComparison:
    """A string that the status of a notification, or of an alert, is compared with."""

    value: str
    span: Span
    is_equal: bool
    """Whether it is compared by `eq`; otherwise by `ne`."""


@value_object
class NotificationReads:
    """All that a template reads, in the order of the text."""

    uses: tuple[Use, ...]
    faults: tuple[TemplateFault, ...]
    calls: tuple[Call, ...]
    blanks: tuple[Span, ...]
    """What Go prints for a nil dot."""
    statuses: tuple[StatusComparison, ...] = ()
    strays: tuple[Use, ...] = ()
    """Labels and annotations with the names of fields of the notification, printed or asked for."""
    fields: frozenset[str] = frozenset()
    """The fields of the notification and its alerts that it reads."""


@value_object
class Defined:
    """A named template that a text defines."""

    name: str
    span: Span
    """Of the name, without its quotes."""
    body: tuple[Node, ...]


_MAPS = {
    GoType.GROUP_LABELS: Source.GROUP_LABELS,
    GoType.COMMON_LABELS: Source.COMMON_LABELS,
    GoType.LABELS: Source.LABELS,
    GoType.ANNOTATIONS: Source.ANNOTATIONS,
    GoType.COMMON_ANNOTATIONS: Source.COMMON_ANNOTATIONS,
}
_OF_NOTIFICATION = frozenset(FIELDS[GoType.DATA]) - {"Status"}
_VARIABLE = regex_on_use(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_OF_RULES = frozenset({"$labels", "$value", "$externalLabels"})
"""Variables that only templates of rules have."""


def parse_notification(text: str) -> tuple[Node, ...]:
    """The tree of a template of notifications; LangError when Alertmanager cannot parse it."""
    try:
        return parse_template(text, FUNCTIONS)
    except LangError as error:
        name = text[slice(*error.span)]
        raise LangError(error.reason, error.span, _help_instead(name) or error.help, error.fix) from None


def _help_instead(name: str) -> str | None:
    """What to write for a name that only the templates of rules know."""
    if name == "$labels":
        return "write `.CommonLabels.name`, or `.Labels.name` inside `{{ range .Alerts }}`"
    if name in _OF_RULES:
        return "Alertmanager does not have it: give the rule an annotation with it, and read the annotation"
    if name.startswith("$"):
        return f"declare it first: `{{{{ {name} := … }}}}`"
    if name in PROMETHEUS:
        return f"Alertmanager does not have it: use `{name}` in an annotation of the rule"
    return None


@lru_cache(maxsize=4096)
def reads(text: str) -> NotificationReads:
    """What the template of a receiver's field reads; LangError when Alertmanager cannot parse it.

    What stands in templates that it defines is read where they are called.
    """
    return body_reads(parse_notification(text) if "{{" in text else (), GoType.DATA)


def body_reads(body: tuple[Node, ...], data: GoType) -> NotificationReads:
    """What the body of a template reads when it is given such data."""
    reader = _Reader(data, _assigned(body))
    reader.nodes(body, data, {"$": data}, False)
    return NotificationReads(
        tuple(reader.uses),
        tuple(reader.faults),
        tuple(reader.calls),
        tuple(reader.blanks),
        tuple(reader.statuses),
        tuple(reader.strays),
        frozenset(reader.fields_read),
    )


@lru_cache(maxsize=1024)
def definitions(text: str) -> tuple[Defined, ...]:
    """The templates that a text defines, in its order; LangError when Alertmanager cannot parse it."""
    found: list[Defined] = []
    waiting = list(reversed(parse_notification(text))) if "{{" in text else []
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


def _assigned(body: Sequence[Node]) -> frozenset[str]:
    """The variables that get another value later, which may be of another type."""
    found: set[str] = set()
    waiting = list(body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, Action | Control) and node.pipeline.assigns:
            found.update(node.pipeline.variables)
        if isinstance(node, Control):
            waiting += (*node.body, *node.otherwise)
    return frozenset(found)


class _Reader:
    """Follows a template as Go executes it, with types in place of values."""

    def __init__(self, root: GoType, assigned: frozenset[str]) -> None:
        self.root = root
        self.assigned = assigned
        self.uses: list[Use] = []
        self.faults: list[TemplateFault] = []
        self.calls: list[Call] = []
        self.blanks: list[Span] = []
        self.statuses: list[StatusComparison] = []
        self.strays: list[Use] = []
        self.fields_read: set[str] = set()

    def nodes(self, nodes: Sequence[Node], dot: GoType, known: Mapping[str, GoType], asked: bool) -> None:
        variables = dict(known)
        for node in nodes:
            match node:
                case Action():
                    quiet = asked or bool(node.pipeline.variables)
                    kind = self.pipeline(node.pipeline, dot, variables, quiet)
                    if kind is GoType.NOTHING and not quiet:
                        self.blanks.append(node.pipeline.span)
                    variables.update(self._declared(node.pipeline, kind))
                case Control():
                    self._control(node, dot, variables, asked)
                case Invocation():
                    given = GoType.NOTHING
                    if node.pipeline is not None:
                        given = self.pipeline(node.pipeline, dot, variables, True)
                    self.calls.append(Call(node.name, given, dot, node.span))

    def _declared(self, pipeline: Pipeline, kind: GoType) -> dict[str, GoType]:
        return {
            name: GoType.UNKNOWN if name in self.assigned or len(pipeline.variables) > 1 else kind
            for name in pipeline.variables
        }

    def _control(self, node: Control, dot: GoType, variables: Mapping[str, GoType], asked: bool) -> None:
        for link in node.chain():
            kind = self.pipeline(link.pipeline, dot, variables, True)
            declared = self._declared(link.pipeline, kind)
            if link.word == "range":
                self._note(wrong_range(kind, len(link.pipeline.variables), link.pipeline.span))
                key = GoType.STRING if kind in MAPS or kind is GoType.DICT else GoType.INT
                kind = _item(kind)
                kinds = (key, kind) if len(link.pipeline.variables) > 1 else (kind,)
                declared = {
                    name: GoType.UNKNOWN if name in self.assigned else one
                    for name, one in zip(link.pipeline.variables, kinds, strict=False)
                }
            elif kind is GoType.NOTHING and link.word == "with":
                kind = GoType.UNKNOWN
            inner = dot if link.word == "if" else kind
            # What stands under a condition may be printed only where it is there.
            asked = asked or link.word != "range"
            variables = {**variables, **declared}
            self.nodes(link.body, inner, variables, asked)
        self.nodes(link.otherwise, dot, variables, asked)

    def _note(self, fault: TemplateFault | None) -> bool:
        if fault is not None:
            self.faults.append(fault)
        return fault is not None

    def pipeline(
        self, pipeline: Pipeline, dot: GoType, variables: Mapping[str, GoType], asked: bool
    ) -> GoType:
        """The type that the pipeline gives, with everything noted that it prints."""
        piped: Given | None = None
        kind = GoType.UNKNOWN
        for command in pipeline.commands:
            before = len(self.faults)
            kind = self._command(command, dot, variables, asked, piped)
            if len(self.faults) > before:
                # One cause is one finding: what follows of it is not known.
                kind = GoType.UNKNOWN
            piped = Given(kind, command.span)
        return kind

    def _command(
        self,
        command: Command,
        dot: GoType,
        variables: Mapping[str, GoType],
        asked: bool,
        piped: Given | None,
    ) -> GoType:
        first, *rest = command.operands
        if isinstance(first, Function):
            asked = asked or first.name in _ASKING
        given = [Given(self._operand(one, dot, variables, asked), one.span, one) for one in rest]
        given += [] if piped is None else [piped]
        if isinstance(first, Function):
            return self._called(first, given, asked)
        if isinstance(first, Constant) and first.kind == "nil":
            self.faults.append(TemplateFault("`nil` cannot be used alone", first.span))
            return GoType.UNKNOWN
        if isinstance(first, Field | Variable | Chain) and first.names:
            owner = self._owner(first, dot, variables, asked)
            return self._fields(owner, first.names, first.span, asked, given)
        kind = self._operand(first, dot, variables, asked)
        if given:
            self.faults.append(
                TemplateFault("only a function takes arguments", first.span, "write a function first")
            )
        return kind

    def _called(self, function: Function, given: list[Given], asked: bool) -> GoType:
        name = function.name
        signature = SIGNATURES[name]
        if self._note(wrong_arguments(name, signature, given, function.span)):
            return GoType.UNKNOWN
        if name == "index":
            key = given[1].operand if len(given) == 2 else None
            source = _MAPS.get(given[0].type)
            if isinstance(key, String) and source is not None and not asked:
                self.uses.append(Use(source, key.value, key.span))
            kind = index_type(given)
            if isinstance(kind, TemplateFault):
                self.faults.append(kind)
                return GoType.UNKNOWN
            return kind
        if self._note(wrong_operands(name, given, function.span)):
            return GoType.UNKNOWN
        if name in ("eq", "ne") and any(one.type is GoType.STATUS for one in given):
            self.statuses += (
                StatusComparison(one.operand.value, one.span, name == "eq")
                for one in given
                if isinstance(one.operand, String)
            )
        if name in ("and", "or"):
            return given[0].type if len({one.type for one in given}) == 1 else GoType.UNKNOWN
        return given[0].type if name == "slice" else signature.result

    def _operand(self, operand: Operand, dot: GoType, variables: Mapping[str, GoType], asked: bool) -> GoType:
        match operand:
            case Pipeline():
                return self.pipeline(operand, dot, variables, asked)
            case Field() | Variable() | Chain():
                return self._fields(
                    self._owner(operand, dot, variables, asked), operand.names, operand.span, asked, ()
                )
            case Function():
                return self._called(operand, [], asked)
            case String():
                return GoType.STRING
            case Constant():
                return _constant(operand)

    def _owner(
        self, operand: Field | Variable | Chain, dot: GoType, variables: Mapping[str, GoType], asked: bool
    ) -> GoType:
        match operand:
            case Field():
                return dot
            case Variable():
                return variables.get(operand.name, GoType.UNKNOWN)
            case _:
                return self._operand(operand.of, dot, variables, asked)

    def _fields(
        self, kind: GoType, names: tuple[str, ...], span: Span, asked: bool, given: Sequence[Given]
    ) -> GoType:
        for number, name in enumerate(names):
            arguments = given if number == len(names) - 1 else ()
            method = METHODS.get(kind, {}).get(name)
            if kind in (GoType.UNKNOWN, GoType.NOTHING):
                return kind
            if method is not None:
                if self._note(wrong_arguments(name, method, arguments, span)):
                    return GoType.UNKNOWN
                kind = method.result
                continue
            if kind in MAPS:
                if kind in _MAPS and not asked:
                    self.uses.append(Use(_MAPS[kind], name, span))
                if kind in _MAPS and name in _OF_NOTIFICATION:
                    self.strays.append(Use(_MAPS[kind], name, span))
                kind = GoType.STRING
            elif kind is GoType.DICT:
                kind = GoType.UNKNOWN
            elif name in FIELDS.get(kind, {}):
                if kind in (GoType.DATA, GoType.ALERT):
                    self.fields_read.add(name)
                kind = FIELDS[kind][name]
            else:
                # Whoever writes `{{ .SLACK_URL }}` has another program put the value there first.
                if not _VARIABLE.fullmatch(name):
                    self.faults.append(wrong_field(kind, names[number:], span, self.root))
                return GoType.UNKNOWN
            if arguments:
                self.faults.append(TemplateFault(f"`{name}` is not a function, and takes no arguments", span))
                return GoType.UNKNOWN
        return kind


def _item(kind: GoType) -> GoType:
    """What `range` gives of a value of the type."""
    if kind in MAPS:
        return GoType.STRING
    return kind if kind is GoType.INT else ELEMENTS.get(kind, GoType.UNKNOWN)


def _constant(constant: Constant) -> GoType:
    if constant.kind == "nil":
        return GoType.NOTHING
    if constant.kind == "bool":
        return GoType.BOOL
    text = constant.text.lower()
    if text.startswith("'") or text.lstrip("+-").startswith("0x"):
        return GoType.INT if "p" not in text else GoType.FLOAT
    return GoType.FLOAT if any(sign in text for sign in ".e") else GoType.INT
