"""The tokens of a Go template; the rules are those of Go's `text/template/parse`."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from tocsin.lang.errors import LangError
from tocsin.lang.strings import unquote_string
from tocsin.text.regex_on_use import regex_on_use

WORDS = frozenset({"if", "else", "end", "range", "with", "define", "block", "template", "break", "continue"})

_LEFT = regex_on_use(r"\{\{(?:-[ \t\r\n])?")
_RIGHT = regex_on_use(r"(?:[ \t\r\n]-)?\}\}")
_COMMENT = regex_on_use(r"/\*")
_SPACE = regex_on_use(r"[ \t\r\n]+")
_WORD = regex_on_use(r"[\w]+")
_NUMBER = regex_on_use(
    r"[+-]?(?:0[xX](?=[_.]?[0-9a-fA-F])[0-9a-fA-F_]*(?:\.[0-9a-fA-F_]*)?(?:[pP][+-]?[0-9_]+)?|0[oO][0-7_]+|0[bB][01_]+"
    r"|[0-9_]*\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)"
)
_STRING = regex_on_use(r'"(?:[^"\\\n]|\\[^\n])*"')
_RAW = regex_on_use(r"`[^`]*`")
_CHARACTER = regex_on_use(r"'(?:[^'\\\n]|\\[^\n])*'")
_ENDS_A_NAME = frozenset(" \t\r\n.,|:)(")


class TokenKind(StrEnum):
    """What a token is."""

    TEXT = "text"
    LEFT = "{{"
    RIGHT = "}}"
    SPACE = "space"
    FIELD = "field"
    DOT = "."
    VARIABLE = "variable"
    NAME = "name"
    WORD = "keyword"
    NUMBER = "number"
    STRING = "string"
    CONSTANT = "constant"
    SIGN = "sign"
    END = "the end of the text"


class Token(NamedTuple):
    """A piece of the text; `start` and `end` count its code points."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def span(self) -> tuple[int, int]:
        """Where the token stands."""
        return self.start, self.end


def tokenize(text: str) -> tuple[Token, ...]:
    """The tokens of a template, without its comments; the last one is the end."""
    tokens: list[Token] = []
    at = 0
    while True:
        left = text.find("{{", at)
        stop = len(text) if left < 0 else left
        if stop > at:
            tokens.append(Token(TokenKind.TEXT, text[at:stop], at, stop))
        if left < 0:
            tokens.append(Token(TokenKind.END, "", len(text), len(text)))
            return tuple(tokens)
        opening = _LEFT.match(text, left)
        assert opening is not None
        if comment := _COMMENT.match(text, opening.end()):
            at = _after_comment(text, left, comment.end())
            continue
        tokens.append(Token(TokenKind.LEFT, opening[0], left, opening.end()))
        inside = _Inside(text, left, opening.end())
        tokens += inside.run()
        at = inside.at


def _after_comment(text: str, start: int, at: int) -> int:
    end = text.find("*/", at)
    if end < 0:
        raise LangError("the comment is never closed", (start, min(at, len(text))), "end it with `*/}}`")
    closing = _RIGHT.match(text, end + 2)
    if closing is None:
        raise LangError(
            "a comment has to fill its braces", (start, end + 2), "write nothing between `*/` and `}}`"
        )
    return closing.end()


