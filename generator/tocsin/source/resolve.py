"""The type of a YAML scalar, by the core schema of YAML 1.2: `no`, `12:30` and `2024-01-01` are text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tocsin.source.node import Value

_PREFIX = "tag:yaml.org,2002:"
_STR = _PREFIX + "str"
COLLECTION_TAGS = {"map": _PREFIX + "map", "seq": _PREFIX + "seq"}

_WORDS: dict[str, Value] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **{sign + word: float("inf") for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{word: float("-inf") for word in ("-.inf", "-.Inf", "-.INF")},
    **{word: float("nan") for word in (".nan", ".NaN", ".NAN")},
}
_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]+)|0o(?P<oct>[0-7]+)|0x(?P<hex>[0-9a-fA-F]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_MAY_START_NUMBER = frozenset("0123456789+-.")
# Python refuses to print an integer of more than 4300 digits, and no file means one.
_MOST_DIGITS = 400


class WrittenFloat(float):
    """A number with the digits that somebody wrote, where a rule would have others."""

    text: str

    def __new__(cls, text: str) -> WrittenFloat:
        """The number that the text says."""
        number = super().__new__(cls, text)
        number.text = text
        return number

    def __getnewargs__(self) -> tuple[str]:  # type: ignore[override]
        """What it is made of again by another process."""
        return (self.text,)


class UnreadableError(ValueError):
    """The scalar is not what its tag says."""


def resolve_scalar(text: str) -> Value:
    """The value of a plain scalar."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _MAY_START_NUMBER or (found := _NUMBER.fullmatch(text)) is None:
        return text
    if found["float"] is not None:
        number = float(text)
        return number if repr(number) == text and not number.is_integer() else WrittenFloat(text)
    if len(text) > _MOST_DIGITS:
        raise UnreadableError(f"the number has more than {_MOST_DIGITS} digits")
    if found["int"] is not None:
        return int(text)
    return int(found["oct"], 8) if found["oct"] is not None else int(found["hex"], 16)


def resolve_tagged(text: str, tag: str) -> Value:
    """The value of a scalar with an explicit tag."""
    if tag in (_STR, "!"):
        return text
    if not tag.startswith(_PREFIX):
        raise UnreadableError(f"the tag `{tag}` has no meaning here")
    kind = tag.removeprefix(_PREFIX)
    value = resolve_scalar(text)
    if kind == "float" and isinstance(value, int) and not isinstance(value, bool):
        return float(text) if _is_decimal(text) else float(value)
    kinds: dict[str, type] = {"int": int, "float": float, "bool": bool, "null": type(None)}
    if kind not in kinds:
        raise UnreadableError(f"the tag `!!{kind}` has no meaning here")
    if type(value) is not kinds[kind] and not (kind == "float" and isinstance(value, WrittenFloat)):
        raise UnreadableError(f"this is not a valid `!!{kind}`")
    return value


def _is_decimal(text: str) -> bool:
    return text.lstrip("+-").isdigit()
