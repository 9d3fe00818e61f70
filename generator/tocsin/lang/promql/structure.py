"""Where a PromQL expression that is wrong first goes wrong: promql-parser says that, but not where."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from tocsin.lang.cursor import Cursor, did_you_mean, nearest
from tocsin.lang.errors import LangError
from tocsin.lang.promql.functions import AGGREGATIONS, FUNCTIONS
from tocsin.lang.promql.prepare import is_modifier_of_selector
from tocsin.lang.promql.tokens import Kind, Token
from tocsin.lang.tokens import COMPARISONS

if TYPE_CHECKING:
    from collections.abc import Sequence

_ARITHMETIC = ("+", "-", "*", "/", "%", "^", "</", ">/")
_MODIFIERS = (
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
_VALUES = (Kind.NUMBER, Kind.DURATION, Kind.STRING)


def find_structural_error(tokens: Sequence[Token]) -> None:
    """Raise a LangError at the first token that cannot stand where it stands; the brackets are balanced."""
    structure = _Structure(tokens)
    structure.expression()
    if structure.now is not None:
        structure.unexpected()


class _Structure(Cursor):
    def expression(self) -> None:
        self._operand()
        while self.at_sign(*_ARITHMETIC, *COMPARISONS) or self.at_keyword("and", "or", "unless", "atan2"):
            self.take()
            self.accept_keyword("bool")
            while self.at_keyword(
                "on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"
            ):
                self._matching(self.take())
            self._operand()

    def unexpected(self) -> NoReturn:
        """Something follows an operand that is complete."""
        token = self.take()
        shown = f"`{token.text}`"
        help: str | None
        if token.kind is Kind.IDENTIFIER:
            near = nearest(token.text, _MODIFIERS) if len(token.text) > 1 else None
            help = f"did you mean `{near}`?" if near else "an operator or a comma is missing before it"
            raise LangError(f"{shown} cannot follow here", token.span, help)
        if token.is_keyword("by", "without"):
            help = "an aggregation such as `sum` takes it, and only once"
            raise LangError(f"{shown} belongs to an aggregation, and there is none here", token.span, help)
        if token.is_sign("=", "=~", "!~"):
            help = "write `==` to compare" if token.text == "=" else None
            raise LangError(f"{shown} compares labels inside braces, not values", token.span, help)
        if token.is_sign(")", "]", "}"):
            raise LangError(f"{shown} closes nothing", token.span)
        if token.is_sign("["):
            raise LangError(
                "a range cannot follow here", token.span, "it follows a selector: `rate(metric[5m])`"
            )
        if token.is_sign(","):
            raise LangError(
                "a comma cannot stand here", token.span, "commas part the arguments of a function"
            )
        help = "an operator or a comma is missing before it"
        raise LangError(f"{shown} cannot follow here", token.span, help)

    def _operand(self) -> None:
        while self.accept_sign("+", "-"):
            pass
        token = self.now
        if token is None:
            self.fail_at_end("an expression")
        if token.kind in _VALUES:
            self.take()
        elif self.accept_sign("("):
            self.expression()
            self._close()
        elif token.is_sign("{"):
            self._braces()
        elif token.kind is Kind.IDENTIFIER:
            self._name(self.take())
        elif token.kind is Kind.KEYWORD and not token.is_keyword("and", "or", "unless", "bool"):
            self.take()
        else:
            self._no_operand(token)
        self._suffixes()

    def _no_operand(self, token: Token) -> NoReturn:
        before = self.before
        after = f" after `{before.text}`" if before is not None else ""
        raise LangError(f"expected an expression{after}, found `{token.text}`", token.span)

    def _name(self, name: Token) -> None:
        follows = self.now
        grouped = follows is not None and follows.is_keyword("by", "without")
        if name.word in AGGREGATIONS and (self.at_sign("(") or grouped):
            if grouped:
                self._labels(self.take())
            self.expect_sign("(", f"write `{name.text}(…)`")
            self._arguments()
            if not grouped and self.at_keyword("by", "without"):
                self._labels(self.take())
        elif self.at_sign("("):
            if name.word not in FUNCTIONS:
                help = did_you_mean(name.text, FUNCTIONS | AGGREGATIONS)
                raise LangError(f"`{name.text}` is no function of PromQL", name.span, help)
            self.take()
            self._arguments()
        elif self.at_sign("{"):
            self._braces()

    def _arguments(self) -> None:
        if self.accept_sign(")"):
            return
        self.expression()
        while self.accept_sign(","):
            if self.at_sign(")"):
                self._no_operand(self.take())
            self.expression()
        self._close()

    def _close(self) -> None:
        if not self.accept_sign(")"):
            self.unexpected()

    def _suffixes(self) -> None:
        while True:
            if self.at_sign("["):
                self._range()
            elif self.accept_keyword("offset"):
                self.accept_sign("-", "+")
                if not self.at_kind(Kind.DURATION, Kind.NUMBER, Kind.IDENTIFIER) and not self.at_sign("("):
                    self.fail("a duration", "write for example `offset 5m`")
                self._time()
            elif self.accept_sign("@"):
                self.accept_sign("-", "+")
                if not self.at_kind(Kind.NUMBER, Kind.DURATION) and not (
                    self.now is not None and self.now.word in ("start", "end")
                ):
                    self.fail("a timestamp, `start()` or `end()`")
                self._time()
            elif self.now is not None and is_modifier_of_selector(self.now, self.before):
                self.take()
            else:
                return

    def _time(self) -> None:
        self.accept_kind(Kind.NUMBER, Kind.DURATION, Kind.IDENTIFIER)
        if self.accept_sign("("):
            self._skip_to(")")

    def accept_kind(self, *kinds: Kind) -> Token | None:
        return self.take() if self.at_kind(*kinds) else None

    def _skip_to(self, closer: str) -> None:
        depth = 0
        while not (depth == 0 and self.at_sign(closer)):
            token = self.take()
            depth += token.is_sign("(", "[") - token.is_sign(")", "]")
        self.take()

    def _range(self) -> None:
        opener = self.take()
        colons = 0
        if self.at_sign("]"):
            span = (opener.start, self.take().end)
            raise LangError("the range is empty", span, "write for example `[5m]`")
        depth = 0
        while not (depth == 0 and self.at_sign("]")):
            token = self.take()
            depth += token.is_sign("(") - token.is_sign(")")
            colons += token.is_sign(":")
            wrong_name = token.kind is Kind.IDENTIFIER and token.word not in ("step", "range", "min", "max")
            if token.kind in (Kind.STRING, Kind.KEYWORD) or wrong_name or colons > 1:
                help = "write for example `[5m]`, or `[1h:5m]` for a subquery"
                raise LangError(f"`{token.text}` cannot stand in a range", token.span, help)
        self.take()

    def _matching(self, keyword: Token) -> None:
        if keyword.word in ("group_left", "group_right") and not self.at_sign("("):
            return
        if keyword.word.startswith("fill"):
            self.expect_sign("(")
            self._skip_to(")")
            return
        self._labels(keyword)

    def _labels(self, keyword: Token) -> None:
        if not self.at_sign("("):
            help = f"write `{keyword.text} (label)`"
            if self.at_kind(Kind.IDENTIFIER) and self.now is not None:
                help = f"write `{keyword.text} ({self.now.text})`"
            self.fail(f"labels in parentheses after `{keyword.text}`", help)
        self.take()
        while not self.at_sign(")"):
            if not self.at_kind(Kind.IDENTIFIER, Kind.STRING):
                self.fail("a label")
            self.take()
            if self.at_kind(Kind.IDENTIFIER, Kind.STRING):
                self.fail("a comma", "commas part the labels")
            if not self.at_sign(",", ")"):
                self.fail("a comma or `)`", "a label consists of letters, digits and `_`")
            self.accept_sign(",")
        self.take()

    def _braces(self) -> None:
        self.take()
        while not self.at_sign("}"):
            if not self.at_kind(Kind.IDENTIFIER, Kind.STRING):
                self.fail("a label")
            name = self.take()
            if self.at_sign("=", "!=", "=~", "!~"):
                self.take()
                if not self.at_kind(Kind.STRING):
                    self._no_string()
                self.take()
            elif self.at_sign("==", ">", "<", ">=", "<="):
                self.fail("`=`, `!=`, `=~` or `!~`")
            elif name.kind is not Kind.STRING:
                self.fail("`=`, `!=`, `=~` or `!~`", f'write `{name.text}="…"`')
            if self.at_kind(Kind.IDENTIFIER, Kind.STRING):
                self.fail("a comma", "commas part the matchers")
            if not self.accept_sign(",") and not self.accept_keyword("or") and not self.at_sign("}"):
                self.fail("a comma or `}`")
        self.take()

    def _no_string(self) -> NoReturn:
        token = self.now
        if token is not None and token.kind in (Kind.IDENTIFIER, Kind.NUMBER, Kind.DURATION):
            self.fail("a string in quotes", f'write `"{token.text}"`')
        self.fail("a string in quotes")
