"""Joining a query and its threshold to one expression, and parting them: the same for PromQL and LogQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tocsin.lang.cursor import bracket_pairs, without_comments
from tocsin.lang.tokens import COMPARISONS, OPENERS, SET_OPERATORS, Token, TokenKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Tokenize = Callable[[str], tuple[Token, ...]]

_BRACKET, _KEYWORD = TokenKind.BRACKET, TokenKind.KEYWORD
_DECIMAL = re.compile(r"(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SIGNED = re.compile(rf"(?P<sign>[+-]?)\s*(?P<number>{_DECIMAL.pattern})")


def needs_parentheses(text: str, tokenize: Tokenize) -> bool:
    """Whether `text > 2` would be read otherwise than `(text) > 2`."""
    return any(_binds_loosely(token) for token in _outer(_checked(text, tokenize)))


def with_comparison(text: str, op: str, number: str, tokenize: Tokenize) -> str:
    """The expression that compares a query with a number, with the author's lines and comments kept."""
    return f"{comparable(text, tokenize)}{op} {number}"


def comparable(text: str, tokenize: Tokenize) -> str:
    """The query as it stands before the operator that compares it, up to that operator."""
    query = dedent_query(text, tokenize)
    tokens = tokenize(query)
    ends_in_comment = bool(tokens) and tokens[-1].kind is TokenKind.COMMENT
    if needs_parentheses(query, tokenize):
        if "\n" in query or ends_in_comment:
            return f"(\n{indent_query(query, tokens)}\n) "
        return f"({query}) "
    return f"{query}\n" if ends_in_comment else f"{query} "


def split_comparison(text: str, tokenize: Tokenize) -> tuple[str, str, str] | None:
    """The query, the operator and the number of `query op number`; None for an expression of another form."""
    found = _comparison(text, tokenize)
    return None if found is None else (_bare(text[: found[0].start], tokenize), found[0].text, found[1])


def conditions(tree: Any, binary: Any, paren: Any) -> list[tuple[int, int]]:
    """Where an expression compares the value that it returns: each operator with what it compares with.

    That is at the top, also in parentheses, on the left of `and` and `unless`, and on both sides of `or`. A
    comparison on the right of `and` or `unless` filters by something else, one with `bool` makes a value, and
    one inside of arithmetic, a function or an aggregation is a part of what is measured. `binary` and `paren`
    are the types of these nodes in the tree's language.
    """
    found: list[tuple[int, int]] = []
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, paren):
            waiting.append(node.expr)
        elif isinstance(node, binary):
            if node.op == "or":
                waiting += (node.right, node.left)
            elif node.op in SET_OPERATORS:
                waiting.append(node.left)
            elif node.op in COMPARISONS and not node.returns_bool:
                found.append((node.op_span[0], node.right.span[1]))
                waiting.append(node.left)
    return found


def decimal_text(text: str) -> str | None:
    """The decimal number that stands there, without a plus; None for anything else."""
    found = _SIGNED.fullmatch(text)
    return None if found is None else found["sign"].replace("+", "") + found["number"]


def _comparison(text: str, tokenize: Tokenize) -> tuple[Token, str] | None:
    tokens = _checked(text, tokenize)
    loose = [token for token in _outer(tokens) if _binds_loosely(token)]
    if len(loose) != 1 or loose[0].kind is not TokenKind.OPERATOR:
        return None
    op = loose[0]
    number = _number([token for token in tokens if token.start >= op.end])
    if number is None or op.start == tokens[0].start:
        return None
    return op, number


def dedent_query(text: str, tokenize: Tokenize) -> str:
    """The text without outer blank lines and common indentation; lines inside a string stay as they are."""
    if "\n" not in text:
        return text.lstrip(" ").rstrip()
    lines = text.split("\n")
    fixed = _lines_inside_strings(text, tokenize(text))
    widths = [
        len(line) - len(line.lstrip(" "))
        for index, line in enumerate(lines)
        if line.strip() and index not in fixed
    ]
    width = min(widths, default=0)
    shifted = [line if index in fixed else line[width:] for index, line in enumerate(lines)]
    while shifted and not shifted[0].strip():
        shifted.pop(0)
    return "\n".join(shifted).rstrip()


def _checked(text: str, tokenize: Tokenize) -> tuple[Token, ...]:
    tokens = without_comments(tokenize(text))
    bracket_pairs(tokens)
    return tokens


def _outer(tokens: Sequence[Token]) -> list[Token]:
    """The tokens that stand in no brackets."""
    depth = 0
    found: list[Token] = []
    for token in tokens:
        if token.kind is _BRACKET:
            depth += 1 if token.text in OPENERS else -1
        elif depth == 0:
            found.append(token)
    return found


def _binds_loosely(token: Token) -> bool:
    if token.kind is _KEYWORD:
        return token.word in SET_OPERATORS
    return token.text in COMPARISONS


def _number(tokens: Sequence[Token]) -> str | None:
    sign = ""
    if len(tokens) == 2 and tokens[0].is_sign("-", "+"):
        sign = "-" if tokens[0].text == "-" else ""
        tokens = tokens[1:]
    if len(tokens) != 1 or tokens[0].kind is not TokenKind.NUMBER or not _DECIMAL.fullmatch(tokens[0].text):
        return None
    return sign + tokens[0].text


def _bare(text: str, tokenize: Tokenize) -> str:
    """The query without parentheses that enclose all of it."""
    while True:
        tokens = tokenize(text)
        first, last = tokens[0], tokens[-1]
        if not first.is_sign("(") or not last.is_sign(")") or bracket_pairs(tokens).get(0) != len(tokens) - 1:
            return dedent_query(text, tokenize)
        # Spaces instead of what stood before keep the first line in line with the others.
        column = first.end - (text.rfind("\n", 0, first.start) + 1)
        text = " " * column + text[first.end : last.start]
        if not without_comments(tokenize(text)):
            return dedent_query(text, tokenize)


def indent_query(query: str, tokens: Sequence[Token]) -> str:
    """The query moved right; lines that begin inside of a string stay where they are."""
    fixed = _lines_inside_strings(query, tokens)
    return "\n".join(
        line if index in fixed or not line.strip() else f"  {line}"
        for index, line in enumerate(query.split("\n"))
    )


def _lines_inside_strings(text: str, tokens: Sequence[Token]) -> set[int]:
    """The numbers of the lines that begin inside a string, whose leading spaces mean something."""
    found: set[int] = set()
    for token in tokens:
        if "\n" in token.text and token.kind is TokenKind.STRING:
            first = text.count("\n", 0, token.start) + 1
            found.update(range(first, first + token.text.count("\n")))
    return found
