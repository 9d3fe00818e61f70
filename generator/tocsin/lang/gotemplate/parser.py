"""The parser of Go templates; it accepts and refuses what Go's `text/template/parse` does."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

from tocsin.lang.errors import LangError
from tocsin.lang.gotemplate.ast import (
    Action,
    Chain,
    Command,
    Constant,
    Control,
    Definition,
    Field,
    Function,
    Invocation,
    Jump,
    Node,
    Operand,
    Pipeline,
    String,
    Text,
    Variable,
)
from tocsin.lang.gotemplate.sprig import of_sprig
from tocsin.lang.gotemplate.tokens import Token, TokenKind, tokenize
from tocsin.lang.strings import unquote_string
from tocsin.text.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection

_DEEPEST = 50
_VALUES = frozenset(
    {
        TokenKind.FIELD,
        TokenKind.DOT,
        TokenKind.VARIABLE,
        TokenKind.NAME,
        TokenKind.NUMBER,
        TokenKind.STRING,
        TokenKind.CONSTANT,
    }
)


@lru_cache(maxsize=16384)
def parse_template(text: str, functions: frozenset[str], variables: tuple[str, ...] = ()) -> tuple[Node, ...]:
    """The tree of a template that may call these functions; `variables` are defined from the start."""
    return _Parser(text, functions, variables).run()


class _Parser:
    def __init__(self, text: str, functions: Collection[str], variables: tuple[str, ...]) -> None:
        self.tokens = tokenize(text)
        self.at = 0
        self.functions = functions
        self.variables = ["$", *variables]
        self.depth = 0
        self.ranges = 0

    def run(self) -> tuple[Node, ...]:
        nodes, end = self._nodes()
        if end.kind is not TokenKind.END:
            raise LangError(
                f"this `{end.text}` has no matching `if`, `with` or `range`", end.span, "remove it"
            )
        return nodes

    def _nodes(self) -> tuple[tuple[Node, ...], Token]:
        """The nodes up to `else`, `end` or the end of the text, and the token that ended them."""
        found: list[Node] = []
        while True:
            token = self._take()
            if token.kind is TokenKind.END:
                return tuple(found), token
            if token.kind is TokenKind.TEXT:
                found.append(Text(token.text, token.span))
                continue
            self._space()
            word = self._peek()
            if word.kind is TokenKind.WORD and word.text in ("else", "end"):
                return tuple(found), self._take()
            found += self._action(token.start)

    def _action(self, start: int) -> list[Node]:
        word = self._peek()
        if word.kind is not TokenKind.WORD:
            pipeline = self._pipeline(TokenKind.RIGHT, "the braces")
            return [Action(pipeline, (start, self._take().end))]
        self._take()
        if word.text in ("if", "with", "range"):
            return [self._control(cast("Literal['if', 'with', 'range']", word.text), word, start)]
        if word.text in ("break", "continue"):
            if not self.ranges:
                raise LangError(f"`{word.text}` is outside of a `range`", word.span)
            self._close(word)
            return [Jump(cast("Literal['break', 'continue']", word.text), word.span)]
        name = self._template_name(word)
        if word.text == "define":
            self._close(word)
            return [self._definition(name, word, start)]
        data: Pipeline | None = None
        self._space()
        if word.text == "block" or self._peek().kind is not TokenKind.RIGHT:
            data = self._pipeline(TokenKind.RIGHT, f"`{word.text}`")
        end = self._take().end
        nodes: list[Node] = [Invocation(name, data, (start, end))]
        return nodes if word.text == "template" else [*nodes, self._definition(name, word, start)]

    def _control(self, word: Literal["if", "with", "range"], token: Token, start: int) -> Control:
        """The rest of an `if`, `with` or `range`; one `end` closes a whole chain of `else if`."""
        self._deeper(token)
        outside = len(self.variables)
        chain: list[tuple[int, Pipeline, tuple[Node, ...]]] = []
        otherwise: tuple[Node, ...] = ()
        while True:
            pipeline = self._pipeline(TokenKind.RIGHT, f"`{word}`")
            self._take()
            self.ranges += word == "range"
            body, end = self._nodes()
            self.ranges -= word == "range"
            chain.append((start, pipeline, body))
            if end.kind is not TokenKind.WORD or end.text != "else":
                break
            self._space()
            following = self._peek()
            if following.kind is not TokenKind.WORD or following.text != word or word == "range":
                self._close(end)
                otherwise, end = self._nodes()
                break
            token, start = self._take(), end.start
        self._ended(end, token)
        self._leave(outside)
        stop = self.tokens[self.at - 1].end
        for start, pipeline, body in reversed(chain):
            otherwise = (Control(word, pipeline, body, otherwise, (start, stop)),)
        return cast("Control", otherwise[0])

    def _definition(self, name: str, word: Token, start: int) -> Definition:
        self._deeper(word)
        outside, self.variables = self.variables, ["$"]
        body, end = self._nodes()
        self._ended(end, word)
        self.variables = outside
        self.depth -= 1
        return Definition(name, body, (start, self.tokens[self.at - 1].end))

    def _ended(self, end: Token, opener: Token) -> None:
        if end.kind is TokenKind.END:
            raise LangError(
                f"`{opener.text}` has no matching `end`", opener.span, "write `{{ end }}` behind it"
            )
        if end.text != "end":
            raise LangError("there is an `else` too much", end.span, "write `{{ end }}`")
        self._close(end)

    def _deeper(self, token: Token) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise LangError("the template is nested too deeply", token.span)

    def _leave(self, variables: int) -> None:
        self.depth -= 1
        del self.variables[variables:]

    def _template_name(self, word: Token) -> str:
        self._space()
        token = self._take()
        if token.kind is not TokenKind.STRING:
            raise LangError(f"`{word.text}` needs a name", word.span, f'write `{word.text} "name"`')
        return unquote_string(token.text)

    def _close(self, word: Token) -> None:
        self._space()
        token = self._take()
        if token.kind is not TokenKind.RIGHT:
            raise LangError(
                f"`{word.text}` has to be alone in its braces", token.span, "write `}}` before this"
            )

    def _pipeline(self, end: TokenKind, what: str, closing: str = "") -> Pipeline:
        self._space()
        start = self._peek()
        variables, assigns = self._declared(what == "`range`")
        commands: list[Command] = []
        while True:
            self._space()
            token = self._peek()
            if token.kind is end and (not closing or token.text == closing):
                break
            if token.kind not in _VALUES and token.text != "(":
                raise self._unexpected(token)
            commands.append(self._command())
        if not commands:
            raise LangError(f"there is nothing in {what}", (start.start, self._peek().end))
        for command in commands[1:]:
            first = command.operands[0]
            if isinstance(first, Constant | String) or (isinstance(first, Field) and not first.names):
                raise LangError("only a function can follow `|`", first.span)
        # The value of a variable is computed before there is one.
        self.variables += variables
        return Pipeline(variables, tuple(commands), (start.start, commands[-1].span[1]), assigns)

    def _declared(self, several: bool) -> tuple[tuple[str, ...], bool]:
        found: list[str] = []
        back = self.at
        while self._peek().kind is TokenKind.VARIABLE:
            found.append(self._take().text)
            self._space()
            sign = self._peek()
            if sign.kind is TokenKind.SIGN and sign.text in (":=", "="):
                self._take()
                return tuple(found), sign.text == "="
            if sign.text != "," or not several or len(found) > 1:
                break
            self._take()
            self._space()
        self.at = back
        return (), False

    def _command(self) -> Command:
        operands: list[Operand] = []
        start = self._peek().start
        while True:
            self._space()
            operand = self._operand()
            if operand is not None:
                operands.append(operand)
            token = self._peek()
            if token.kind is TokenKind.SPACE:
                continue
            if token.kind is TokenKind.RIGHT or token.text == ")":
                break
            if token.kind is TokenKind.SIGN and token.text == "|":
                self._take()
                break
            raise self._unexpected(token)
        if not operands:
            raise LangError("there is nothing before this", self._peek().span)
        return Command(tuple(operands), (start, operands[-1].span[1]))

    def _operand(self) -> Operand | None:
        token = self._peek()
        if token.kind in _VALUES or token.text == "(":
            self._take()
            names: list[str] = []
            term = self._term(token)
            while self._peek().kind is TokenKind.FIELD:
                names.append(self._take().text[1:])
            if not names:
                return term
            return self._with_names(term, tuple(names), (token.start, self.tokens[self.at - 1].end))
        return None

    def _with_names(self, term: Operand, names: tuple[str, ...], span: tuple[int, int]) -> Operand:
        match term:
            case Field() if term.names:
                return Field((*term.names, *names), span)
            case Variable():
                return Variable(term.name, names, span)
            case Field() | String() | Constant():
                raise LangError("this has no fields", span)
            case _:
                return Chain(term, names, span)

    def _term(self, token: Token) -> Operand:
        match token.kind:
            case TokenKind.FIELD:
                return Field((token.text[1:],), token.span)
            case TokenKind.DOT:
                return Field((), token.span)
            case TokenKind.VARIABLE:
                if token.text not in self.variables:
                    raise LangError(
                        f"there is no variable `{token.text}`",
                        token.span,
                        did_you_mean(token.text, self.variables[1:]) or _instead(token.text),
                    )
                return Variable(token.text, (), token.span)
            case TokenKind.NAME:
                if token.text not in self.functions:
                    raise LangError(
                        f"there is no function `{token.text}`", token.span, self._other_name(token.text)
                    )
                return Function(token.text, token.span)
            case TokenKind.STRING:
                return String(unquote_string(token.text), token.span)
            case TokenKind.CONSTANT:
                kind: Literal["nil", "bool"] = "nil" if token.text == "nil" else "bool"
                return Constant(token.text, kind, token.span)
            case TokenKind.NUMBER:
                return Constant(token.text, "number", token.span)
        self._deeper(token)
        pipeline = self._pipeline(TokenKind.SIGN, "the parentheses", ")")
        end = self._take().end
        self.depth -= 1
        return Pipeline(pipeline.variables, pipeline.commands, (token.start, end), pipeline.assigns)

    def _other_name(self, name: str) -> str | None:
        if f"${name}" in self.variables:
            return f"write `${name}`"
        return of_sprig(name) or did_you_mean(name, self.functions)

    def _unexpected(self, token: Token) -> LangError:
        what = {TokenKind.RIGHT: "`}}`", TokenKind.END: "the end", TokenKind.LEFT: "`{{`"}.get(
            token.kind, f"`{token.text}`"
        )
        return LangError(f"{what} is not allowed here", token.span)

    def _peek(self) -> Token:
        return self.tokens[self.at]

    def _take(self) -> Token:
        token = self.tokens[self.at]
        self.at += token.kind is not TokenKind.END
        return token

    def _space(self) -> None:
        while self._peek().kind is TokenKind.SPACE:
            self.at += 1


def _instead(name: str) -> str | None:
    """What was meant by a name that looks like a label's."""
    return f"a label is written `$labels.{name[1:]}`" if len(name) > 1 else None
