"""Why Go breaks off a template of a notification: fields, arguments and operands of a wrong type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.ast import Constant, String
from tocsin.lang.gotemplate.notification_types import (
    ELEMENTS,
    FIELDS,
    INTEGERS,
    MAPS,
    METHODS,
    NULLABLE,
    SEVERAL_RESULTS,
    TEXTS,
    GoSignature,
    GoType,
)
from tocsin.lang.gotemplate.sprig import of_sprig
from tocsin.lang.regexes import check_regex
from tocsin.text.suggest import did_you_mean
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.gotemplate.ast import Operand, Span

_VALUES = frozenset({"Value", "Values", "ValueString"})
_KINDS = {
    **dict.fromkeys(TEXTS | {GoType.HTML}, "string"),
    **dict.fromkeys(INTEGERS, "integer"),
    GoType.BYTE: "integer",
    GoType.FLOAT: "float",
    GoType.BOOL: "bool",
}
_NEVER_EQUAL = frozenset({*MAPS, *ELEMENTS, GoType.DICT, GoType.ALERT})


@value_object
class TemplateFault:
    """Why the execution of a template breaks off."""

    message: str
    span: Span
    help: str | None = None


@value_object
class Given:
    """An argument: its type, and the operand where it is written as one instead of piped."""

    type: GoType
    span: Span
    operand: Operand | None = None


def wrong_field(owner: GoType, names: Sequence[str], span: Span, root: GoType) -> TemplateFault:
    """The first of these names is not a field of the owner; `root` is the type of `$`."""
    name = names[0]
    rest = "".join(f".{one}" for one in names)
    if owner is GoType.DATA and name in FIELDS[GoType.ALERT]:
        common = {"Labels": "CommonLabels", "Annotations": "CommonAnnotations"}.get(name)
        inside = f"`{rest}` inside `{{{{ range .Alerts }}}}`"
        read = (
            f"read {inside}"
            if common is None
            else f"read `.{common}{rest.removeprefix(f'.{name}')}`, or {inside}"
        )
        return TemplateFault(f"a notification has no field `{name}`: its alerts have it", span, read)
    if owner is GoType.ALERT and name in FIELDS[GoType.DATA]:
        said = f"write `${rest}`" if root is GoType.DATA else "give the template the whole notification"
        return TemplateFault(f"an alert has no field `{name}`: the notification has it", span, said)
    message = f"{owner.value} has no field `{name}`"
    if name == "Env":
        return TemplateFault(message, span, of_sprig("env"))
    if owner in (GoType.DATA, GoType.ALERT) and name in _VALUES:
        read = "CommonAnnotations" if owner is GoType.DATA else "Annotations"
        return TemplateFault(
            f"{message}: Alertmanager does not know the value of an alert",
            span,
            f"give the rule an annotation `value` with `{{{{ $value }}}}`, and read `.{read}.value`",
        )
    if owner in (GoType.ALERTS, GoType.ALERT_LIST):
        near = did_you_mean(name, METHODS[GoType.ALERTS]) if owner is GoType.ALERTS else None
        if name in FIELDS[GoType.ALERT]:
            near = f"read `{rest}` inside a `range` over the alerts"
        elif near is None and name in METHODS[GoType.ALERTS]:
            near = "they were selected already: remove it"
        elif near is None and name == "Active":
            near = "write `.Firing`"
        return TemplateFault(message, span, near)
    if owner is GoType.TIME and name in SEVERAL_RESULTS:
        return TemplateFault(
            f"a template cannot call `{name}`, which gives several values", span, 'use `.Format "15:04"`'
        )
    known = (*FIELDS.get(owner, ()), *METHODS.get(owner, ()))
    help_ = did_you_mean(name, known)
    if help_ is None and owner is not root and name in FIELDS.get(root, {}):
        return TemplateFault(message, span, f"write `${rest}`, which is of {root.value}")
    if help_ is None and known:
        listed = ", ".join(f"`.{one}`" for one in known[:8])
        help_ = f"it has {listed}" if len(known) <= 8 else None
    return TemplateFault(message, span, help_)


def wrong_arguments(
    name: str, signature: GoSignature, given: Sequence[Given], span: Span
) -> TemplateFault | None:
    """The first argument that a function or method does not take."""
    least = len(signature.parameters)
    if len(given) < least or (signature.rest is None and len(given) > least):
        wanted = f"{'' if signature.rest is None else 'at least '}{least or 'no'}"
        noun = "argument" if least == 1 else "arguments"
        return TemplateFault(f"`{name}` takes {wanted} {noun}, and is given {len(given)}", span)
    for number, one in enumerate(given):
        expected = signature.parameters[number] if number < least else signature.rest
        assert expected is not None
        if not _taken(one, expected):
            return TemplateFault(f"`{name}` takes {expected.value} here, and is given {_said(one)}", one.span)
    return None


def wrong_operands(name: str, given: Sequence[Given], span: Span) -> TemplateFault | None:
    """Why one of Go's functions fails with operands of these types, of which there are enough."""
    first = given[0].type if given else GoType.UNKNOWN
    if name == "len" and first is not GoType.UNKNOWN and not _has_length(first):
        return TemplateFault(f"{_said(given[0])} has no length", span)
    if name == "slice":
        if first is not GoType.UNKNOWN and first not in ELEMENTS and _KINDS.get(first) != "string":
            return TemplateFault(f"{_said(given[0])} cannot be sliced", span)
        return next((_not_integer(one) for one in given[1:] if not _is_integer(one.type)), None)
    if name == "call" and first is not GoType.UNKNOWN:
        return TemplateFault(f"{_said(given[0])} is not a function", span)
    if name in ("eq", "ne", "lt", "le", "gt", "ge"):
        return _wrong_comparison(name, given, span)
    if name == "humanizeDuration" and first not in (*TEXTS, GoType.UNKNOWN) and first not in _NUMBERS:
        return TemplateFault(
            f"`humanizeDuration` takes a number of seconds, and is given {_said(given[0])}", span
        )
    if name == "dict":
        if len(given) % 2:
            return TemplateFault("`dict` takes pairs of a name and a value", span)
        return next(
            (
                TemplateFault(f"the names of a `dict` are strings, and this is {_said(one)}", one.span)
                for one in given[::2]
                if one.type not in (*TEXTS, GoType.UNKNOWN)
            ),
            None,
        )
    if name in ("match", "reReplaceAll") and isinstance(given[0].operand, String):
        try:
            check_regex(given[0].operand.value, given[0].span)
        except LangError as error:
            return TemplateFault(
                f"the regular expression is not valid: {error.reason}", given[0].span, error.help
            )
    return None


