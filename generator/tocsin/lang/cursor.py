"""A place in a row of tokens, for the parsers of both query languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn, TypeVar

from tocsin.lang.errors import LangError
from tocsin.lang.tokens import CLOSERS, OPENERS, Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Tree = TypeVar("Tree")

# The parsers recurse, and promql-parser's runs out of stack on a few thousand brackets.
_DEEPEST = 100
_MOST_TOKENS = 20_000
_COMMENT, _BRACKET, _KEYWORD = TokenKind.COMMENT, TokenKind.BRACKET, TokenKind.KEYWORD
_END = Token(TokenKind.END, "", (0, 0))


def without_comments(tokens: Iterable[Token]) -> tuple[Token, ...]:
    """The tokens that count."""
    return tuple([token for token in tokens if token.kind is not _COMMENT])


def bracket_pairs(tokens: Sequence[Token]) -> dict[int, int]:
    """From the index of each opening bracket to that of its closing one; LangError when they do not fit."""
    if len(tokens) > _MOST_TOKENS:
        raise LangError("the expression is too long", (tokens[0].start, tokens[-1].end))
    found: dict[int, int] = {}
    open_ones: list[tuple[int, Token]] = []
    for index, token in enumerate(tokens):
        if token.kind is not _BRACKET:
            continue
        text = token.text
        if text in OPENERS:
            open_ones.append((index, token))
            if len(open_ones) > _DEEPEST:
                raise LangError("the expression is nested too deeply", token.span)
        elif not open_ones:
            raise LangError(f"`{text}` has no opening counterpart", token.span, "remove it")
        else:
            start, opener = open_ones.pop()
            if opener.text != CLOSERS[text]:
                raise _unclosed(opener)
            found[start] = index
    if open_ones:
        raise _unclosed(open_ones[-1][1])
    return found


def read_balanced(tokens: Sequence[Token], read: Callable[[], Tree]) -> Tree:
    """What a parser reads from these tokens; a LangError tells first which brackets do not fit.

    Where the parser finds nothing wrong they do fit. They are looked at before it only where they may be
    nested too deeply for it.
    """
    if len(tokens) > _DEEPEST:
        bracket_pairs(tokens)
    try:
        return read()
    except LangError:
        bracket_pairs(tokens)
        raise


class Cursor:
    """Walks over tokens without comments; behind them stands one without a text, so that looking never fails.

    What is asked for most tokens is asked of `tokens[at]` itself: a call takes longer than the comparison.
    """

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = (*tokens, _END)
        self.count = len(tokens)
        self.at = 0

    @property
    def now(self) -> Token | None:
        """The token here; None at the end."""
        return self.tokens[self.at] if self.at < self.count else None

    @property
    def before(self) -> Token | None:
        """The token that was taken last."""
        return self.tokens[self.at - 1] if self.at else None

    def ahead(self, by: int) -> Token | None:
        """The token a few places on."""
        index = self.at + by
        return self.tokens[index] if index < self.count else None

    def take(self) -> Token:
        """The token here, leaving it behind."""
        at = self.at
        if at >= self.count:
            self.fail_at_end("something")
        self.at = at + 1
        return self.tokens[at]

    def at_sign(self, *texts: str) -> bool:
        """Whether one of these operators, brackets or the comma stands here."""
        return self.tokens[self.at].text in texts

    def at_keyword(self, *words: str) -> bool:
        """Whether one of these keywords stands here."""
        return self.tokens[self.at].is_keyword(*words)

    def at_kind(self, *kinds: TokenKind) -> bool:
        """Whether a token of one of these kinds stands here."""
        return self.tokens[self.at].kind in kinds

    def accept_sign(self, *texts: str) -> Token | None:
        """Take one of these signs if it stands here."""
        token = self.tokens[self.at]
        if token.text not in texts:
            return None
        self.at += 1
        return token

    def accept_keyword(self, *words: str) -> Token | None:
        """Take one of these keywords if it stands here."""
        token = self.tokens[self.at]
        # Asked where hardly ever one stands.
        if token.kind is not _KEYWORD or not token.is_keyword(*words):
            return None
        self.at += 1
        return token

    def expect_sign(self, text: str, help: str | None = None) -> Token:
        """Take this sign, or fail."""
        token = self.tokens[self.at]
        if token.text != text:
            self.fail(f"`{text}`", help)
        self.at += 1
        return token

    def fail(self, expected: str, help: str | None = None) -> NoReturn:
        """Raise the error that something else stands here."""
        if self.now is None:
            self.fail_at_end(expected, help)
        raise LangError(f"expected {expected}, found `{_short(self.now.text)}`", self.now.span, help)

    def fail_at_end(self, expected: str, help: str | None = None) -> NoReturn:
        """Raise the error that the text ends too early."""
        if self.before is None:
            raise LangError("the expression is empty", (0, 0), help)
        raise LangError(f"expected {expected} after `{_short(self.before.text)}`", self.before.span, help)


def _unclosed(token: Token) -> LangError:
    return LangError(f"`{token.text}` is never closed", token.span, f"close it with `{OPENERS[token.text]}`")


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
