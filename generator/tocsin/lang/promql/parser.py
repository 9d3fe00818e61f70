"""The parser of PromQL: from a text to the tree of `ast`, with errors that show the place.

Grammar and precedence are those of Prometheus' `promql/parser/generated_parser.y`, newest syntax included.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, NoReturn, cast

from tocsin.lang.cursor import did_you_mean, pairs, without_comments
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
from tocsin.lang.promql.functions import AGGREGATIONS, FUNCTIONS, PARAMETRIC
from tocsin.lang.promql.modifiers import Modifiers, number_of
from tocsin.lang.promql.tokens import Kind, Token, tokenize
from tocsin.lang.promql.types import Type, check_types, type_of
from tocsin.lang.regexes import check_regex
from tocsin.lang.tokens import COMPARISONS, SET_OPERATORS

if TYPE_CHECKING:
    from typing import Literal

    from tocsin.lang.matchers import Operator

# The comparison that ends nearly every alerting rule, behind a query that can be read by itself. A text of
# this length cannot have too many operators.
_COMPARED = re.compile(
    r"""(?P<query>.*[^\s<>=!~])[ \t\r\n]*
        (?P<op>==|!=|>=|<=|>|<)[ \t\r\n]*
        (?P<number>[0-9]+(?:\.[0-9]+)?)[ \t\r\n]*""",
    re.DOTALL | re.VERBOSE,
)
_LONGEST_COMPARED = 1000
# Everything that reads the tree may walk it deeply: what no person writes is refused.
_MOST_OPERATORS = 1000
_BINDS = {
    **dict.fromkeys(("or",), 1),
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys((*COMPARISONS, "</", ">/"), 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": 6,
}
_SIGN_BINDS = 5
_WORD_OPERATORS = frozenset({"and", "or", "unless", "atan2"})
_NO_METRIC = frozenset({"on", "ignoring", "group_left", "group_right", "bool", "atan2"})
_MATCHING = frozenset({"on", "ignoring", "group_left", "group_right", "fill", "fill_left", "fill_right"})
_BRACKET, _COMMA, _IDENTIFIER, _STRING = Kind.BRACKET, Kind.COMMA, Kind.IDENTIFIER, Kind.STRING
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
    found = _COMPARED.fullmatch(text) if len(text) <= _LONGEST_COMPARED and "#" not in text else None
    if found is None:
        return None
    try:
        query = _parsed(found["query"])
    except LangError:
        return None
    if type_of(query) is not Type.VECTOR or (isinstance(query, Binary) and query.op in SET_OPERATORS):
        return None
    number = Number(
        number_of(Token(Kind.NUMBER, found["number"], *found.span("number"))), found.span("number")
    )
    span = (len(text) - len(text.lstrip(" \t\r\n")), number.span[1])
    return Binary(found["op"], query, number, False, _NO_MATCHING, found.span("op"), span)


def compared_query(tree: Node) -> Node | None:
    """The query of `query op number`, where expressions with other numbers may share it."""
    if isinstance(tree, Binary) and tree.op in COMPARISONS and not tree.returns_bool:
        return tree.left if isinstance(tree.right, Number) and type_of(tree.left) is Type.VECTOR else None
    return None


@lru_cache(maxsize=65536)
def _parsed(text: str) -> Node:
    tokens = without_comments(tokenize(text))
    if not tokens:
        raise LangError("the expression is empty", (0, len(text)))
    pairs(tokens)
    parser = _Parser(tokens, text)
    tree = parser.expression().node
    if parser.now is not None:
        parser.unexpected()
    check_types(tree, text)
    return tree


class _Part(NamedTuple):
    """A node, and where it stands with the modifiers that follow it."""

    node: Node
    start: int
    end: int


class _Pending(NamedTuple):
    """An operator whose right side is not complete yet."""

    token: Token
    binds: int
    is_sign: bool
    returns_bool: bool
    matching: VectorMatching


class _Parser(Modifiers):
    def __init__(self, tokens: tuple[Token, ...], text: str) -> None:
        super().__init__(tokens)
        self.text = text
        self.operators = 0

    def expression(self) -> _Part:
        """Operands and the operators between them, by their precedence; only brackets recurse."""
        parts: list[_Part] = []
        pending: list[_Pending] = []
        while True:
            while self.at_sign("+", "-"):
                sign = self.take()
                self._count(sign)
                pending.append(_Pending(sign, _SIGN_BINDS, True, False, _NO_MATCHING))
            parts.append(self._operand())
            operator = self._operator()
            binds = 0 if operator is None else operator.binds
            while pending and (pending[-1].binds > binds or (pending[-1].binds == binds != _BINDS["^"])):
                _reduce(parts, pending.pop())
            if operator is None:
                return parts[0]
            pending.append(operator)

    def _count(self, token: Token) -> None:
        self.operators += 1
        if self.operators > _MOST_OPERATORS:
            raise LangError("the expression has too many operators", (self.tokens[0].start, token.end))

    def _operator(self) -> _Pending | None:
        token = self.now
        # Most of what follows an operand is a bracket or a comma.
        if token is None or token.kind is _BRACKET or token.kind is _COMMA or token.word not in _BINDS:
            return None
        if token.kind is not Kind.OPERATOR and not token.is_keyword(*_WORD_OPERATORS):
            return None
        self._count(token)
        self.at += 1
        returns_bool = self.accept_keyword("bool")
        if returns_bool is not None and token.text not in COMPARISONS:
            raise LangError("`bool` belongs to a comparison, such as `> bool`", returns_bool.span)
        matching = self._matching() if self.at_keyword(*_MATCHING) else _NO_MATCHING
        return _Pending(token, _BINDS[token.word], False, returns_bool is not None, matching)

    def _operand(self) -> _Part:
        token = self.now
        if token is None:
            self.fail_at_end("an expression")
        node: Node
        kind = token.kind
        if kind is _IDENTIFIER or (kind is Kind.KEYWORD and token.word not in _NO_METRIC):
            self.at += 1
            node = self._name(token)
        elif kind is Kind.NUMBER or kind is Kind.DURATION:
            self.at += 1
            node = Number(number_of(token), token.span)
        elif kind is _STRING:
            self.at += 1
            node = String(token.value, token.span)
        elif token.is_sign("("):
            self.at += 1
            inner = self.expression().node
            node = Paren(inner, (token.start, self._close()))
        elif token.is_sign("{"):
            node = self._selector(None)
        else:
            self._no_operand(token)
        node, end = self.modified(node)
        return _Part(node, token.start, end)

    def _no_operand(self, token: Token) -> NoReturn:
        before = self.before
        after = f" after `{before.text}`" if before is not None else ""
        raise LangError(f"expected an expression{after}, found `{token.text}`", token.span)

    def _name(self, name: Token) -> Node:
        if name.kind is Kind.IDENTIFIER:
            if name.word in AGGREGATIONS and (self.at_sign("(") or self.at_keyword("by", "without")):
                return self._aggregation(name)
            if self.at_sign("("):
                return self._call(name)
        return self._selector(name)

    def _aggregation(self, name: Token) -> Node:
        grouping = self._grouping() if self.at_keyword("by", "without") else None
        self.expect_sign("(", f"write `{name.text}(…)`")
        arguments, end = self._arguments()
        if grouping is None and self.at_keyword("by", "without"):
            grouping = self._grouping()
            end = grouping.span[1]
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
        return Aggregation(op, arguments[-1], param, grouping, name.span, (name.start, end))

    def _call(self, name: Token) -> Node:
        if name.text not in FUNCTIONS:
            help = did_you_mean(name.text, FUNCTIONS | AGGREGATIONS)
            if name.word in FUNCTIONS:
                help = f"functions are written small: `{name.word}`"
            raise LangError(f"`{name.text}` is no function of PromQL", name.span, help)
        self.at += 1
        arguments, end = self._arguments()
        return Call(name.text, tuple(arguments), name.span, (name.start, end))

    def _arguments(self) -> tuple[list[Node], int]:
        """The arguments behind an opening parenthesis, and the end of the closing one."""
        if closing := self.accept_sign(")"):
            return [], closing.end
        found = [self.expression().node]
        while self.accept_sign(","):
            found.append(self.expression().node)
        return found, self._close()

    def _close(self) -> int:
        if not self.at_sign(")"):
            self.unexpected()
        return self.take().end

    def _grouping(self) -> Grouping:
        keyword = self.take()
        how: Literal["by", "without"] = "by" if keyword.word == "by" else "without"
        names, spans, end = self._labels(keyword)
        return Grouping(how, names, spans, (keyword.start, end))

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
                    self._misplaced(keyword, "it stands once, directly behind the operator")
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
            keyword = self.take() if self.at_keyword(*_MATCHING) else None
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

    def _misplaced(self, keyword: Token, help: str) -> NoReturn:
        raise LangError(f"`{keyword.text}` cannot stand here", keyword.span, help)

    def _fill(self) -> tuple[float, int]:
        self.expect_sign("(")
        sign = self.accept_sign("-", "+")
        if not self.at_kind(Kind.NUMBER, Kind.DURATION):
            self.fail("a number")
        value = number_of(self.take())
        end = self.expect_sign(")").end
        return -value if sign is not None and sign.text == "-" else value, end

    def _labels(self, keyword: Token) -> tuple[tuple[str, ...], tuple[Span, ...], int]:
        """The labels in parentheses after a keyword, their places, and the end of the parenthesis."""
        if not self.at_sign("("):
            help = f"write `{keyword.text} (label)`"
            if self.at_kind(Kind.IDENTIFIER) and self.now is not None:
                help = f"write `{keyword.text} ({self.now.text})`"
            self.fail(f"labels in parentheses after `{keyword.text}`", help)
        self.take()
        found: list[Token] = []
        while not self.at_sign(")"):
            no_label = self.now is not None and self.now.word in ("inf", "nan", "without")
            if no_label or not self.at_kind(Kind.IDENTIFIER, Kind.STRING):
                self.fail("a label", "a label of that name stands in quotes" if no_label else None)
            found.append(self.take())
            if self.accept_sign(","):
                continue
            if self.at_kind(Kind.IDENTIFIER, Kind.STRING):
                self.fail("a comma", "commas part the labels")
            if not self.at_sign(")"):
                self.fail("a comma or `)`", "a label consists of letters, digits and `_`")
        names = tuple(token.value if token.kind is Kind.STRING else token.text for token in found)
        return names, tuple(token.span for token in found), self.take().end

    def _selector(self, name: Token | None) -> Selector:
        start = name.start if name is not None else self.tokens[self.at].start
        end = name.end if name is not None else start
        metric = name.text if name is not None else None
        matchers: list[LabelMatcher] = []
        if self.at_sign("{"):
            self.at += 1
            while not self.at_sign("}"):
                quoted = self._quoted_name()
                if quoted is None:
                    matchers.append(self._matcher())
                elif metric is None:
                    metric = quoted.value
                else:
                    self._twice((start, quoted.end))
                self._after_matcher()
            end = self.take().end
        if name is not None and any(matcher.name == "__name__" for matcher in matchers):
            self._twice((start, end))
        return Selector(metric, tuple(matchers), None, None, None, (start, end))

    def _twice(self, span: Span) -> NoReturn:
        help = "name the metric before the braces or inside them, not both"
        raise LangError("the selector names its metric twice", span, help)

    def _quoted_name(self) -> Token | None:
        """The metric's name in quotes, when that is what stands here."""
        follows = self.ahead(1)
        if self.at_kind(Kind.STRING) and follows is not None and follows.is_sign(",", "}"):
            return self.take()
        return None

    def _matcher(self) -> LabelMatcher:
        name = self.now
        if name is None or not (name.kind in (Kind.IDENTIFIER, Kind.STRING) or name.is_keyword("or")):
            self.fail("a label")
        self.at += 1
        sign = self.accept_sign("=", "!=", "=~", "!~")
        if sign is None:
            compares = self.at_sign("==", ">", "<", ">=", "<=")
            self.fail("`=`, `!=`, `=~` or `!~`", None if compares else f'write `{name.text}="…"`')
        op = cast("Operator", sign.text)
        if not self.at_kind(Kind.STRING):
            self._no_string()
        value = self.take()
        if op in ("=~", "!~"):
            check_regex(value.value, value.span)
        label = name.value if name.kind is Kind.STRING else name.text
        return LabelMatcher(label, op, value.value, (name.start, value.end), value.span)

    def _after_matcher(self) -> None:
        if self.at_sign("}") or self.accept_sign(","):
            return
        if self.at_kind(Kind.IDENTIFIER, Kind.STRING):
            self.fail("a comma", "commas part the matchers")
        if self.at_keyword("or"):
            self.fail("a comma or `}`", 'alternatives of one label are a regular expression: `label=~"a|b"`')
        self.fail("a comma or `}`")

    def _no_string(self) -> NoReturn:
        token = self.now
        if token is not None and token.kind in (Kind.IDENTIFIER, Kind.NUMBER, Kind.DURATION):
            self.fail("a string in quotes", f'write `"{token.text}"`')
        self.fail("a string in quotes")


def _reduce(parts: list[_Part], operator: _Pending) -> None:
    """Replace the last one or two parts by the operator's node over them."""
    right = parts.pop()
    if operator.is_sign:
        start = operator.token.start
        sign: Literal["+", "-"] = "-" if operator.token.text == "-" else "+"
        parts.append(_Part(Unary(sign, right.node, (start, right.end)), start, right.end))
        return
    left = parts.pop()
    node = Binary(
        operator.token.word,
        left.node,
        right.node,
        operator.returns_bool,
        operator.matching,
        operator.token.span,
        (left.start, right.end),
    )
    parts.append(_Part(node, left.start, right.end))