_NUMBERS = frozenset({*INTEGERS, GoType.BYTE, GoType.FLOAT})


def index_type(given: Sequence[Given]) -> GoType | TemplateFault:
    """The type of `index` with these operands, or why it fails."""
    kind = given[0].type
    if kind is GoType.NOTHING:
        return TemplateFault("`index` is given nothing to look into", given[0].span)
    for key in given[1:]:
        if kind in MAPS or kind is GoType.DICT:
            if key.type not in (*TEXTS, GoType.UNKNOWN):
                return TemplateFault(f"a label's name is a string, and this is {_said(key)}", key.span)
            kind = GoType.UNKNOWN if kind is GoType.DICT else GoType.STRING
        elif kind in ELEMENTS or _KINDS.get(kind) == "string":
            if not _is_integer(key.type):
                return _not_integer(key)
            kind = ELEMENTS.get(kind, GoType.BYTE)
        elif kind is not GoType.UNKNOWN:
            return TemplateFault(f"{kind.value} has no items", given[0].span)
    return kind


def wrong_range(kind: GoType, variables: int, span: Span) -> TemplateFault | None:
    """Why `range` cannot go through a value of the type."""
    if kind in INTEGERS or kind is GoType.BYTE:
        return TemplateFault("a number gives `range` one variable only", span) if variables > 1 else None
    if kind in ELEMENTS or kind in MAPS or kind in (GoType.DICT, GoType.UNKNOWN, GoType.NOTHING):
        return None
    help_ = "write `range .Alerts`" if kind in (GoType.DATA, GoType.ALERT) else None
    return TemplateFault(f"`range` goes through a list, and is given {kind.value}", span, help_)


def _wrong_comparison(name: str, given: Sequence[Given], span: Span) -> TemplateFault | None:
    first = given[0]
    if len(given) == 1:
        return TemplateFault(f"`{name}` has nothing to compare with", span)
    if GoType.UNKNOWN in (one.type for one in given):
        return None
    kind = _KINDS.get(first.type)
    if name not in ("eq", "ne"):
        for one in given:
            if _KINDS.get(one.type, "bool") == "bool":
                return TemplateFault(
                    f"`{name}` compares numbers or strings, and is given {_said(one)}", one.span
                )
    for one in given[1:]:
        if GoType.NOTHING in (first.type, one.type):
            continue
        if _KINDS.get(one.type) != kind:
            other = f"{_said(first)} cannot be compared with {_said(one)}"
            help_ = None
            if isinstance(one.operand, Constant) and kind == "string":
                help_ = f'write "{one.operand.text}"'
            return TemplateFault(other, span, help_)
        if kind is None and (first.type in _NEVER_EQUAL or one.type in _NEVER_EQUAL):
            return TemplateFault(f"{first.type.value} cannot be compared", span)
    return None


def _taken(one: Given, expected: GoType) -> bool:
    """Whether a parameter of the type takes the argument."""
    if expected is GoType.UNKNOWN or (one.type is GoType.UNKNOWN and not isinstance(one.operand, Constant)):
        return True
    if one.type is GoType.NOTHING:
        return expected in NULLABLE
    if isinstance(one.operand, Constant) and one.operand.kind == "number":
        return expected in INTEGERS and (one.type is GoType.INT or _is_whole(one.operand.text))
    if expected is GoType.STRING:
        return one.type in TEXTS
    return one.type is expected


def _is_whole(number: str) -> bool:
    try:
        return float(number.replace("_", "")).is_integer()
    except ValueError:
        return True


def _has_length(kind: GoType) -> bool:
    return kind in ELEMENTS or kind in MAPS or kind is GoType.DICT or _KINDS.get(kind) == "string"


def _is_integer(kind: GoType) -> bool:
    return kind is GoType.UNKNOWN or _KINDS.get(kind) == "integer"


def _not_integer(one: Given) -> TemplateFault:
    return TemplateFault(f"an item is selected by its number, and this is {_said(one)}", one.span)


def _said(one: Given) -> str:
    return "`nil`" if one.type is GoType.NOTHING and one.operand is not None else one.type.value
