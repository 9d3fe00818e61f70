"""Why Go breaks off a template of a notification: fields, arguments and operands of a wrong type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.frozen import frozen
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
    Signature,
    Type,
)
from tocsin.lang.regexes import check_regex
from tocsin.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.lang.gotemplate.ast import Operand, Span

_VALUES = frozenset({"Value", "Values", "ValueString"})
_KINDS = {
    **dict.fromkeys(TEXTS | {Type.HTML}, "string"),
    **dict.fromkeys(INTEGERS, "integer"),
    Type.BYTE: "integer",
    Type.FLOAT: "float",
    Type.BOOL: "bool",
}
_NEVER_EQUAL = frozenset({*MAPS, *ELEMENTS, Type.DICT, Type.ALERT})


@frozen
class Fault:
    """Why the execution of a template breaks off."""

    message: str
    span: Span
    help: str | None = None


@frozen
class Given:
    """An argument: its type, and the operand where it is written as one instead of piped."""

    type: Type
    span: Span
    operand: Operand | None = None


def wrong_field(owner: Type, names: Sequence[str], span: Span, root: Type) -> Fault:
    """The first of these names is not a field of the owner; `root` is the type of `$`."""
    name = names[0]
    rest = "".join(f".{one}" for one in names)
    if owner is Type.DATA and name in FIELDS[Type.ALERT]:
        common = {"Labels": "CommonLabels", "Annotations": "CommonAnnotations"}.get(name)
        inside = f"`{rest}` inside `{{{{ range .Alerts }}}}`"
        read = (
            f"read {inside}"
            if common is None
            else f"read `.{common}{rest.removeprefix(f'.{name}')}`, or {inside}"
        )
        return Fault(f"a notification has no field `{name}`: its alerts have it", span, read)
    if owner is Type.ALERT and name in FIELDS[Type.DATA]:
        said = f"write `${rest}`" if root is Type.DATA else "give the template the whole notification"
        return Fault(f"an alert has no field `{name}`: the notification has it", span, said)
    message = f"{owner.value} has no field `{name}`"
    if owner in (Type.DATA, Type.ALERT) and name in _VALUES:
        read = "CommonAnnotations" if owner is Type.DATA else "Annotations"
        return Fault(
            f"{message}: Alertmanager does not know the value of an alert",
            span,
            f"give the rule an annotation `value` with `{{{{ $value }}}}`, and read `.{read}.value`",
        )
    if owner in (Type.ALERTS, Type.ALERT_LIST):
        near = did_you_mean(name, METHODS[Type.ALERTS]) if owner is Type.ALERTS else None
        if name in FIELDS[Type.ALERT]:
            near = f"read `{rest}` inside a `range` over the alerts"
        elif near is None and name in METHODS[Type.ALERTS]:
            near = "they were selected already: take it away"
        elif near is None and name == "Active":
            near = "write `.Firing`"
        return Fault(message, span, near)
    if owner is Type.TIME and name in SEVERAL_RESULTS:
        return Fault(
            f"a template cannot call `{name}`, which gives several values", span, 'use `.Format "15:04"`'
        )
    known = (*FIELDS.get(owner, ()), *METHODS.get(owner, ()))
    help_ = did_you_mean(name, known)
    if help_ is None and known:
        listed = ", ".join(f"`.{one}`" for one in known[:8])
        help_ = f"it has {listed}" if len(known) <= 8 else None
    return Fault(message, span, help_)


def wrong_arguments(name: str, signature: Signature, given: Sequence[Given], span: Span) -> Fault | None:
    """The first argument that a function or method does not take."""
    least = len(signature.parameters)
    if len(given) < least or (signature.rest is None and len(given) > least):
        wanted = f"{'' if signature.rest is None else 'at least '}{least or 'no'}"
        noun = "argument" if least == 1 else "arguments"
        return Fault(f"`{name}` takes {wanted} {noun}, and is given {len(given)}", span)
    for number, one in enumerate(given):
        expected = signature.parameters[number] if number < least else signature.rest
        assert expected is not None
        if not _taken(one, expected):
            return Fault(f"`{name}` takes {expected.value} here, and is given {_said(one)}", one.span)
    return None


def wrong_operands(name: str, given: Sequence[Given], span: Span) -> Fault | None:
    """Why one of Go's functions fails with operands of these types, of which there are enough."""
    first = given[0].type if given else Type.UNKNOWN
    if name == "len" and first is not Type.UNKNOWN and not _has_length(first):
        return Fault(f"{_said(given[0])} has no length", span)
    if name == "slice":
        if first is not Type.UNKNOWN and first not in ELEMENTS and _KINDS.get(first) != "string":
            return Fault(f"{_said(given[0])} cannot be sliced", span)
        return next((_not_integer(one) for one in given[1:] if not _is_integer(one.type)), None)
    if name == "call" and first is not Type.UNKNOWN:
        return Fault(f"{_said(given[0])} is not a function", span)
    if name in ("eq", "ne", "lt", "le", "gt", "ge"):
        return _wrong_comparison(name, given, span)
    if name == "humanizeDuration" and first not in (*TEXTS, Type.UNKNOWN) and first not in _NUMBERS:
        return Fault(f"`humanizeDuration` takes a number of seconds, and is given {_said(given[0])}", span)
    if name == "dict":
        if len(given) % 2:
            return Fault("`dict` takes pairs of a name and a value", span)
        return next(
            (
                Fault(f"the names of a `dict` are strings, and this is {_said(one)}", one.span)
                for one in given[::2]
                if one.type not in (*TEXTS, Type.UNKNOWN)
            ),
            None,
        )
    if name in ("match", "reReplaceAll") and isinstance(given[0].operand, String):
        try:
            check_regex(given[0].operand.value, given[0].span)
        except LangError as error:
            return Fault(f"the regular expression is not valid: {error.reason}", given[0].span, error.help)
    return None


