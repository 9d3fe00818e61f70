"""Alertmanager's matchers, such as `severity="critical"`: read, written and applied to labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, cast

from tocsin.lang.errors import LangError
from tocsin.lang.names import is_label_name
from tocsin.lang.regexes import check_regex, matches_whole
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

Operator = Literal["=", "!=", "=~", "!~"]

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_SHAPE = re.compile(
    rf"""\s*(?P<name>{_QUOTED}|[^\s{{}}!=~,\\"'`]+)
         \s*(?P<op>=~|!=|!~|=)
         \s*(?P<value>{_QUOTED}|.*?)\s*""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}
_EXAMPLE = 'write for example `severity="critical"` or `team=~"a|b"`'


@value_object
class Matcher:
    """A condition on one label; a label that is missing counts as an empty one."""

    name: str
    op: Operator
    value: str

    def text(self) -> str:
        """The matcher in its canonical writing, with the value in quotes."""
        name = self.name if is_label_name(self.name) else _quote(self.name)
        return f"{name}{self.op}{_quote(self.value)}"

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether labels satisfy the matcher; a regular expression has to match the whole value."""
        value = labels.get(self.name, "")
        if self.op == "=":
            return value == self.value
        if self.op == "!=":
            return value != self.value
        return matches_whole(self.value, value, dot_is_any=False) == (self.op == "=~")


def parse_matcher(text: str) -> Matcher:
    """Read one matcher; the value may stand without quotes, a name with other signs stands in them."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        raise _shapeless(text)
    raw_name, raw_value = match["name"], match["value"]
    name = _unquote(raw_name)
    if not name:
        raise LangError("the matcher's label has no name", match.span("name"), _EXAMPLE)
    if not raw_value.startswith('"') or not re.fullmatch(_QUOTED, raw_value, re.DOTALL):
        _check_bare(raw_value, match.start("value"))
    op = cast("Operator", match["op"])
    value = _unquote(raw_value)
    if op in ("=~", "!~"):
        check_regex(value, match.span("value"))
    return Matcher(name, op, value)


def _check_bare(value: str, start: int) -> None:
    """A value without quotes must leave no doubt where it ends."""
    if value.startswith("="):
        raise LangError(
            "`==` is not a matcher operator", (start - 1, start + 1), "write `=`", "=", is_safe=True
        )
    bare = _ESCAPE.sub("  ", value)
    for sign, reason, advice in (
        ('"', "the value holds a quotation mark that is not escaped", 'write `\\"` inside the quotes'),
        (",", "a matcher holds one condition only", "make it two matchers, or put the value in quotes"),
        ("{", "the value holds a brace", "put the value in quotes"),
        ("}", "the value holds a brace", "put the value in quotes"),
    ):
        at = bare.find(sign)
        if at >= 0:
            raise LangError(reason, (start + at, start + at + 1), advice)


def _shapeless(text: str) -> LangError:
    span = (0, len(text))
    if not text.strip():
        return LangError("the matcher is empty", span, _EXAMPLE)
    if not re.search(r"[=~]", text):
        return LangError(f"`{text.strip()}` has no operator", span, _EXAMPLE)
    if text.strip().startswith("{"):
        inner = text.strip().strip("{}").strip()
        fix = inner if "," not in inner and _SHAPE.fullmatch(inner) else None
        help_ = f"write `{fix}`" if fix else _EXAMPLE
        return LangError("a matcher stands without braces", span, help_, fix, is_safe=True)
    return LangError(f"`{text.strip()}` is not a valid matcher", span, _EXAMPLE)


def _unquote(text: str) -> str:
    if len(text) > 1 and text.startswith('"') and text.endswith('"'):
        text = text[1:-1]
    # Alertmanager leaves the backslash of an escape that it does not know.
    return _ESCAPE.sub(lambda match: _ESCAPES.get(match[1], match[0]), text)


def _quote(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
