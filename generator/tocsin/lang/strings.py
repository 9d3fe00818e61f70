"""String literals as Go writes them: what they mean, where an escape is wrong, and how to write one."""

from __future__ import annotations

import re

from tocsin.lang.errors import LangError

_SIMPLE = {"a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92}
_ESCAPE = re.compile(
    r"""\\(?:
        x(?P<hex>[0-9a-fA-F]{2})
      | (?P<octal>[0-3][0-7]{2})
      | u(?P<short>[0-9a-fA-F]{4})
      | U(?P<long>[0-9a-fA-F]{8})
      | (?P<simple>.)
    )""",
    re.VERBOSE | re.DOTALL,
)


def unquote_string(literal: str) -> str:
    """The value of a literal in its quotes; a wrong escape is a LangError with the place in the literal."""
    mark, body = literal[0], literal[1:-1]
    if mark == "`":
        return body.replace("\r", "")
    if "\\" not in body:
        return body
    out = bytearray()
    at = 0
    while at < len(body):
        if body[at] != "\\":
            out += body[at].encode("utf-8", "surrogatepass")
            at += 1
            continue
        match = _ESCAPE.match(body, at)
        value = match and _escaped(match, mark)
        if match is None or value is None:
            raise _unknown_escape(body, at)
        out += value
        at = match.end()
    return out.decode("utf-8", "replace")


def quote_string(value: str) -> str:
    """The value as a literal in double quotes."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'


def _escaped(match: re.Match[str], mark: str) -> bytes | None:
    byte = match["hex"] or match["octal"]
    if byte:
        return bytes([int(byte, 16 if match["hex"] else 8)])
    point = match["short"] or match["long"]
    if point:
        code = int(point, 16)
        return chr(code).encode() if code < 0x110000 and not 0xD800 <= code < 0xE000 else None
    simple = match["simple"]
    if simple == mark:
        return mark.encode()
    return bytes([_SIMPLE[simple]]) if simple in _SIMPLE else None


def _unknown_escape(body: str, at: int) -> LangError:
    shown = body[at : at + 2]
    return LangError(
        f"`{shown}` is not a valid escape sequence in a string",
        (at + 1, at + 1 + len(shown)),
        f"double the backslash: `\\{shown}`",
    )
