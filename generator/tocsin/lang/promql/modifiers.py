"""What may follow an operand of PromQL: ranges, subqueries, `offset`, `@`, and their durations."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NoReturn, cast

from tocsin.lang.cursor import Cursor
from tocsin.lang.durations import parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import At, Duration, Node, Range, Selector, Span, Subquery
from tocsin.lang.promql.tokens import Token, TokenKind
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_BEHIND_OPERAND = (
    "by",
    "without",
    "on",
    "ignoring",
    "and",
    "or",
    "unless",
    "offset",
    "group_left",
    "group_right",
    "bool",
)
_IDENTIFIER, _KEYWORD, _DURATION, _NUMBER = (
    TokenKind.IDENTIFIER,
    TokenKind.KEYWORD,
    TokenKind.DURATION,
    TokenKind.NUMBER,
)
_DURATION_FUNCTIONS = frozenset({"step", "range", "min", "max", "min_of", "max_of"})
_INTERPOLATIONS = frozenset({"anchored", "smoothed"})
_MOST_DURATION_OPERATORS = 100
# Nanoseconds in an int64, here in seconds.
_LONGEST = 2**63 / 1e9
_OPERATIONS: dict[str, tuple[int, Callable[[float, float], float]]] = {
    "+": (1, lambda a, b: a + b),
    "-": (1, lambda a, b: a - b),
    "*": (2, lambda a, b: a * b),
    "/": (2, lambda a, b: a / b),
    "%": (2, math.fmod),
    "^": (3, lambda a, b: a**b),
}


def number_of(token: Token) -> float:
    """The value of a number, in seconds where it is written as a duration; a LangError where it has none."""
    if token.kind is _DURATION:
        return parse_duration(token.text) / 1000
    value = _number(token.text)
    if value is None:
        raise LangError(f"`{token.text}` is not a number", token.span, "write for example `5` or `1e3`")
    return value


@lru_cache(maxsize=4096)
def _number(written: str) -> float | None:
    text = written.replace("_", "").lower()
    try:
        if text.startswith("0x"):
            return float(int(text, 16))
        # Go reads an integer with a leading zero as an octal one, where it is one.
        if len(text) > 1 and text[0] == "0" and all(digit in "01234567" for digit in text):
            return float(int(text, 8))
        return float(text)
    except (ValueError, OverflowError):
        return None


class Modifiers(Cursor):
    """The part of the parser that reads what follows an operand."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        super().__init__(tokens)
        self.duration_operators = 0

    def modified(self, node: Node) -> tuple[Node, int]:
        """The operand with all that follows it, and where that ends."""
        while True:
            token = self.tokens[self.at]
            text, kind = token.text, token.kind
            if text == "[":
                node = self._with_range(node)
            elif text == "@":
                node = self._with_time(node, self.take())
            elif kind is _KEYWORD and token.word == "offset":
                node = self._with_offset(node, self.take())
            elif kind is _IDENTIFIER and token.word in _INTERPOLATIONS and isinstance(node, Selector | Range):
                node = self._with_interpolation(node, self.take())
            else:
                return node, self.tokens[self.at - 1].span[1]

    def unexpected(self) -> NoReturn:
        """Raise the error that something follows an operand that is complete."""
        token = self.take()
        shown = f"`{token.text}`"
        help: str | None
        if token.kind is TokenKind.IDENTIFIER:
            near = nearest(token.text, _BEHIND_OPERAND) if len(token.text) > 1 else None
            help = f"did you mean `{near}`?" if near else "an operator or a comma is missing before it"
            raise LangError(f"{shown} cannot follow here", token.span, help)
        if token.is_keyword("by", "without"):
            help = "an aggregation such as `sum` takes it, and only once"
            raise LangError(f"{shown} belongs to an aggregation, but there is none here", token.span, help)
        if token.is_sign("=", "=~", "!~"):
            help = "write `==` to compare" if token.text == "=" else None
            raise LangError(f"{shown} compares labels inside braces, not values", token.span, help)
        if token.is_sign(")", "]", "}"):
            raise LangError(f"{shown} closes nothing", token.span)
        if token.is_sign(","):
            raise LangError(
                "a comma is not allowed here", token.span, "commas part the arguments of a function"
            )
        raise LangError(
            f"{shown} cannot follow here", token.span, "an operator or a comma is missing before it"
        )

    def _with_interpolation(self, node: Selector | Range, token: Token) -> Node:
        how = cast("Literal['anchored', 'smoothed']", token.word)
        selector = _selector_of(node)
        if selector.interpolation is not None:
            raise LangError(f"`{token.text}` cannot follow here", token.span, "only one of the two can stand")
        return _with_selector(node, replace(selector, interpolation=how), token.end)

    def _with_offset(self, node: Node, keyword: Token) -> Node:
        offset = self._offset()
        if isinstance(node, Subquery):
            if node.offset is not None:
                self._given_twice(keyword)
            return replace(node, offset=offset, span=(node.span[0], offset.span[1]))
        if not isinstance(node, Selector | Range):
            self._follows_selector(keyword)
        selector = _selector_of(node)
        if selector.offset is not None:
            self._given_twice(keyword)
        return _with_selector(node, replace(selector, offset=offset), offset.span[1])

    def _with_time(self, node: Node, keyword: Token) -> Node:
        at = self._time()
        if isinstance(node, Subquery):
            if node.at is not None:
                self._given_twice(keyword)
            return replace(node, at=at, span=(node.span[0], at.span[1]))
        if not isinstance(node, Selector | Range):
            self._follows_selector(keyword)
        selector = _selector_of(node)
        if selector.at is not None:
            self._given_twice(keyword)
        return _with_selector(node, replace(selector, at=at), at.span[1])

    def _given_twice(self, keyword: Token) -> NoReturn:
        raise LangError(f"`{keyword.text}` is used twice on one selector", keyword.span)

    def _follows_selector(self, keyword: Token) -> NoReturn:
        help = (
            f"write it directly after the metric, inside the functions: `rate(metric[5m] {keyword.text} …)`"
        )
        raise LangError(
            f"`{keyword.text}` follows a selector or a subquery, but there is none here", keyword.span, help
        )

    def _time(self) -> At:
        start = self.tokens[self.at - 1].start
        sign = self.accept_sign("-", "+")
        token = self.now
        if token is not None and token.kind in (TokenKind.NUMBER, TokenKind.DURATION):
            value = number_of(self.take())
            # Prometheus holds the time in milliseconds as an int64.
            if not abs(value) < 2**63 / 1000:
                raise LangError(f"`{token.text}` is not a valid time", token.span, "write Unix seconds")
            return At(-value if sign is not None and sign.text == "-" else value, (start, token.end))
        if sign is not None or token is None or token.text not in ("start", "end"):
            self.fail("a timestamp, `start()` or `end()`")
        self.take()
        self.expect_sign("(", f"write `{token.text}()`")
        end = self.expect_sign(")", f"write `{token.text}()`").end
        return At("start" if token.text == "start" else "end", (start, end))

    def _offset(self) -> Duration:
        start = self.at
        self.duration_operators = 0
        sign = self.accept_sign("-", "+")
        named = self.now is not None and self.now.word in _DURATION_FUNCTIONS
        if not self.at_kind(TokenKind.DURATION, TokenKind.NUMBER) and not self.at_sign("(") and not named:
            self.fail("a duration", "write for example `offset 5m`")
        seconds = self._duration_operand()
        if sign is not None and sign.text == "-" and seconds is not None:
            seconds = -seconds
        return Duration(seconds, self._span(start))

    def _with_range(self, node: Node) -> Node:
        opener = self.tokens[self.at]
        self.at += 1
        if self.tokens[self.at].text == "]":
            raise LangError("the range is empty", (opener.start, self.take().end), "write for example `[5m]`")
        length = self._positive_duration()
        step: Duration | None = None
        if self.accept_sign(":"):
            if not self.at_sign("]"):
                step = self._positive_duration()
            if not self.at_sign("]"):
                self._not_in_range()
            end = self.take().end
            return Subquery(node, length, step, None, None, (node.span[0], end))
        if self.tokens[self.at].text != "]":
            self._not_in_range()
        end = self.tokens[self.at].span[1]
        self.at += 1
        if not isinstance(node, Selector):
            if isinstance(node, Range | Subquery):
                raise LangError(
                    "a range cannot follow here",
                    (opener.start, opener.end),
                    "it follows a selector: `rate(metric[5m])`",
                )
            help = "only a selector takes a range; for a subquery write `[5m:]` or `[5m:1m]`"
            raise LangError("an expression cannot take a range", opener.span, help)
        # Prometheus lets `@ start()` and `@ end()` pass here.
        if node.offset is not None or (node.at is not None and not isinstance(node.at.time, str)):
            word = "offset" if node.offset is not None else "@"
            help = f"write the range first: `metric[5m] {word} …`"
            raise LangError(f"a range comes before `{word}`, not after it", opener.span, help)
        return Range(node, length, (node.span[0], end))

    def _not_in_range(self) -> NoReturn:
        token = self.take()
        help = "write for example `[5m]`, or `[1h:5m]` for a subquery"
        raise LangError(f"`{token.text}` is not allowed in a range", token.span, help)

    def _positive_duration(self) -> Duration:
        start = self.at
        self.duration_operators = 0
        seconds = self._duration(0)
        span = self._span(start)
        if seconds is not None and not 0 < seconds < math.inf:
            raise LangError("a range has to be longer than nothing", span, "write for example `[5m]`")
        return Duration(seconds, span)

    def _span(self, start: int) -> Span:
        """From the token of this index to the one that was taken last."""
        return self.tokens[start].span[0], self.tokens[self.at - 1].span[1]

    def _duration(self, binds: int) -> float | None:
        """A computed duration in seconds whose operators bind tighter than `binds`; None: unknown here."""
        self.duration_operators += 1
        if self.duration_operators > _MOST_DURATION_OPERATORS and self.now is not None:
            raise LangError("the duration has too many operators", self.now.span)
        sign = self.tokens[self.at].text
        if sign == "-" or sign == "+":
            self.at += 1
            left = self._duration(_OPERATIONS["*"][0])
            left = -left if left is not None and sign == "-" else left
        else:
            left = self._duration_operand()
        while (token := self.tokens[self.at]).text in _OPERATIONS:
            tightness, compute = _OPERATIONS[token.text]
            if tightness <= binds:
                break
            self.take()
            right = self._duration(tightness - (token.text == "^"))
            left = _computed(compute, left, right, token)
        return left

    def _duration_operand(self) -> float | None:
        token = self.tokens[self.at]
        kind = token.kind
        if kind is _DURATION or kind is _NUMBER:
            self.at += 1
            length = number_of(token)
            if not length < _LONGEST:
                raise LangError(f"`{token.text}` is not a duration that Prometheus can hold", token.span)
            return length
        if kind is TokenKind.END:
            self.fail_at_end("a duration")
        if self.accept_sign("("):
            seconds = self._duration(0)
            self.expect_sign(")")
            return seconds
        if kind is not _IDENTIFIER or token.word not in _DURATION_FUNCTIONS:
            self._not_in_range()
        self.take()
        self.expect_sign("(")
        # The older names are those of Prometheus 3.6 to 3.12.
        if token.word in ("min", "max", "min_of", "max_of"):
            one = self._duration(0)
            self.expect_sign(",")
            other = self._duration(0)
            self.expect_sign(")")
            if one is None or other is None:
                return None
            return min(one, other) if token.word.startswith("min") else max(one, other)
        self.expect_sign(")")
        return None


def _computed(
    compute: Callable[[float, float], float], left: float | None, right: float | None, operator: Token
) -> float | None:
    if left is None or right is None:
        return None
    try:
        result = compute(left, right)
    except (ArithmeticError, ValueError):
        raise LangError("the duration cannot be computed", operator.span) from None
    if isinstance(result, complex) or not math.isfinite(result):
        raise LangError("the duration cannot be computed", operator.span)
    return result


def _selector_of(node: Selector | Range) -> Selector:
    return node.selector if isinstance(node, Range) else node


def _with_selector(node: Selector | Range, selector: Selector, end: int) -> Node:
    if isinstance(node, Range):
        return replace(node, selector=selector, span=(node.span[0], end))
    return selector
