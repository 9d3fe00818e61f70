"""The parser of PromQL: from a text to the tree of `ast`, with errors that show the place.

Grammar and precedence are those of Prometheus' `promql/parser/generated_parser.y`, newest syntax included.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NoReturn, cast

from tocsin.lang.cursor import read_balanced, without_comments
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import (
    Aggregation,
    Binary,
    Call,
    Grouping,
    LabelMatcher,
    Node,
    Number,
    Paren,
    Selector,
    Span,
    String,
    Unary,
    VectorMatching,
)
from tocsin.lang.promql.functions import AGGREGATIONS, FUNCTIONS, METRICSQL, PARAMETRIC
from tocsin.lang.promql.modifiers import Modifiers, number_of
from tocsin.lang.promql.tokens import Token, TokenKind, tokenize
from tocsin.lang.promql.types import Type, check_types, type_of
from tocsin.lang.regexes import check_regex
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS
from tocsin.text.suggest import did_you_mean
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from typing import Literal

    from tocsin.lang.alertmanager.matchers import Operator

# The comparison that ends nearly every alerting rule, behind a query that can be read by itself. A text of
# this length cannot have too many operators.
_COMPARISON = re.compile(r"(?P<op>==|!=|>=|<=|>|<)[ \t\r\n]*(?P<number>[0-9]+(?:\.[0-9]+)?)[ \t\r\n]*\Z")
_SPACE = " \t\r\n"
_LONGEST_COMPARED = 1000
# Everything that reads the tree may walk it deeply: what no person writes is refused.
_MOST_OPERATORS = 1000
_POWER_BINDS = 6
_BINDS: dict[str, int] = {
    **dict.fromkeys(("or",), 1),
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys((*COMPARISONS, "</", ">/"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": _POWER_BINDS,
}
_SIGN_BINDS = 5
_NO_METRIC = frozenset({"on", "ignoring", "group_left", "group_right", "bool", "atan2"})
_FILLS = frozenset({"fill", "fill_left", "fill_right"})
_MATCHING = _FILLS | {"on", "ignoring", "group_left", "group_right"}
# Most of what follows an operand.
_ENDING = frozenset({")", ",", ""})
_MATCHERS = frozenset({"=", "!=", "=~", "!~"})
_NO_LABELS = frozenset({"inf", "nan", "without"})
_IDENTIFIER, _KEYWORD, _STRING, _OPERATOR = (
    TokenKind.IDENTIFIER,
    TokenKind.KEYWORD,
    TokenKind.STRING,
    TokenKind.OPERATOR,
)
_NUMBER, _DURATION = TokenKind.NUMBER, TokenKind.DURATION
_NO_MATCHING = VectorMatching(None, (), (), None, (), (), None, None, None)


@lru_cache(maxsize=65536)
def parse_promql(text: str) -> Node:
    """The tree of an expression that Prometheus would take; LangError at the first thing that is wrong.

    The expression may also be a range or a string, which Prometheus parses but no rule can have. Expressions
    that compare one query with different numbers share the tree of the query.
    """
    return _compared(text) or _parsed(text)


def _compared(text: str) -> Node | None:
    """The tree of `query op number`; None for another form, and for what is not surely of this one."""
    found = _COMPARISON.search(text) if len(text) <= _LONGEST_COMPARED and "#" not in text else None
    if found is None:
        return None
    written = text[: found.start()].rstrip(_SPACE)
    try:
        # Half of another operator, as in `a =< 5`, is left behind a query that is none.
        query = _parsed(written)
    except LangError:
        return None
    if type_of(query) is not Type.VECTOR or (isinstance(query, Binary) and query.op in SET_OPERATORS):
        return None
    token = Token(_NUMBER, found["number"], found.span("number"))
    number = Number(number_of(token), token.span)
    span = (len(text) - len(text.lstrip(_SPACE)), number.span[1])
    return Binary(found["op"], query, number, False, _NO_MATCHING, found.span("op"), span)


def compared_query(tree: Node) -> Node | None:
    """The query of `query op number`, where expressions with other numbers may share it."""
    if isinstance(tree, Binary) and tree.op in COMPARISONS and not tree.returns_bool:
        return tree.left if isinstance(tree.right, Number) and type_of(tree.left) is Type.VECTOR else None
    return None


@lru_cache(maxsize=65536)
def _parsed(text: str) -> Node:
    tokens = tokenize(text)
    if "#" in text:
        tokens = without_comments(tokens)
    if not tokens:
        raise LangError("the expression is empty", (0, len(text)))
    tree = read_balanced(tokens, _Parser(tokens).whole)
    check_types(tree, text)
    return tree


# A node, and where it begins and ends with the modifiers that follow it.
_Part = tuple[Node, int, int]


@value_object
class _Pending:
    """An operator whose right side is not complete yet."""

    token: Token
    binds: int
    is_sign: bool
    returns_bool: bool
    matching: VectorMatching


class _Parser(Modifiers):
    def __init__(self, tokens: tuple[Token, ...]) -> None:
        super().__init__(tokens)
        self.operators = 0

    def whole(self) -> Node:
        """An expression with nothing behind it."""
        tree = self.expression()
        if self.at < self.count:
            self.unexpected()
        return tree

    def expression(self) -> Node:
        """Operands and the operators between them, by their precedence; only brackets recurse."""
        parts: list[_Part] = []
        pending: list[_Pending] = []
        while True:
            while (sign := self.tokens[self.at]).text in ("+", "-"):
                self.at += 1
                self._count(sign)
                pending.append(_Pending(sign, _SIGN_BINDS, True, False, _NO_MATCHING))
            parts.append(self._operand())
            operator = self._operator()
            binds = 0 if operator is None else operator.binds
            while pending and (pending[-1].binds > binds or pending[-1].binds == binds != _POWER_BINDS):
                _reduce(parts, pending.pop())
            if operator is None:
                return parts[0][0]
            pending.append(operator)

    def _count(self, token: Token) -> None:
        self.operators += 1
        if self.operators > _MOST_OPERATORS:
            raise LangError("the expression has too many operators", (self.tokens[0].start, token.end))

    def _operator(self) -> _Pending | None:
        token = self.tokens[self.at]
        if token.kind is not _OPERATOR and token.kind is not _KEYWORD:
            return None
        binds = _BINDS.get(token.word)
        if binds is None:
            return None
        self._count(token)
        self.at += 1
        if self.tokens[self.at].kind is not _KEYWORD:
            return _Pending(token, binds, False, False, _NO_MATCHING)
        returns_bool = self.accept_keyword("bool")
        if returns_bool is not None and token.text not in COMPARISONS:
            raise LangError("`bool` belongs to a comparison, such as `> bool`", returns_bool.span)
        matching = self._matching() if self._is_at_matching() else _NO_MATCHING
        return _Pending(token, binds, False, returns_bool is not None, matching)

    def _operand(self) -> _Part:
        token = self.tokens[self.at]
        node: Node
        kind = token.kind
        if kind is _IDENTIFIER or (kind is _KEYWORD and token.word not in _NO_METRIC):
            self.at += 1
            node = self._name(token)
        elif kind is _NUMBER or kind is _DURATION:
            self.at += 1
            node = Number(number_of(token), token.span)
        elif kind is _STRING:
            self.at += 1
            node = String(token.value, token.span)
        elif token.text == "(":
            self.at += 1
            inner = self.expression()
            node = Paren(inner, (token.start, self._close()))
        elif token.text == "{":
            node = self._selector(None)
        elif kind is TokenKind.END:
            self.fail_at_end("an expression")
        else:
            self._no_operand(token)
        if self.tokens[self.at].text in _ENDING:
            return node, token.span[0], self.tokens[self.at - 1].span[1]
        node, end = self.modified(node)
        return node, token.span[0], end

    def _no_operand(self, token: Token) -> NoReturn:
        before = self.before
        after = f" after `{before.text}`" if before is not None else ""
        raise LangError(f"expected an expression{after}, found `{token.text}`", token.span)

    def _name(self, name: Token) -> Node:
        if name.kind is _IDENTIFIER:
            called = self.tokens[self.at].text == "("
            if (called or self.at_keyword("by", "without")) and name.word in AGGREGATIONS:
                return self._aggregation(name)
            if called:
                return self._call(name)
        return self._selector(name)

    def _aggregation(self, name: Token) -> Node:
        grouping = self._grouping()
        if self.tokens[self.at].text != "(":
            self.fail("`(`", f"write `{name.text}(…)`")
        self.at += 1
        arguments, end = self._arguments()
        if grouping is None:
            grouping = self._grouping()
            end = end if grouping is None else grouping.span[1]
        op = name.word
        wanted = 2 if op in PARAMETRIC else 1
        if not arguments:
            raise LangError(
                f"`{name.text}` has nothing to aggregate", name.span, f"write `{name.text}(metric)`"
            )
        if len(arguments) != wanted:
            help = f"write `{name.text}(5, …)`" if wanted == 2 else None
            takes = "one argument" if wanted == 1 else f"{wanted} arguments"
            raise LangError(f"`{name.text}` takes {takes}, but gets {len(arguments)}", name.span, help)
        param = arguments[0] if wanted == 2 else None
        return Aggregation(op, arguments[-1], param, grouping, name.span, (name.span[0], end))

    def _call(self, name: Token) -> Node:
        if name.text not in FUNCTIONS:
            help = did_you_mean(name.text, FUNCTIONS | AGGREGATIONS)
            if name.word in FUNCTIONS:
                help = f"function names are lower case: `{name.word}`"
            if name.text in METRICSQL:
                said = f"`{name.text}` is a function of MetricsQL, which Prometheus does not have"
                raise LangError(said, name.span, METRICSQL[name.text])
            raise LangError(f"`{name.text}` is not a PromQL function", name.span, help)
        self.at += 1
        arguments, end = self._arguments()
        return Call(name.text, tuple(arguments), name.span, (name.span[0], end))

    def _arguments(self) -> tuple[list[Node], int]:
        """The arguments behind an opening parenthesis, and the end of the closing one."""
        if self.tokens[self.at].text == ")":
            return [], self._close()
        found = [self.expression()]
        while self.tokens[self.at].text == ",":
            self.at += 1
            found.append(self.expression())
        return found, self._close()

    def _close(self) -> int:
        closing = self.tokens[self.at]
        if closing.text != ")":
            self.unexpected()
        self.at += 1
        return closing.span[1]

    def _grouping(self) -> Grouping | None:
        keyword = self.tokens[self.at]
        if keyword.kind is not _KEYWORD or not keyword.is_keyword("by", "without"):
            return None
        self.at += 1
        how: Literal["by", "without"] = "by" if keyword.word == "by" else "without"
        names, spans, end = self._labels(keyword)
        return Grouping(how, names, spans, (keyword.span[0], end))

    def _matching(self) -> VectorMatching:
        first = self.take()
        end = first.end
        how: Literal["on", "ignoring"] | None = None
        many: Literal["left", "right"] | None = None
        labels: tuple[str, ...] = ()
        spans: tuple[Span, ...] = ()
        include: tuple[str, ...] = ()
        include_spans: tuple[Span, ...] = ()
        fills: dict[str, float] = {}
        keyword: Token | None = first
        while keyword is not None:
            word = keyword.word
            if word in ("on", "ignoring"):
                if keyword is not first:
                    self._misplaced(keyword, "write it once, directly after the operator")
                how = "on" if word == "on" else "ignoring"
                labels, spans, end = self._labels(keyword)
            elif word in ("group_left", "group_right"):
                if how is None or many is not None or fills:
                    self._misplaced(keyword, f"write `on (label) {word}` or `ignoring (label) {word}`")
                many, end = ("left" if word == "group_left" else "right"), keyword.end
                if self.at_sign("("):
                    include, include_spans, end = self._labels(keyword)
            else:
                sides = ("fill_left", "fill_right") if word == "fill" else (word,)
                if any(side in fills for side in sides):
                    self._misplaced(keyword, "a side is filled once")
                value, end = self._fill()
                fills.update(dict.fromkeys(sides, value))
            keyword = self.take() if self._is_at_matching() else None
        return VectorMatching(
            how,
            labels,
            spans,
            many,
            include,
            include_spans,
            fills.get("fill_left"),
            fills.get("fill_right"),
            (first.start, end),
        )

    def _is_at_matching(self) -> bool:
        """Whether a modifier of a match follows; `fill` without a parenthesis is the name of a metric."""
        if not self.at_keyword(*_MATCHING):
            return False
        return not self.at_keyword(*_FILLS) or self.tokens[self.at + 1].text == "("

    def _misplaced(self, keyword: Token, help: str) -> NoReturn:
        raise LangError(f"`{keyword.text}` is not allowed here", keyword.span, help)

    def _fill(self) -> tuple[float, int]:
        self.expect_sign("(")
        sign = self.accept_sign("-", "+")
        if not self.at_kind(TokenKind.NUMBER, TokenKind.DURATION):
            self.fail("a number")
        value = number_of(self.take())
        end = self.expect_sign(")").end
        return -value if sign is not None and sign.text == "-" else value, end

    def _labels(self, keyword: Token) -> tuple[tuple[str, ...], tuple[Span, ...], int]:
        """The labels in parentheses after a keyword, their places, and the end of the parenthesis."""
        if self.tokens[self.at].text != "(":
            help = f"write `{keyword.text} (label)`"
            if self.at_kind(_IDENTIFIER) and self.now is not None:
                help = f"write `{keyword.text} ({self.now.text})`"
            self.fail(f"labels in parentheses after `{keyword.text}`", help)
        self.at += 1
        found: list[Token] = []
        while (token := self.tokens[self.at]).text != ")":
            no_label = token.word in _NO_LABELS
            if no_label or (token.kind is not _IDENTIFIER and token.kind is not _STRING):
                self.fail("a label", "put a label of that name in quotes" if no_label else None)
            self.at += 1
            found.append(token)
            following = self.tokens[self.at].text
            if following == ",":
                self.at += 1
            elif following != ")":
                if self.at_kind(_IDENTIFIER, _STRING):
                    self.fail("a comma", "commas part the labels")
                self.fail("a comma or `)`", "a label consists of letters, digits and `_`")
        self.at += 1
        names = tuple([token.value if token.kind is _STRING else token.text for token in found])
        return names, tuple([token.span for token in found]), token.span[1]

    def _selector(self, name: Token | None) -> Selector:
        opener = self.tokens[self.at]
        start, end = opener.span if name is None else name.span
        metric = None if name is None else name.text
        if opener.text != "{":
            return Selector(metric, (), None, None, None, (start, end))
        self.at += 1
        matchers: list[LabelMatcher] = []
        while (token := self.tokens[self.at]).text != "}":
            if token.kind is _STRING and self.tokens[self.at + 1].text in (",", "}"):
                if metric is not None:
                    self._twice((start, token.end))
                self.at += 1
                metric = token.value
            else:
                matchers.append(self._matcher(token))
            following = self.tokens[self.at].text
            if following == ",":
                self.at += 1
            elif following != "}":
                self._no_comma()
        self.at += 1
        end = token.span[1]
        if name is not None and "__name__" in [matcher.name for matcher in matchers]:
            self._twice((start, end))
        return Selector(metric, tuple(matchers), None, None, None, (start, end))

    def _twice(self, span: Span) -> NoReturn:
        help = "name the metric before the braces or inside them, not both"
        raise LangError("the selector names its metric twice", span, help)

    def _matcher(self, name: Token) -> LabelMatcher:
        is_string = name.kind is _STRING
        if not (is_string or name.kind is _IDENTIFIER or name.is_keyword("or")):
            self.fail("a label")
        self.at += 1
        op = self.tokens[self.at].text
        if op not in _MATCHERS:
            compares = self.at_sign("==", ">", "<", ">=", "<=")
            self.fail("`=`, `!=`, `=~` or `!~`", None if compares else f'write `{name.text}="…"`')
        self.at += 1
        token = self.tokens[self.at]
        if token.kind is not _STRING:
            self._no_string()
        self.at += 1
        value = token.value
        if op == "=~" or op == "!~":
            check_regex(value, token.span)
        label = name.value if is_string else name.text
        return LabelMatcher(label, cast("Operator", op), value, (name.span[0], token.span[1]), token.span)

    def _no_comma(self) -> NoReturn:
        if self.at_kind(_IDENTIFIER, _STRING):
            self.fail("a comma", "commas part the matchers")
        if self.at_keyword("or"):
            self.fail("a comma or `}`", 'alternatives of one label are a regular expression: `label=~"a|b"`')
        self.fail("a comma or `}`")

    def _no_string(self) -> NoReturn:
        token = self.now
        if token is not None and token.kind in (TokenKind.IDENTIFIER, TokenKind.NUMBER, TokenKind.DURATION):
            self.fail("a string in quotes", f'write `"{token.text}"`')
        self.fail("a string in quotes")


def _reduce(parts: list[_Part], operator: _Pending) -> None:
    """Replace the last one or two parts by the operator's node over them."""
    right, start, end = parts.pop()
    token = operator.token
    if operator.is_sign:
        start = token.span[0]
        sign: Literal["+", "-"] = "-" if token.text == "-" else "+"
        parts.append((Unary(sign, right, (start, end)), start, end))
        return
    left, start, _ = parts.pop()
    node = Binary(
        token.word,
        left,
        right,
        operator.returns_bool,
        operator.matching,
        token.span,
        (start, end),
    )
    parts.append((node, start, end))
