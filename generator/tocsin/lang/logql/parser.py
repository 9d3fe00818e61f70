"""The parser of LogQL: its verdict is that of Loki's own parser, and every node has its place."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NoReturn

from tocsin.lang.cursor import read_balanced, without_comments
from tocsin.lang.errors import LangError
from tocsin.lang.logql import numbers
from tocsin.lang.logql.ast import (
    Aggregation,
    Binary,
    Duration,
    Grouping,
    LabelReplace,
    LogQuery,
    LogRange,
    Node,
    Number,
    Paren,
    RangeAggregation,
    Span,
    Vector,
    VectorMatching,
    is_log,
    is_number,
)
from tocsin.lang.logql.functions import (
    AGGREGATIONS,
    FUNCTIONS,
    GROUPABLE,
    OF_LINES,
    OF_NUMBERS,
    PARAMETRIC,
    RANGE_AGGREGATIONS,
)
from tocsin.lang.logql.pipeline import Pipelines
from tocsin.lang.logql.tokens import Token, TokenKind, tokenize
from tocsin.lang.regexes import check_regex
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import did_you_mean

_PRECEDENCE = {
    "or": 1,
    "and": 2,
    "unless": 2,
    **dict.fromkeys(COMPARISONS, 3),
    "+": 4,
    "-": 4,
    "*": 5,
    "/": 5,
    "%": 5,
    "^": 6,
}
_SIGNS = frozenset(sign for sign in _PRECEDENCE if not sign.isalpha())
_BEHIND_LINES = _SIGNS | {")", ",", ""}
_CALLED = RANGE_AGGREGATIONS | AGGREGATIONS | FUNCTIONS
# Consumers of the tree recurse into it.
_MOST_OPERATORS = 200
# Loki's own limit, which counts bytes.
_LONGEST = 131_072
_LARGEST_INT = 2**63
# The comparison that ends nearly every alerting rule, behind a query that can be read by itself.
_COMPARISON = regex_on_use(
    r"(?P<op>==|!=|>=|<=|>|<)[ \t\r\n]*(?P<number>(?:0|[1-9][0-9]{,14})(?:\.[0-9]{1,15})?)[ \t\r\n]*\Z"
)
_LONGEST_COMPARED = 1000
_COMMENTS = ("#", "//", "/*")
_KEYWORD, _IDENTIFIER, _NUMBER, _RANGE = (
    TokenKind.KEYWORD,
    TokenKind.IDENTIFIER,
    TokenKind.NUMBER,
    TokenKind.RANGE,
)
_NO_MATCHING = VectorMatching(None, (), (), None, (), (), None)


@lru_cache(maxsize=65536)
def parse_logql(text: str) -> Node:
    """The syntax tree of a LogQL expression; LangError at the first thing that Loki's parser would refuse.

    What Loki finds only when it runs the query, such as a wrong regular expression in a filter of lines, is
    accepted here: `stages.check_stages` finds it. Expressions that compare one query with different numbers
    share the tree of the query.
    """
    return _compared(text) or _parsed(text)


def _compared(text: str) -> Node | None:
    """The tree of `query op number`; None for another form, and for what is not surely of this one."""
    found = _COMPARISON.search(text) if len(text) <= _LONGEST_COMPARED else None
    if found is None or any(mark in text for mark in _COMMENTS):
        return None
    written = text[: found.start()].rstrip(" \t\r\n")
    try:
        # Half of another operator, as in `a =< 5`, is left behind a query that is none.
        query = _parsed(written)
    except LangError:
        return None
    if is_log(query) or _depth(query) > _MOST_OPERATORS:
        return None
    if isinstance(query, Binary) and query.op in SET_OPERATORS:
        return None
    number = Number(float(found["number"]), found.span("number"))
    span = (query.span[0], number.span[1])
    return Binary(found["op"], query, number, False, _NO_MATCHING, found.span("op"), span)


@lru_cache(maxsize=65536)
def _parsed(text: str) -> Node:
    tokens = without_comments(tokenize(text))
    if not tokens:
        raise LangError("the expression is empty", (0, len(text)))
    if len(text.encode()) >= _LONGEST:
        raise LangError("the expression is longer than Loki allows (128 KiB)", (0, len(text)))
    return read_balanced(tokens, _Expressions(tokens).whole)


class _Expressions(Pipelines):
    def whole(self) -> Node:
        """An expression with nothing behind it."""
        node = self.expression()
        if self.at < self.count:
            self.unexpected()
        return node

    def expression(self) -> Node:
        """An operand, or several with operators between."""
        operands = [self._operand()]
        operators: list[tuple[Token, bool, VectorMatching]] = []
        while _is_operator(op := self.tokens[self.at]):
            self.at += 1
            if is_log(operands[-1]):
                help = "count lines first: `count_over_time({…} [5m])`"
                raise LangError(f"`{op.text}` works on numbers, but a log query returns lines", op.span, help)
            while operators and _reduces(operators[-1][0].word, op.word):
                _join(operands, operators)
            returns_bool = self.accept_keyword("bool") is not None
            operators.append((op, returns_bool, self._matching()))
            if len(operators) > _MOST_OPERATORS or _depth(operands[-1]) > _MOST_OPERATORS:
                raise LangError("the expression has too many operators", op.span)
            operands.append(self._operand())
            if is_log(operands[-1]):
                raise LangError(f"`{op.text}` works on numbers, but a log query returns lines", op.span)
        while operators:
            _join(operands, operators)
        return operands[0]

    def _operand(self) -> Node:
        token = self.tokens[self.at]
        if token.kind is _KEYWORD and token.word in _CALLED:
            self.at += 1
            return self._call(token)
        if token.text == "{":
            return self._log()
        if token.text == "(":
            self.at += 1
            inner = self.expression()
            return Paren(inner, (token.span[0], self.close().span[1]))
        if (value := self.signed_number()) is not None:
            return Number(value, (token.span[0], self._end))
        if token.kind is TokenKind.END:
            self.fail_at_end("an expression")
        if token.kind is TokenKind.IDENTIFIER and _is_name(token.text):
            self._no_such_function(token)
        before = f" after `{self.before.text}`" if self.before is not None else ""
        help = 'a query begins with a selector, `{app="api"}`, or an aggregation' if not before else None
        if token.is_sign("+", "-"):
            help = "a sign is only allowed before a number: write `0 - …` or `-1 * …`"
        if token.text == "$":
            help = "variables are Grafana's: Loki knows none"
        elif token.text in ("“", "„"):
            help = 'write straight quotes: "'
        raise LangError(f"expected an expression{before}, found `{token.text}`", token.span, help)

    def _no_such_function(self, name: Token) -> NoReturn:
        self.take()
        grouped = self.accept_keyword("by", "without") if name.word in _CALLED else None
        if grouped is not None:
            self._label_list()
        if name.word in _CALLED:
            self.expect_sign("(", f"write `{name.text}(…)`")
        if self.at_sign("(") or self.at_keyword("by", "without"):
            raise LangError(
                f"`{name.text}` is not a LogQL function", name.span, did_you_mean(name.text, _CALLED)
            )
        help = 'a query begins with a selector in braces, such as `{app="api"}`'
        raise LangError(f"`{name.text}` is not allowed here: LogQL has no metric names", name.span, help)

    def _log(self) -> LogQuery:
        selector = self.selector()
        stages = self.stages()
        if self.at_sign("|"):
            unwrap = self.unwrap()
            if unwrap is not None:
                help = "it belongs inside an aggregation: `sum_over_time({…} | unwrap x [5m])`"
                raise LangError("`unwrap` gives numbers, and a log query has none", unwrap.span, help)
        following = self.tokens[self.at]
        if following.text not in _BEHIND_LINES and not _is_operator(following):
            self._no_stage(following)
        return LogQuery(selector, stages, (selector.span[0], self._end))

    def _no_stage(self, token: Token) -> NoReturn:
        help = "a stage begins with `|`, a filter of lines with `|=`, `!=`, `|~` or `!~`"
        if token.kind is TokenKind.RANGE:
            help = f"a range belongs inside an aggregation: `rate({{…}} {token.text})`"
        raise LangError(f"`{token.text}` cannot follow a log query", token.span, help)

    def _call(self, name: Token) -> Node:
        word = name.word
        if word in RANGE_AGGREGATIONS:
            return self._range_aggregation(name, word)
        if word in AGGREGATIONS:
            return self._aggregation(name, word)
        if word == "label_replace":
            return self._label_replace(name)
        self.expect_sign("(")
        if not self.at_kind(TokenKind.NUMBER):
            self.fail("a number without a sign")
        value = self.number()
        self.close()
        return Vector(value, (name.start, self._end))

    def _label_replace(self, name: Token) -> LabelReplace:
        self.expect_sign("(")
        inner = self._series(name)
        texts = []
        while self.accept_sign(","):
            texts.append(self.string())
        self.close()
        if len(texts) != 4:
            raise LangError(f"`label_replace` takes 5 arguments, but gets {len(texts) + 1}", name.span)
        check_regex(texts[3].value, texts[3].span, wrapped=True)
        return LabelReplace(inner, texts[0], texts[1], texts[2], texts[3], name.span, (name.start, self._end))

    def _series(self, name: Token) -> Node:
        """The argument of a function that takes series."""
        node = self.expression()
        if is_log(node):
            help = f"count the lines first: `{name.text}(count_over_time({{…}} [5m]))`"
            raise LangError(f"`{name.text}` needs numbers, but gets log lines", name.span, help)
        return node

    def _aggregation(self, name: Token, word: str) -> Aggregation:
        grouping = self._grouping()
        self.expect_sign("(", f"write `{name.text}(…)`")
        if self.tokens[self.at].text == ")":
            raise LangError(f"`{name.text}` has nothing to aggregate", name.span)
        param: int | None = None
        if word in PARAMETRIC:
            param = self._count(name)
        elif self.tokens[self.at].kind is _NUMBER and self.tokens[self.at + 1].text == ",":
            help = f"remove the number: `{name.text}(…)`"
            raise LangError(f"`{name.text}` does not take a number", self.take().span, help)
        inner = self._series(name)
        self.close()
        grouping = grouping or self._grouping()
        if grouping is not None and word == "approx_topk":
            raise LangError("`approx_topk` does not take a grouping", grouping.span, "group inside of it")
        if grouping is not None and word in ("sort", "sort_desc") and grouping.labels:
            raise LangError(f"`{name.text}` does not take a grouping", grouping.span, "it sorts by value")
        return Aggregation(word, inner, param, grouping, name.span, (name.start, self._end))

    def _count(self, name: Token) -> int:
        help = f"write `{name.text}(5, …)`"
        following = self.ahead(1)
        if not self.at_kind(TokenKind.NUMBER) or following is None or not following.is_sign(","):
            self.fail(f"a number as the first argument of `{name.text}`", help)
        token = self.take()
        self.take()
        if not token.text.isdecimal() or not token.text.isascii():
            raise LangError(f"`{name.text}` needs a whole number", token.span, help)
        value = int(token.text[-30:])
        if not 0 < value < _LARGEST_INT or len(token.text.lstrip("0")) > 19:
            raise LangError(f"`{name.text}` needs a number from 1 upwards", token.span, help)
        return value

    def _range_aggregation(self, name: Token, word: str) -> RangeAggregation:
        if self.at_keyword("by", "without"):
            help = f"the labels come last: `{name.text}(…) by (label)`"
            self.fail(f"`(` after `{name.text}`", help)
        self.expect_sign("(", f"write `{name.text}({{…}} [5m])`")
        param = self._quantile(name, word)
        if self.tokens[self.at].text not in ("{", "("):
            help = f'write `{name.text}({{app="api"}} [5m])`'
            self.fail(f"a log query in `{name.text}`", help)
        inner = self._log_range(name)
        self.close()
        grouping = self._grouping()
        if grouping is not None and word not in GROUPABLE:
            help = (
                f"aggregate around it: `sum {grouping.how} ({', '.join(grouping.labels)}) ({name.text}(…))`"
            )
            raise LangError(f"`{name.text}` does not take a grouping", grouping.span, help)
        if inner.unwrap is not None and word not in OF_NUMBERS:
            help = "take `unwrap` away, or write for example `sum_over_time`"
            raise LangError(f"`{name.text}` counts lines and does not take `unwrap`", inner.unwrap.span, help)
        if inner.unwrap is None and word not in OF_LINES:
            help = f"say which label holds the number: `{name.text}({{…}} | json | unwrap duration [5m])`"
            raise LangError(f"`{name.text}` needs an `unwrap`", name.span, help)
        return RangeAggregation(word, inner, param, grouping, name.span, (name.start, self._end))

    def _quantile(self, name: Token, word: str) -> float | None:
        token = self.tokens[self.at]
        if word != "quantile_over_time":
            if token.kind is _NUMBER:
                raise LangError(f"`{name.text}` does not take a number", token.span)
            return None
        if token.kind is not _NUMBER:
            self.fail("a number as the first argument of `quantile_over_time`", "write for example `0.99`")
        value = self.number()
        self.expect_sign(",")
        return value

    def _log_range(self, name: Token) -> LogRange:
        """A log query with its range, which can stand in the middle of it, and both in parentheses."""
        opener = self.accept_sign("(")
        if opener is not None and self.at_sign("("):
            inner = self._log_range(name)
            self.close()
            return LogRange(inner.query, inner.unwrap, inner.range, inner.offset, (opener.start, self._end))
        if not self.at_sign("{"):
            self._no_lines(name)
        selector = self.selector()
        stages = self.stages()
        unwrap = self.unwrap()
        start = opener.start if opener is not None else selector.span[0]
        closed = False
        if opener is not None and self.tokens[self.at].kind is not _RANGE:
            self.close()
            closed = True
        token = self.tokens[self.at]
        if token.kind is not _RANGE:
            self._no_range(name, (start, self._end))
        self.at += 1
        range = Duration(numbers.duration(token.text[1:-1]) or 0.0, token.span)
        offset = self._offset()
        if not stages and unwrap is None:
            stages = self.stages() if not closed else ()
            unwrap = self.unwrap()
        if opener is not None and not closed:
            self.close()
        end = stages[-1].span[1] if stages else selector.span[1]
        return LogRange(
            LogQuery(selector, stages, (selector.span[0], end)), unwrap, range, offset, (start, self._end)
        )

    def _no_lines(self, name: Token) -> NoReturn:
        node = self._operand()
        if is_log(node):
            help = f"remove one pair of parentheses: `{name.text}({{…}} [5m])`"
            raise LangError("a log query with a range takes only one pair of parentheses", node.span, help)
        raise LangError(
            f"`{name.text}` needs a log query, but gets numbers", name.span, "aggregate outside of it"
        )

    def _no_range(self, name: Token, span: Span) -> NoReturn:
        if self.now is None or self.at_sign(")", ","):
            raise LangError(f"`{name.text}` needs a range", span, "write `[5m]` after it")
        if self.now.text in _SIGNS or self.at_keyword():
            self.unexpected()
        self._no_stage(self.now)

    def _offset(self) -> Duration | None:
        if not self.accept_keyword("offset"):
            return None
        if not self.at_kind(TokenKind.DURATION):
            help = "write for example `offset 5m`"
            if self.at_sign("-"):
                help = "write the minus directly before the duration: `offset -5m`"
            self.fail("a duration", help)
        token = self.take()
        return Duration(numbers.duration(token.text) or 0.0, token.span)

    def _grouping(self) -> Grouping | None:
        keyword = self.accept_keyword("by", "without")
        if keyword is None:
            return None
        how: Literal["by", "without"] = "by" if keyword.word == "by" else "without"
        labels, spans = self._label_list()
        return Grouping(how, labels, spans, (keyword.start, self._end))

    def _matching(self) -> VectorMatching:
        keyword = self.accept_keyword("on", "ignoring")
        if keyword is None:
            if self.at_keyword("group_left", "group_right"):
                self.fail("`on (…)` or `ignoring (…)` first", "say which labels both sides share")
            return _NO_MATCHING
        how: Literal["on", "ignoring"] = "on" if keyword.word == "on" else "ignoring"
        labels, spans = self._label_list()
        many: Literal["left", "right"] | None = None
        include: tuple[str, ...] = ()
        include_spans: tuple[Span, ...] = ()
        if group := self.accept_keyword("group_left", "group_right"):
            many = "left" if group.word == "group_left" else "right"
            if self.at_sign("("):
                include, include_spans = self._label_list()
        return VectorMatching(how, labels, spans, many, include, include_spans, (keyword.start, self._end))

    def _label_list(self) -> tuple[tuple[str, ...], tuple[Span, ...]]:
        if self.tokens[self.at].text != "(":
            self._no_label_list()
        self.at += 1
        found: list[Token] = []
        while self.tokens[self.at].text != ")":
            found.append(self._label("a label"))
            if self.tokens[self.at].text not in (",", ")"):
                self.fail("a comma or `)`")
            self._comma("a label", ")")
        self.at += 1
        return tuple([token.text for token in found]), tuple([token.span for token in found])

    def _no_label_list(self) -> NoReturn:
        before, now = self.before, self.now
        example = now.text if now is not None and now.kind is _IDENTIFIER else "label"
        self.fail("`(`", f"write `{before.text} ({example})`" if before is not None else None)


def _is_operator(token: Token) -> bool:
    return token.text in _SIGNS or (token.kind is _KEYWORD and token.word in SET_OPERATORS)


def _reduces(left: str, right: str) -> bool:
    """Whether an operator's right side is complete when another operator follows."""
    mine, other = _PRECEDENCE[left], _PRECEDENCE[right]
    return mine > other or (mine == other and left != "^")


def _join(operands: list[Node], operators: list[tuple[Token, bool, VectorMatching]]) -> None:
    op, returns_bool, matching = operators.pop()
    right = operands.pop()
    left = operands.pop()
    if op.word in SET_OPERATORS:
        for side, node in (("left", left), ("right", right)):
            if is_number(node):
                raise LangError(
                    f"the {side} side of `{op.text}` is a number, but series are needed",
                    node.span,
                    "write `vector(1)` for a series with a fixed value",
                )
    span = (left.span[0], right.span[1])
    operands.append(Binary(op.word, left, right, returns_bool, matching, op.span, span))


def _depth(node: Node) -> int:
    """How many operators stand on the left edge of an expression."""
    depth = 0
    while isinstance(node, Binary):
        depth += 1
        node = node.left
    return depth


def _is_name(text: str) -> bool:
    return text[0] == "_" or text[0].isalpha()
