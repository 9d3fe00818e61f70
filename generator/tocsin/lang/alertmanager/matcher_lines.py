"""A line of matchers, such as `{a="b",c=~"d|e"}`, as Alertmanager's configuration reads it.

There are two parsers: the one that allows any UTF-8 in names (`matcher/parse`), and the classic one
(`pkg/labels`). Where both read a line and disagree, or only the classic one reads it, Alertmanager takes
what the classic one reads and logs a warning (`matcher/compat`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, cast

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.errors import LangError
from tocsin.lang.regexes import check_regex
from tocsin.lang.strings import unquote_string
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.matchers import Operator

_SPACE = "\t\n\v\f\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_TOKEN = regex_on_use(
    rf"""[{_SPACE}]*(?:
        (?P<sign>[{{}},])
      | (?P<op>=~|!~|!=|=)
      | (?P<quoted>"(?:[^"\\]|\\.)*")
      | (?P<bare>[^{_SPACE}{{}}!=~,\\"'`]+)
      | (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
_CLASSIC = regex_on_use(
    r"[\t\n\f\r ]*([a-zA-Z_:][a-zA-Z0-9_:]*)[\t\n\f\r ]*(=~|=|!=|!~)[\t\n\f\r ]*(.*?)[\t\n\f\r ]*", re.DOTALL
)
_EXAMPLE = 'write for example `severity="critical"` or `team=~"a|b"`'


@value_object
class MatcherLine:
    """What each of the two parsers reads in a line; at least one of them reads it."""

    utf8: tuple[Matcher, ...] | None
    classic: tuple[Matcher, ...] | None
    refusal: LangError | None
    """Why the UTF-8 parser does not read the line."""

    @property
    def matchers(self) -> tuple[Matcher, ...]:
        """The matchers that Alertmanager uses."""
        found = self.utf8 if self.classic is None else self.classic
        assert found is not None
        return found

    @property
    def is_logged(self) -> bool:
        """Whether Alertmanager logs a warning when it reads the line."""
        # A line without matchers is logged as well: the parsers return two kinds of an empty list.
        return self.classic is not None and (self.classic != self.utf8 or not self.classic)

    @property
    def suggestion(self) -> str:
        """The line as both parsers read it alike, with the matchers that Alertmanager uses."""
        return ",".join(matcher.text() for matcher in self.matchers)


def read_matcher_line(line: str) -> MatcherLine:
    """What the two parsers read in a line, with or without braces; a LangError where neither reads it."""
    refusal: LangError | None = None
    utf8: tuple[Matcher, ...] | None = None
    try:
        utf8 = _utf8(line)
    except LangError as error:
        refusal = error
    try:
        return MatcherLine(utf8, _classic(line), refusal)
    except LangError as error:
        if refusal is None:
            return MatcherLine(utf8, None, None)
        # The UTF-8 parser knows the place; the classic one only knows that something is wrong.
        raise (refusal if refusal.span != (0, len(line)) else error) from None


def read_matchers(line: str) -> tuple[Matcher, ...]:
    """The matchers of a line as Alertmanager uses them; an empty line has none."""
    return read_matcher_line(line).matchers


def _utf8(line: str) -> tuple[Matcher, ...]:
    tokens = _tokens(line)
    at = 0
    braced = tokens[0][0] == "{"
    if braced:
        at = 1
    found: list[Matcher] = []
    while tokens[at][0] not in ("}", "end"):
        if len(tokens) < at + 4:
            raise _expected(line, tokens[-1], "the matcher is not complete")
        name, op, value = tokens[at : at + 3]
        if name[0] not in ("quoted", "bare"):
            raise _expected(line, name, "a label's name belongs here")
        if op[0] != "op":
            raise _expected(line, op, "an operator belongs here")
        if value[0] not in ("quoted", "bare"):
            raise _expected(line, value, "a value belongs here")
        found.append(_matcher(_value(name), op[1], _value(value), (value[2], value[3])))
        at += 3
        if tokens[at][0] == ",":
            at += 1
        elif tokens[at][0] not in ("}", "end"):
            raise _expected(line, tokens[at], "a comma belongs here")
    if braced and tokens[at][0] != "}":
        raise _expected(line, tokens[at], "the brace is never closed")
    if not braced and tokens[at][0] == "}":
        raise _expected(line, tokens[at], "this brace was never opened")
    at += braced
    if tokens[at][0] != "end":
        raise _expected(line, tokens[at], "nothing may follow the closing brace")
    return tuple(found)


def _tokens(line: str) -> list[tuple[str, str, int, int]]:
    """Kind, text, start and end of each token; the last one is of the kind `end`."""
    tokens: list[tuple[str, str, int, int]] = []
    at = 0
    while not tokens or tokens[-1][0] != "end":
        match = _TOKEN.match(line, at)
        if match is None:
            raise LangError(
                f"this cannot be read as a matcher from `{line[at : at + 10]}` on", (at, len(line)), _EXAMPLE
            )
        kind = match.lastgroup or "end"
        text = match[kind]
        tokens.append((text if kind == "sign" else kind, text, match.start(kind), match.end(kind)))
        at = match.end()
    return tokens


def _value(token: tuple[str, str, int, int]) -> str:
    kind, text, start, end = token
    if kind == "bare":
        return text
    if "\n" in text:
        raise LangError("a line ends inside the quotes", (start, end), "write `\\n`")
    try:
        return unquote_string(text)
    except LangError as error:
        raise error.shifted(start) from None


def _expected(line: str, token: tuple[str, str, int, int], reason: str) -> LangError:
    start, end = token[2], token[3]
    return LangError(reason, (start, max(end, min(start + 1, len(line)))), _EXAMPLE)


def _classic(line: str) -> tuple[Matcher, ...]:
    return tuple(_classic_matcher(token, line) for token in _split(line.removeprefix("{").removesuffix("}")))


def _split(text: str) -> list[str]:
    tokens: list[str] = []
    start, quoted, escaped = 0, False, False
    for at, char in enumerate(text):
        if char == "," and not quoted:
            tokens.append(text[start:at])
            start = at + 1
            continue
        if char == '"':
            quoted = quoted if escaped else not quoted
            escaped = False
        elif char == "\\":
            escaped = not escaped
        else:
            escaped = False
    rest = text[start:].strip()
    return [*tokens, rest] if rest else tokens


def _classic_matcher(token: str, line: str) -> Matcher:
    match = _CLASSIC.fullmatch(token)
    span = (0, len(line))
    if match is None:
        reason = f"`{token.strip()}` is not a valid matcher" if token.strip() else "a matcher is empty"
        raise LangError(reason, span, _EXAMPLE)
    name, op, raw = match.groups()
    return _matcher(name, op, _unescaped(raw, span), span)


def _unescaped(raw: str, span: tuple[int, int]) -> str:
    """The value of the classic syntax: an escape that it does not know keeps its backslash."""
    open_ = raw.startswith('"')
    text = raw[1:] if open_ else raw
    out: list[str] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            follow = text[at + 1]
            out.append("\n" if follow == "n" else follow if follow in '"\\' else f"\\{follow}")
            at += 2
            continue
        if char == '"':
            if not open_ or at < len(text) - 1:
                raise LangError("the value holds a quotation mark that is not escaped", span, 'write `\\"`')
            open_ = False
        else:
            out.append(char)
        at += 1
    if open_:
        raise LangError("the quotation mark is never closed", span, "close it")
    return "".join(out)


def _matcher(name: str, op: str, value: str, span: tuple[int, int]) -> Matcher:
    if op in ("=~", "!~"):
        check_regex(value, span)
    return Matcher(name, cast("Operator", op), value)