_NUMBERS = frozenset({*INTEGERS, Type.BYTE, Type.FLOAT})


def indexed(given: Sequence[Given]) -> Type | Fault:
    """The type of `index` with these operands, or why it fails."""
    kind = given[0].type
    if kind is Type.NOTHING:
        return Fault("`index` is given nothing to look into", given[0].span)
    for key in given[1:]:
        if kind in MAPS or kind is Type.DICT:
            if key.type not in (*TEXTS, Type.UNKNOWN):
                return Fault(f"a label's name is a string, and this is {_said(key)}", key.span)
            kind = Type.UNKNOWN if kind is Type.DICT else Type.STRING
        elif kind in ELEMENTS or _KINDS.get(kind) == "string":
            if not _is_integer(key.type):
                return _not_integer(key)
            kind = ELEMENTS.get(kind, Type.BYTE)
        elif kind is not Type.UNKNOWN:
            return Fault(f"{kind.value} has no items", given[0].span)
    return kind


def wrong_range(kind: Type, variables: int, span: Span) -> Fault | None:
    """Why `range` cannot go through a value of the type."""
    if kind in INTEGERS or kind is Type.BYTE:
        return Fault("a number gives `range` one variable only", span) if variables > 1 else None
    if kind in ELEMENTS or kind in MAPS or kind in (Type.DICT, Type.UNKNOWN, Type.NOTHING):
        return None
    help_ = "write `range .Alerts`" if kind in (Type.DATA, Type.ALERT) else None
    return Fault(f"`range` goes through a list, and is given {kind.value}", span, help_)


def _wrong_comparison(name: str, given: Sequence[Given], span: Span) -> Fault | None:
    first = given[0]
    if len(given) == 1:
        return Fault(f"`{name}` has nothing to compare with", span)
    if Type.UNKNOWN in (one.type for one in given):
        return None
    kind = _KINDS.get(first.type)
    if name not in ("eq", "ne"):
        for one in given:
            if _KINDS.get(one.type, "bool") == "bool":
                return Fault(f"`{name}` compares numbers or strings, and is given {_said(one)}", one.span)
    for one in given[1:]:
        if Type.NOTHING in (first.type, one.type):
            continue
        if _KINDS.get(one.type) != kind:
            other = f"{_said(first)} cannot be compared with {_said(one)}"
            help_ = None
            if isinstance(one.operand, Constant) and kind == "string":
                help_ = f'write "{one.operand.text}"'
            return Fault(other, span, help_)
        if kind is None and (first.type in _NEVER_EQUAL or one.type in _NEVER_EQUAL):
            return Fault(f"{first.type.value} cannot be compared", span)
    return None


def _taken(one: Given, expected: Type) -> bool:
    """Whether a parameter of the type takes the argument."""
    if expected is Type.UNKNOWN or (one.type is Type.UNKNOWN and not isinstance(one.operand, Constant)):
        return True
    if one.type is Type.NOTHING:
        return expected in NULLABLE
    if isinstance(one.operand, Constant) and one.operand.kind == "number":
        return expected in INTEGERS and (one.type is Type.INT or _is_whole(one.operand.text))
    if expected is Type.STRING:
        return one.type in TEXTS
    return one.type is expected


def _is_whole(number: str) -> bool:
    try:
        return float(number.replace("_", "")).is_integer()
    except ValueError:
        return True


def _has_length(kind: Type) -> bool:
    return kind in ELEMENTS or kind in MAPS or kind is Type.DICT or _KINDS.get(kind) == "string"


def _is_integer(kind: Type) -> bool:
    return kind is Type.UNKNOWN or _KINDS.get(kind) == "integer"


def _not_integer(one: Given) -> Fault:
    return Fault(f"an item is selected by its number, and this is {_said(one)}", one.span)


def _said(one: Given) -> str:
    return "`nil`" if one.type is Type.NOTHING and one.operand is not None else one.type.value
