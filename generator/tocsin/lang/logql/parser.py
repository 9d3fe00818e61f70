"""A reader of LogQL that keeps what alerting needs: kinds, labels, log queries and their ranges."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from tocsin.lang.cursor import Cursor, did_you_mean, nearest, pairs, without_comments
from tocsin.lang.errors import LangError
from tocsin.lang.labels import ANY_LABELS, NO_LABELS, Matching, ResultLabels, of_operator
from tocsin.lang.logql.functions import (
    AGGREGATIONS,
    FUNCTIONS,
    KEEPING,
    PARAMETRIC,
    RANGE_AGGREGATIONS,
    RELABELLING,
    STAGES,
)
from tocsin.lang.logql.tokens import Kind, Token, tokenize
from tocsin.lang.regexes import check_regex, matches_whole
from tocsin.lang.tokens import COMPARISONS

if TYPE_CHECKING:
    from typing import NoReturn

_ARITHMETIC = ("+", "-", "*", "/", "%", "^")
_LINE_FILTERS = ("|=", "|~", "|>", "!=", "!~", "!>")
_LABEL_FILTERS = ("=", "=~", *COMPARISONS, "!~")
_MATCHERS = ("=", "!=", "=~", "!~")


@dataclass
class LogQuery:
    """One log query: the spans of its text, without its range and its `unwrap`."""

    pieces: list[tuple[int, int]] = field(default_factory=list)
    labels: ResultLabels = ANY_LABELS
    relabelled: bool = False
    unwrapped: bool = False


@dataclass(frozen=True)
class Result:
    """What an expression gives: log lines, series with labels, or a number."""

    kind: Literal["log", "metric", "number"]
    labels: ResultLabels = NO_LABELS


@dataclass(frozen=True)
class Parsed:
    """A LogQL expression that is sound in its structure."""

    result: Result
    queries: tuple[LogQuery, ...]
    ranges: int


def parse(text: str) -> Parsed:
    """Read the expression; LangError at the first thing that cannot stand where it stands."""
    tokens = without_comments(tokenize(text))
    if not tokens:
        raise LangError("the expression is empty", (0, len(text)))
    pairs(tokens)
    parser = _Parser(tokens)
    result = parser.expression()
    if parser.now is not None:
        parser.unexpected()
    return Parsed(result, tuple(parser.queries), parser.ranges)


class _Parser(Cursor):
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        super().__init__(tokens)
        self.queries: list[LogQuery] = []
        self.ranges = 0

    def expression(self) -> Result:
        """An operand, or several with operators between."""
        # Precedence does not matter to labels as long as everything has the same: from left to right.
        left = self._operand()
        while self.at_sign(*_ARITHMETIC, *COMPARISONS) or self.at_keyword("and", "or", "unless"):
            op = self.take()
            if left.kind == "log":
                help = "count lines first: `count_over_time({…} [5m])`"
                raise LangError(f"`{op.text}` works on numbers, and a log query gives lines", op.span, help)
            if op.is_sign(*COMPARISONS):
                self.accept_keyword("bool")
            matching = self._matching()
            right = self._operand()
            if right.kind == "log":
                raise LangError(f"`{op.text}` works on numbers, and a log query gives lines", op.span)
            left = _joined(op.word, left, right, matching)
        return left

    def unexpected(self) -> NoReturn:
        """Something follows an operand that is complete."""
        token = self.take()
        shown = f"`{token.text}`"
        if token.is_keyword("by", "without"):
            raise LangError(f"{shown} belongs to an aggregation, and there is none here", token.span)
        help = None
        if token.kind is Kind.IDENTIFIER and len(token.text) > 1:
            near = nearest(token.text, ("by", "without", "on", "ignoring", "and", "or", "unless", "offset"))
            help = f"did you mean `{near}`?" if near else None
        elif token.is_sign("["):
            help = "a range stands inside an aggregation: `rate({…} [5m])`"
        raise LangError(f"{shown} cannot follow here", token.span, help)

    def _operand(self) -> Result:
        signed = False
        while self.accept_sign("+", "-"):
            signed = True
        token = self.now
        if token is None:
            self.fail_at_end("an expression")
        if token.kind is Kind.NUMBER:
            self.take()
            return Result("number")
        if token.is_sign("{"):
            return self._log()
        if self.accept_sign("("):
            result = self.expression()
            self._close()
            # A log query in parentheses may go on behind them.
            return result if result.kind != "log" else self._log(self.queries[-1])
        if token.kind is Kind.IDENTIFIER and not signed:
            return self._call(self.take())
        before = f" after `{self.before.text}`" if self.before is not None else ""
        help = 'a query begins with a selector, `{app="api"}`, or an aggregation' if not before else None
        raise LangError(f"expected an expression{before}, found `{token.text}`", token.span, help)

    def _close(self) -> None:
        if not self.accept_sign(")"):
            if self.now is None:
                self.fail_at_end("`)`")
            self.unexpected()

    def _call(self, name: Token) -> Result:
        word = name.word
        if word in RANGE_AGGREGATIONS:
            return self._range_aggregation(name)
        if word in AGGREGATIONS:
            return self._aggregation(name)
        if word == "vector":
            self.expect_sign("(")
            self.accept_sign("+", "-")
            if not self.at_kind(Kind.NUMBER):
                self.fail("a number")
            self.take()
            self._close()
            return Result("metric")
        if word == "label_replace":
            return self._label_replace(name)
        known = RANGE_AGGREGATIONS | AGGREGATIONS | FUNCTIONS
        if self.at_sign("(") or self.at_keyword("by", "without"):
            raise LangError(
                f"`{name.text}` is no function of LogQL", name.span, did_you_mean(name.text, known)
            )
        help = 'a query begins with a selector in braces, such as `{app="api"}`'
        raise LangError(f"`{name.text}` cannot stand here: LogQL has no metric names", name.span, help)

    def _label_replace(self, name: Token) -> Result:
        self.expect_sign("(")
        inner = self._series(name)
        texts: list[Token] = []
        while self.accept_sign(","):
            if not self.at_kind(Kind.STRING):
                self.fail("a string in quotes")
            texts.append(self.take())
        self._close()
        if len(texts) != 4:
            raise LangError(f"`label_replace` takes 5 arguments, but gets {len(texts) + 1}", name.span)
        check_regex(texts[3].value, texts[3].span)
        return Result("metric", inner.labels.possibly([texts[0].value]))

    def _series(self, name: Token) -> Result:
        """The argument of a function that takes series."""
        start = self.now
        result = self.expression()
        if result.kind == "log" and start is not None:
            help = f"count the lines first: `{name.text}(count_over_time({{…}} [5m]))`"
            raise LangError(f"`{name.text}` needs numbers, but gets log lines", name.span, help)
        return result

    def _aggregation(self, name: Token) -> Result:
        grouping = self._grouping() if self.at_keyword("by", "without") else None
        self.expect_sign("(", f"write `{name.text}(…)`")
        if self.at_sign(")"):
            raise LangError(f"`{name.text}` has nothing to aggregate", name.span)
        if name.word in PARAMETRIC:
            if not self.at_kind(Kind.NUMBER):
                self.fail(f"a number as the first argument of `{name.text}`", f"write `{name.text}(5, …)`")
            self.take()
            self.expect_sign(",")
        inner = self._series(name)
        self._close()
        if grouping is None and self.at_keyword("by", "without"):
            grouping = self._grouping()
        if name.word in KEEPING:
            return Result("metric", inner.labels)
        return Result("metric", _grouped(inner.labels, grouping) if grouping else NO_LABELS)

    def _range_aggregation(self, name: Token) -> Result:
        if self.at_keyword("by", "without"):
            help = f"the labels come last: `{name.text}(…) by (label)`"
            self.fail(f"`(` after `{name.text}`", help)
        self.expect_sign("(", f"write `{name.text}({{…}} [5m])`")
        if name.word == "quantile_over_time":
            if not self.at_kind(Kind.NUMBER):
                self.fail(
                    "a number as the first argument of `quantile_over_time`", "write for example `0.99`"
                )
            self.take()
            self.expect_sign(",")
        if not self.at_sign("{", "("):
            help = f'write `{name.text}({{app="api"}} [5m])`'
            self.fail(f"a log query in `{name.text}`", help)
        before = self.ranges
        inside = self.at
        result = self._operand()
        if result.kind != "log":
            raise LangError(
                f"`{name.text}` needs a log query, but gets numbers", name.span, "aggregate outside of it"
            )
        if self.ranges == before:
            where = self.tokens[inside].start, self.tokens[self.at - 1].end
            raise LangError(
                f"`{name.text}` needs a range",
                name.span if where[0] > where[1] else where,
                "write `[5m]` after it",
            )
        self._close()
        query = self.queries[-1]
        grouping = self._grouping() if self.at_keyword("by", "without") else None
        if name.word == "absent_over_time":
            return Result("metric", ResultLabels(query.labels.known))
        labels = query.labels if not query.relabelled else ANY_LABELS
        return Result("metric", _grouped(labels, grouping) if grouping else labels)

    def _grouping(self) -> tuple[str, frozenset[str]]:
        return self.take().word, self._label_list()

    def _matching(self) -> Matching:
        how: Literal["on", "ignoring"] | None = None
        labels: frozenset[str] = frozenset()
        if self.at_keyword("on", "ignoring"):
            how = "on" if self.take().word == "on" else "ignoring"
            labels = self._label_list()
        if not self.at_keyword("group_left", "group_right"):
            return Matching(how, labels)
        many: Literal["left", "right"] = "left" if self.take().word == "group_left" else "right"
        include = self._label_list() if self.at_sign("(") else frozenset()
        return Matching(how, labels, many, include)

    def _label_list(self) -> frozenset[str]:
        before = self.before
        example = self.now.text if self.now is not None and self.at_kind(Kind.IDENTIFIER) else "label"
        self.expect_sign("(", f"write `{before.text} ({example})`" if before is not None else None)
        found: list[str] = []
        while not self.at_sign(")"):
            if not self.at_kind(Kind.IDENTIFIER):
                self.fail("a label")
            found.append(self.take().text)
            if not self.at_sign(",", ")"):
                self.fail("a comma or `)`")
            self.accept_sign(",")
        self.take()
        return frozenset(found)

    def _log(self, query: LogQuery | None = None) -> Result:
        """A log query: selector, pipeline and, inside an aggregation, range and offset."""
        start = self.at
        if query is None:
            query = LogQuery()
            self.queries.append(query)
            query.labels = self._selector()
        while self.now is not None:
            if self.at_sign(*_LINE_FILTERS):
                self._line_filter()
            elif self.at_sign("|"):
                following = self.ahead(1)
                if following is not None and following.word == "unwrap":
                    self._remember(query, start)
                    query.unwrapped = True
                self._stage(query)
            elif self.at_sign("[") or self.at_keyword("offset"):
                self._remember(query, start)
                if self.at_sign("["):
                    self._range()
                else:
                    self._offset()
                start = self.at
            else:
                break
        self._remember(query, start)
        if self.now is not None and not self.at_sign(")", ",", *_ARITHMETIC, *COMPARISONS):
            self._no_stage(self.now)
        return Result("log", query.labels)

    def _remember(self, query: LogQuery, start: int) -> None:
        """Add what was read since a token to the text of the query."""
        if not query.unwrapped and start < self.at:
            query.pieces.append((self.tokens[start].start, self.tokens[self.at - 1].end))

    def _offset(self) -> None:
        self.take()
        self.accept_sign("-")
        if not self.at_kind(Kind.DURATION):
            self.fail("a duration", "write for example `offset 5m`")
        self.take()

    def _no_stage(self, token: Token) -> NoReturn:
        help = "a stage begins with `|`, a filter of lines with `|=`, `!=`, `|~` or `!~`"
        raise LangError(f"`{token.text}` cannot follow a log query", token.span, help)

    def _range(self) -> None:
        opener = self.take()
        if not self.at_kind(Kind.DURATION):
            if self.at_sign("]"):
                raise LangError(
                    "the range is empty", (opener.start, self.take().end), "write for example `[5m]`"
                )
            self.fail("a duration", "write for example `[5m]`")
        duration = self.take()
        if not any(digit in duration.text for digit in "123456789"):
            raise LangError(
                "a range has to be longer than nothing", duration.span, "write for example `[5m]`"
            )
        self.expect_sign(
            "]", "LogQL has no subqueries" if self.now and self.now.text.startswith(":") else None
        )
        self.ranges += 1

    def _selector(self) -> ResultLabels:
        opener = self.take()
        sure: set[str] = set()
        narrows = False
        while not self.at_sign("}"):
            if not self.at_kind(Kind.IDENTIFIER):
                self.fail("a label")
            name = self.take()
            if not self.at_sign(*_MATCHERS):
                self.fail("`=`, `!=`, `=~` or `!~`", f'write `{name.text}="…"`')
            op = self.take().text
            value = self._string()
            if op in ("=~", "!~"):
                check_regex(value.value, value.span)
            if op == "=" and value.value:
                sure.add(name.text)
            narrows = narrows or not _accepts_nothing(op, value.value)
            if not self.at_sign(",", "}"):
                self.fail("a comma or `}`", "commas part the matchers")
            self.accept_sign(",")
        end = self.take().end
        if not narrows:
            help = 'add a matcher that does not match the empty text, such as `app="api"`'
            raise LangError("the selector would select every stream", (opener.start, end), help)
        return ResultLabels(frozenset(sure), open=True)

    def _string(self) -> Token:
        token = self.now
        if token is None or token.kind is not Kind.STRING:
            bare = self.at_kind(Kind.IDENTIFIER, Kind.NUMBER, Kind.DURATION, Kind.SIZE)
            self.fail("a string in quotes", f'write `"{token.text}"`' if bare and token is not None else None)
        return self.take()

    def _line_filter(self) -> None:
        op = self.take().text
        while True:
            if self.now is not None and self.now.word == "ip":
                self.take()
                self.expect_sign("(")
                self._string()
                self._close()
            else:
                value = self._string()
                if op in ("|~", "!~"):
                    check_regex(value.value, value.span)
            if not self.accept_keyword("or"):
                return

    def _stage(self, query: LogQuery) -> None:
        self.take()
        if self.now is None:
            self.fail_at_end("a stage")
        name = self.now
        if name.kind is Kind.IDENTIFIER and name.word in STAGES:
            self.take()
            query.relabelled = query.relabelled or name.word in RELABELLING
            if name.word in ("line_format", "pattern", "regexp"):
                value = self._string()
                if name.word == "regexp":
                    check_regex(value.value, value.span)
        elif name.kind is Kind.IDENTIFIER:
            following = self.ahead(1)
            if following is None or not following.is_sign(*_LABEL_FILTERS):
                help = did_you_mean(name.text, STAGES) or f"the stages are {', '.join(sorted(STAGES))}"
                raise LangError(f"`{name.text}` is no stage of a pipeline", name.span, help)
            self.take()
        elif not self.at_sign("("):
            self.fail("a stage or a filter of labels after `|`")
        self._rest_of_stage(name)

    def _rest_of_stage(self, name: Token) -> None:
        """Arguments and conditions are Loki's to judge, except for regular expressions."""
        depth = 0
        while self.now is not None:
            token = self.now
            if depth == 0 and (
                token.is_sign("|", "|=", "|~", "|>", "!>", "[", ")") or token.is_keyword("offset")
            ):
                return
            # `| json != "x"` filters lines, `| level != "x"` filters labels.
            if depth == 0 and token.is_sign("!=", "!~") and not self._behind_label(name):
                return
            regex = self.before is not None and self.before.is_sign("=~", "!~")
            if token.kind is Kind.STRING and regex:
                check_regex(token.value, token.span)
            depth += token.is_sign("(", "{") - token.is_sign(")", "}")
            self.take()

    def _behind_label(self, name: Token) -> bool:
        before = self.before
        if before is None or before.kind is not Kind.IDENTIFIER:
            return False
        return before is not name or name.word not in STAGES


def _accepts_nothing(op: str, value: str) -> bool:
    """Whether a stream without the label passes the matcher."""
    equal = matches_whole(value, "") if op in ("=~", "!~") else value == ""
    return equal == (op in ("=", "=~"))


def _grouped(labels: ResultLabels, grouping: tuple[str, frozenset[str]]) -> ResultLabels:
    how, names = grouping
    return labels.keep(names) if how == "by" else labels.drop(names)


def _joined(op: str, left: Result, right: Result, matching: Matching) -> Result:
    if left.kind == "number":
        return right
    if right.kind == "number":
        return left
    return Result("metric", of_operator(op, left.labels, right.labels, matching))