class _Inside:
    """Reads what stands between two pairs of braces, the second one included."""

    def __init__(self, text: str, start: int, at: int) -> None:
        self.text = text
        self.start = start
        self.at = at
        self.depth = 0

    def run(self) -> list[Token]:
        found: list[Token] = []
        while True:
            closing = _RIGHT.match(self.text, self.at)
            if closing is not None:
                if self.depth:
                    raise LangError(
                        "a `(` is never closed", (self.start, closing.end()), "close it with `)` before `}}`"
                    )
                found.append(self._token(TokenKind.RIGHT, closing.end()))
                return found
            if self.at >= len(self.text):
                span = (self.start, self._line_end(self.start))
                raise LangError("`{{` is never closed", span, "close it with `}}`")
            found.append(self._next())

    def _line_end(self, start: int) -> int:
        end = self.text.find("\n", start)
        return len(self.text) if end < 0 else end

    def _token(self, kind: TokenKind, end: int) -> Token:
        token = Token(kind, self.text[self.at : end], self.at, end)
        self.at = end
        return token

    def _next(self) -> Token:
        sign = self.text[self.at]
        if space := _SPACE.match(self.text, self.at):
            # The last white space before `-}}` belongs to it.
            end = space.end()
            if self.text.startswith("-}}", end) and end - self.at > 1:
                end -= 1
            return self._token(TokenKind.SPACE, end)
        if sign in "\"`'":
            return self._quoted(sign)
        if sign == "$":
            return self._name(TokenKind.VARIABLE)
        after = self.text[self.at + 1 : self.at + 2]
        if sign == "." and not after.isdigit():
            return self._name(TokenKind.FIELD)
        if sign in "+-." or sign.isdigit():
            return self._number()
        if sign == "_" or sign.isalnum():
            return self._name(TokenKind.NAME)
        if sign == ":":
            if after != "=":
                is_name = self.text[self.at - 1 : self.at].isalnum() and after.isalpha()
                help = "a name has letters, digits and `_` only" if is_name else "write `:=`"
                raise LangError("`:` has no meaning here", (self.at, self.at + 1), help)
            return self._token(TokenKind.SIGN, self.at + 2)
        if sign in "()":
            self.depth += 1 if sign == "(" else -1
            if self.depth < 0:
                raise LangError("this `)` has no opening counterpart", (self.at, self.at + 1), "remove it")
        elif sign not in "=|,":
            raise LangError(
                f"`{sign}` has no meaning in a template's braces",
                (self.at, self.at + 1),
                "end the braces with `}}`" if sign == "}" else "write a function, such as `printf`, instead",
            )
        return self._token(TokenKind.SIGN, self.at + 1)

    def _quoted(self, mark: str) -> Token:
        found = {'"': _STRING, "`": _RAW, "'": _CHARACTER}[mark].match(self.text, self.at)
        if found is None:
            span = (self.at, self._line_end(self.at))
            raise LangError("the string is never closed", span, f"end it with {mark}")
        if mark == "'":
            return self._character(found.end())
        token = self._token(TokenKind.STRING, found.end())
        try:
            unquote_string(token.text)
        except LangError as error:
            raise error.shifted(token.start) from None
        return token

    def _character(self, end: int) -> Token:
        body = self.text[self.at + 1 : end - 1]
        if len(body) != 1 and not body.startswith("\\"):
            raise LangError(
                "single quotes hold one character", (self.at, end), f'write "{body}" in double quotes'
            )
        return self._token(TokenKind.NUMBER, end)

    def _name(self, kind: TokenKind) -> Token:
        skipped = 0 if kind is TokenKind.NAME else 1
        word = _WORD.match(self.text, self.at + skipped)
        end = word.end() if word else self.at + skipped
        if end < len(self.text) and self.text[end] not in _ENDS_A_NAME and not _RIGHT.match(self.text, end):
            sign = self.text[end]
            raise LangError(
                f"`{sign}` cannot follow `{self.text[self.at : end]}`", (end, end + 1), _advice(sign)
            )
        token = self._token(kind, end)
        if kind is TokenKind.NAME and token.text in WORDS:
            return token._replace(kind=TokenKind.WORD)
        if kind is TokenKind.NAME and token.text in ("true", "false", "nil"):
            return token._replace(kind=TokenKind.CONSTANT)
        return token._replace(kind=TokenKind.DOT) if kind is TokenKind.FIELD and word is None else token

    def _number(self) -> Token:
        found = _NUMBER.match(self.text, self.at)
        end = found.end() if found else self.at
        rest = _WORD.match(self.text, end)
        text = self.text[self.at : rest.end() if rest else max(end, self.at + 1)]
        is_hex = text[:3].lstrip("+-").lower().startswith("0x")
        if rest or not any(s.isdigit() for s in text) or (is_hex and "." in text and "p" not in text.lower()):
            raise LangError(
                f"`{text}` is not a number", (self.at, self.at + len(text)), "templates know no arithmetic"
            )
        return self._token(TokenKind.NUMBER, end)


def _advice(sign: str) -> str | None:
    if sign in "+-*/%":
        return "templates know no arithmetic: compute it in the query"
    if sign in "[]":
        return 'write `index $labels "name"`'
    if sign in "<>=!&":
        return "write a function: `gt`, `lt`, `eq`, `and`, `or`"
    return None
