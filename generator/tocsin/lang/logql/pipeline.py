"""The part of LogQL's grammar that deals with log lines: selectors, filters, parsers, formats, `unwrap`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NoReturn, cast

from tocsin.lang.cursor import Cursor
from tocsin.lang.errors import LangError
from tocsin.lang.logql import numbers
from tocsin.lang.logql.ast import (
    AddressCondition,
    Assignment,
    Both,
    Comparison,
    Condition,
    Decolorize,
    Drop,
    Duration,
    DurationCondition,
    Either,
    Extraction,
    Json,
    Keep,
    LabelFilter,
    LabelFormat,
    LabelMatcher,
    LineFilter,
    LineFormat,
    LineMatch,
    LineOperator,
    Logfmt,
    Name,
    NumberCondition,
    Pattern,
    Regexp,
    Selector,
    SizeCondition,
    Stage,
    Text,
    Unpack,
    Unwrap,
)
from tocsin.lang.logql.captures import check_pattern_parser, check_regexp_parser
from tocsin.lang.logql.functions import CONVERSIONS, FLAGS, FUNCTION_WORDS, STAGES
from tocsin.lang.logql.tokens import Token, TokenKind
from tocsin.lang.regexes import check_regex, matches_whole
from tocsin.lang.tokens import COMPARISONS
from tocsin.text.suggest import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.lang.alertmanager.matchers import Operator

LINE_FILTERS = frozenset({"|=", "|~", "|>", "!=", "!~", "!>"})
_INSTEAD = {
    "=": "write `==` to compare",
    "&": "write `and`",
    "|": "write `or`",
    "!": "write `!=` or `unless`",
    "$": "variables are Grafana's: Loki knows none",
    "“": 'write straight quotes: "',
    "„": 'write straight quotes: "',
}
_MATCHERS = frozenset({"=", "!=", "=~", "!~"})
_CONDITIONS = _MATCHERS | COMPARISONS
_IDENTIFIER, _KEYWORD, _NUMBER, _STRING = (
    TokenKind.IDENTIFIER,
    TokenKind.KEYWORD,
    TokenKind.NUMBER,
    TokenKind.STRING,
)
# Consumers of the tree recurse into it.
_DEEPEST = 200


class Pipelines(Cursor):
    """Reads selectors and the stages behind them."""

    def selector(self) -> Selector:
        """The matchers in braces; LangError unless one of them refuses a stream that lacks its label."""
        opener = self.take()
        matchers: list[LabelMatcher] = []
        while self.tokens[self.at].text != "}":
            matchers.append(self._matcher(self._label("a label or `}`")))
            if self.tokens[self.at].text not in (",", "}"):
                self.fail("a comma or `}`", "commas part the matchers")
            self._comma("a label", "}")
        span = (opener.span[0], self.tokens[self.at].span[1])
        self.at += 1
        if all(map(accepts_nothing, matchers)):
            help = 'add a matcher that does not match the empty string, such as `app="api"`'
            raise LangError("the selector would select every stream", span, help)
        return Selector(tuple(matchers), span)

    def stages(self) -> tuple[Stage, ...]:
        """The stages that follow, up to `unwrap` or what is no stage."""
        found: list[Stage] = []
        while True:
            text = self.tokens[self.at].text
            if text in LINE_FILTERS:
                found.append(self._line_filter())
            elif text == "|" and not self._before_unwrap():
                found.append(self._stage())
            else:
                return tuple(found)

    def unwrap(self) -> Unwrap | None:
        """The `unwrap` that follows, if one does, with the filters of labels behind it."""
        if self.tokens[self.at].text != "|" or not self._before_unwrap():
            return None
        start = self.take().start
        self.take()
        conversion: Literal["bytes", "duration", "duration_seconds"] | None = None
        if self.at_keyword() and self.now is not None and self.now.word in CONVERSIONS:
            conversion = cast('Literal["bytes", "duration", "duration_seconds"]', self.take().word)
            self.expect_sign("(")
            label = self._label("a label")
            self.close()
        else:
            label = self._label("a label")
            if self.at_sign("("):
                near = did_you_mean(label.text, CONVERSIONS)
                help = near or f"it converts with {', '.join(sorted(CONVERSIONS))}"
                raise LangError(f"`{label.text}` is not a conversion of `unwrap`", label.span, help)
        filters: list[LabelFilter] = []
        end = self._end
        while self.at_sign("|"):
            bar = self.take()
            if not self.at_kind(TokenKind.IDENTIFIER) and not self.at_sign("("):
                self.fail("a filter of labels", "behind `unwrap`, only filters of labels can follow")
            filters.append(LabelFilter(self._condition(), (bar.start, self._end)))
        return Unwrap(
            label.text, conversion, tuple(filters), label.span, (start, end if not filters else self._end)
        )

    def close(self) -> Token:
        """Take the closing parenthesis, or fail."""
        closing = self.tokens[self.at]
        if closing.text != ")":
            if closing.kind is TokenKind.END:
                self.fail_at_end("`)`")
            self.unexpected()
        self.at += 1
        return closing

    def unexpected(self) -> NoReturn:
        """Something follows an operand that is complete."""
        token = self.take()
        shown = f"`{token.text}`"
        if token.is_keyword("by", "without"):
            raise LangError(f"{shown} belongs to an aggregation, but there is none here", token.span)
        help = _INSTEAD.get(token.text)
        self._no_number(token)
        if token.kind is TokenKind.IDENTIFIER and len(token.text) > 1:
            near = nearest(token.text, ("by", "without", "on", "ignoring", "and", "or", "unless", "offset"))
            help = f"did you mean `{near}`?" if near else None
        elif token.kind is TokenKind.RANGE:
            help = "a range belongs inside an aggregation, behind the log query: `rate({…} [5m])`"
        elif token.is_sign("|", *LINE_FILTERS) and not self.at_sign("|"):
            help = "the stages of a log query come before its range, and inside its parentheses"
        elif token.is_keyword("offset"):
            help = "`offset` directly follows a range: `rate({…} [5m] offset 1h)`"
        raise LangError(f"{shown} cannot follow here", token.span, help)

    def string(self) -> Text:
        """The string that has to stand here."""
        token = self.tokens[self.at]
        if token.kind is not _STRING:
            bare = self.at_kind(_IDENTIFIER, _NUMBER, TokenKind.DURATION, TokenKind.SIZE)
            shown = token.text if bare else None
            self.fail("a string in quotes", shown and (_INSTEAD.get(shown) or f'write `"{shown}"`'))
        self.at += 1
        return Text(token.value, token.span)

    def signed_number(self) -> float | None:
        """The number that stands here, with its sign; None if there is none."""
        token = self.tokens[self.at]
        if token.kind is _NUMBER:
            return self.number()
        if token.text in ("+", "-") and self.tokens[self.at + 1].kind is _NUMBER:
            self.at += 1
            value = self.number()
            return -value if token.text == "-" else value
        return None

    def number(self) -> float:
        """The value of the number that stands here."""
        token = self.take()
        value = numbers.number(token.text)
        if value is None:
            raise LangError(f"`{token.text}` cannot be read as a number by Loki", token.span)
        return value

    @property
    def _end(self) -> int:
        return self.tokens[self.at - 1].end

    def _no_number(self, token: Token) -> None:
        """Fail if the token, which was taken last, sticks to a number, as in `5x`."""
        before = self.tokens[self.at - 2] if self.at > 1 else None
        sticks = before is not None and before.end == token.start and token.kind is TokenKind.IDENTIFIER
        if (
            sticks
            and before is not None
            and before.kind in (TokenKind.NUMBER, TokenKind.DURATION, TokenKind.SIZE)
        ):
            reason = f"`{before.text}{token.text}` is not a number, a duration or a size"
            raise LangError(reason, (before.start, token.end), "write for example `5`, `5m` or `5MB`")

    def _before_unwrap(self) -> bool:
        return self.tokens[self.at + 1].is_keyword("unwrap")

    def _label(self, expected: str) -> Token:
        token = self.tokens[self.at]
        if token.kind is not _IDENTIFIER:
            help = None
            if token.kind is _KEYWORD:
                help = "this word is reserved, so no label in a query can be called that"
                if token.word in FUNCTION_WORDS:
                    help = "before a parenthesis, this word is a function"
            self.fail(expected, help)
        self.at += 1
        return token

    def _comma(self, expected: str, closer: str | None = None) -> bool:
        """Take a comma, behind which something has to follow; False if none stands here."""
        comma = self.tokens[self.at]
        if comma.text != ",":
            return False
        self.at += 1
        if closer is not None and self.tokens[self.at].text == closer:
            raise LangError(f"expected {expected} after the comma", comma.span, "take the comma away")
        return True

    def _matcher(self, name: Token) -> LabelMatcher:
        op = self.tokens[self.at].text
        if op not in _MATCHERS:
            help = (
                "strings are compared with a single `=`" if self.at_sign("==") else f'write `{name.text}="…"`'
            )
            self.fail("`=`, `!=`, `=~` or `!~`", help)
        self.at += 1
        value = self.string()
        if op == "=~" or op == "!~":
            check_regex(value.value, value.span)
        span = (name.span[0], value.span[1])
        return LabelMatcher(name.text, cast("Operator", op), value.value, span, value.span)

    def _line_filter(self) -> LineFilter:
        op = self.take()
        texts = [self._line_match()]
        while self.accept_keyword("or"):
            texts.append(self._line_match())
        return LineFilter(cast("LineOperator", op.text), tuple(texts), (op.start, self._end))

    def _line_match(self) -> LineMatch:
        name = self.accept_keyword("ip")
        if name is None:
            text = self.string()
            return LineMatch(text.value, False, text.span)
        text = self._in_parentheses()
        return LineMatch(text.value, True, (name.start, self._end))

    def _in_parentheses(self) -> Text:
        self.expect_sign("(")
        text = self.string()
        self.close()
        return text

    def _stage(self) -> Stage:
        bar = self.take()
        name = self.tokens[self.at]
        if name.kind is _KEYWORD and (read := _STAGES.get(name.word)):
            self.at += 1
            return read(self, bar.span[0])
        if name.text == "(":
            return LabelFilter(self._condition(), (bar.start, self._end))
        if name.kind is TokenKind.END:
            self.fail_at_end("a stage")
        if name.kind is not _IDENTIFIER:
            self.fail("a stage or a filter of labels after `|`")
        if self.tokens[self.at + 1].text not in _CONDITIONS:
            help = did_you_mean(name.text, STAGES) or f"the stages are {', '.join(sorted(STAGES))}"
            raise LangError(f"`{name.text}` is not a pipeline stage", name.span, help)
        return LabelFilter(self._condition(), (bar.start, self._end))

    def json(self, start: int) -> Json:
        """Behind the word `json`."""
        return Json(self._extractions(), (start, self._end))

    def logfmt(self, start: int) -> Logfmt:
        """Behind the word `logfmt`."""
        flags: set[str] = set()
        dash = self.now if self.at_sign("-") else None
        if dash is not None:
            help = f"the flags are {' and '.join(sorted(FLAGS))}"
            raise LangError("this is not a flag of `logfmt`", dash.span, help)
        while self.at_kind(TokenKind.FLAG):
            flags.add(self.take().text)
        extractions = self._extractions()
        return Logfmt("--strict" in flags, "--keep-empty" in flags, extractions, (start, self._end))

    def regexp(self, start: int) -> Regexp:
        """Behind the word `regexp`."""
        pattern = self.string()
        check_regexp_parser(pattern)
        return Regexp(pattern, (start, self._end))

    def pattern(self, start: int) -> Pattern:
        """Behind the word `pattern`."""
        pattern = self.string()
        check_pattern_parser(pattern)
        return Pattern(pattern, (start, self._end))

    def unpack(self, start: int) -> Unpack:
        """Behind the word `unpack`."""
        return Unpack((start, self._end))

    def decolorize(self, start: int) -> Decolorize:
        """Behind the word `decolorize`."""
        return Decolorize((start, self._end))

    def line_format(self, start: int) -> LineFormat:
        """Behind the word `line_format`."""
        return LineFormat(self.string(), (start, self._end))

    def label_format(self, start: int) -> LabelFormat:
        """Behind the word `label_format`."""
        found: list[Assignment] = []
        while True:
            name = self._label("a label")
            self.expect_sign("=", f'write `{name.text}="{{{{.label}}}}"`')
            if self.at_kind(TokenKind.IDENTIFIER):
                source: str | Text = self.take().text
            elif self.at_kind(TokenKind.STRING):
                source = self.string()
            else:
                self.fail("a label or a template in quotes")
            found.append(Assignment(name.text, source, (name.start, self._end)))
            if not self._comma("a label"):
                return LabelFormat(tuple(found), (start, self._end))

    def drop(self, start: int) -> Drop:
        """Behind the word `drop`."""
        return Drop(self._names(), (start, self._end))

    def keep(self, start: int) -> Keep:
        """Behind the word `keep`."""
        return Keep(self._names(), (start, self._end))

    def _names(self) -> tuple[Name | LabelMatcher, ...]:
        found: list[Name | LabelMatcher] = []
        while True:
            name = self._label("a label")
            found.append(self._matcher(name) if self.at_sign(*_MATCHERS) else Name(name.text, name.span))
            if not self._comma("a label"):
                return tuple(found)

    def _extractions(self) -> tuple[Extraction, ...]:
        found: list[Extraction] = []
        if not self.at_kind(TokenKind.IDENTIFIER):
            return ()
        while True:
            name = self._label("a label")
            expression = self.string().value if self.accept_sign("=") else name.text
            found.append(Extraction(name.text, expression, (name.start, self._end)))
            if not self._comma("a label"):
                return tuple(found)

    def _condition(self) -> Condition:
        """The condition that stands here.

        Loki's grammar gives `and` precedence over `or`, but a comma and a blank take all that follows them.
        """
        operands = [self._single_condition()]
        operators: list[str] = []
        while operator := self._conjunction():
            while operators and _reduces(operators[-1], operator):
                _join(operands, operators)
            if operator != "blank":
                self.take()
            operators.append(operator)
            operands.append(self._single_condition())
            if len(operators) > _DEEPEST:
                raise LangError("the filter has too many conditions", operands[-1].span)
        while operators:
            _join(operands, operators)
        return operands[0]

    def _conjunction(self) -> str | None:
        token = self.tokens[self.at]
        if token.is_keyword("and", "or"):
            return token.word
        if token.text == ",":
            return ","
        return "blank" if token.kind is _IDENTIFIER or token.text == "(" else None

    def _single_condition(self) -> Condition:
        if self.accept_sign("("):
            condition = self._condition()
            self.close()
            return condition
        name = self._label("a label")
        op = self.tokens[self.at].text
        if op in _MATCHERS and (op in ("=~", "!~") or self.tokens[self.at + 1].kind is _STRING):
            return self._matcher(name)
        if op not in _CONDITIONS:
            self._no_number(name)
            self.fail("a comparison", f'write for example `{name.text}="…"` or `{name.text} > 5`')
        self.at += 1
        return self._compared(name, op)

    def _compared(self, name: Token, op: str) -> Condition:
        token = self.now
        comparison = cast("Comparison", "==" if op == "=" else op)
        if self.at_kind(TokenKind.DURATION) and token is not None:
            seconds = numbers.duration(self.take().text) or 0.0
            span = (name.start, token.end)
            return DurationCondition(name.text, comparison, Duration(seconds, token.span), span)
        if self.at_kind(TokenKind.SIZE) and token is not None:
            self.take()
            return SizeCondition(
                name.text, comparison, numbers.size(token.text) or 0, (name.start, token.end)
            )
        if op in ("=", "!=") and self.accept_keyword("ip"):
            pattern = self._in_parentheses()
            equal: Literal["=", "!="] = "=" if op == "=" else "!="
            return AddressCondition(name.text, equal, pattern, (name.start, self._end))
        value = self.signed_number()
        if value is None:
            if self.at_kind(TokenKind.STRING) and op in COMPARISONS:
                help = "strings are compared with `=`, `!=`, `=~` and `!~`"
                self.fail("a number, a duration or a size", help)
            bare = token.text if token is not None and token.kind is TokenKind.IDENTIFIER else None
            help = (
                f'write `{name.text}="{bare}"`'
                if bare is not None
                else "write for example `5`, `1.5s` or `10MB`"
            )
            self.fail("a value to compare with", help)
        return NumberCondition(name.text, comparison, value, (name.start, self._end))


def accepts_nothing(matcher: LabelMatcher) -> bool:
    """Whether a stream or a line without the label passes the matcher."""
    if matcher.op in ("=~", "!~"):
        return matches_whole(matcher.value, "") == (matcher.op == "=~")
    return (matcher.value == "") == (matcher.op == "=")


def _reduces(left: str, right: str) -> bool:
    """Whether what stands left of an operator is complete when another operator follows."""
    return right in ("and", "or") and (left == "and" or (left == "or" and right == "or"))


def _join(operands: list[Condition], operators: list[str]) -> None:
    right = operands.pop()
    left = operands.pop()
    make = Either if operators.pop() == "or" else Both
    operands.append(make(left, right, (left.span[0], right.span[1])))


_STAGES: dict[str, Callable[[Pipelines, int], Stage]] = {
    "json": Pipelines.json,
    "logfmt": Pipelines.logfmt,
    "regexp": Pipelines.regexp,
    "pattern": Pipelines.pattern,
    "unpack": Pipelines.unpack,
    "decolorize": Pipelines.decolorize,
    "line_format": Pipelines.line_format,
    "label_format": Pipelines.label_format,
    "drop": Pipelines.drop,
    "keep": Pipelines.keep,
}
