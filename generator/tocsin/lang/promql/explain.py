"""promql-parser's messages about types and arguments in plain words, at the token that is to blame."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.promql.functions import PARAMETRIC
from tocsin.lang.promql.tokens import Kind, Token
from tocsin.lang.tokens import COMPARISONS, OPENERS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TYPES = {
    "matrix": "a range",
    "vector": "an instant vector",
    "scalar": "a number",
    "string": "a string",
}
_ARITHMETIC = ("+", "-", "*", "/", "%", "^")
_LONGEST_EXAMPLE = 80


def explain(message: str, text: str, part: Sequence[Token]) -> LangError:
    """The error for promql-parser's message about a part of the text."""
    for pattern, explained in _EXPLANATIONS:
        match = pattern.search(message)
        if match:
            return explained(match, text, part)
    return LangError(message, (part[0].start, part[-1].end))


def _wrong_type(match: re.Match[str], text: str, part: Sequence[Token]) -> LangError:
    wanted, got = match[1], match[2]
    head = part[0]
    reason = f"`{head.text}` needs {_TYPES[wanted]}, but gets {_TYPES.get(got, got)}"
    if (wanted, got) == ("matrix", "vector"):
        return LangError(
            f"`{head.text}` needs a range, but gets an instant vector", head.span, _with_range(text, part)
        )
    help = None
    if (wanted, got) == ("vector", "matrix"):
        help = "take the range away, or use a function of ranges, such as `avg_over_time`"
    elif (wanted, got) == ("vector", "scalar") and head.word in PARAMETRIC | {"histogram_quantile"}:
        help = f"the number comes first: `{head.text}(0.9, …)`"
    elif (wanted, got) == ("scalar", "vector"):
        help = "check the order of the arguments, or make a number of one series with `scalar(…)`"
    elif wanted == "string":
        help = "put the text into quotes"
    return LangError(reason, head.span, help)


def _with_range(text: str, part: Sequence[Token]) -> str:
    """The call as it would be right, when its argument is a plain selector."""
    last = _arguments(part)[-1]
    if last:
        argument = text[last[0].start : last[-1].end]
        is_selector = last[0].kind is Kind.IDENTIFIER and not any(token.is_sign("(", "[") for token in last)
        plain = is_selector and len(_at_depth_0(last)) == 1
        if plain and "\n" not in argument and len(argument) <= _LONGEST_EXAMPLE:
            call = text[part[0].start : last[0].start]
            if "\n" not in call:
                return f"write `{call}{argument}[5m])`"
            return f"write `{argument}[5m]`"
        if not is_selector:
            return "use it on a selector, `rate(metric[5m])`, and aggregate afterwards"
    return "write a range behind the selector, such as `http_requests_total[5m]`"


def _wrong_count(match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    bound, wanted, got = match[1] or "", match[2], match[3]
    arguments = "argument" if wanted == "1" else "arguments"
    takes = "no arguments" if wanted == "0" else f"{bound.strip() + ' ' if bound else ''}{wanted} {arguments}"
    reason = f"`{part[0].text}` takes {takes}, but gets {'none' if got == '0' else got}"
    return LangError(reason, part[0].span)


def _wrong_count_of_aggregation(match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    head = part[0]
    help = f"write `{head.text}(5, …)`" if head.word in PARAMETRIC and match[1] == "2" else None
    arguments = "one argument" if match[1] == "1" else f"{match[1]} arguments"
    return LangError(f"`{head.text}` takes {arguments}, but gets {match[2]}", head.span, help)


def _nothing_to_aggregate(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    return LangError(
        f"`{part[0].text}` has nothing to aggregate", part[0].span, f"write `{part[0].text}(metric)`"
    )


def _no_matcher(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    help = 'name a metric, or add a matcher that does not match the empty text, such as `job="api"`'
    return LangError("the selector would select every series", (part[0].start, part[-1].end), help)


def _without_bool(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    has_bool = {before.start for before, after in pairwise(part) if after.is_keyword("bool")}
    op = _first(part, lambda token: token.is_sign(*COMPARISONS) and token.start not in has_bool)
    return LangError(
        f"`{op.text}` between two numbers needs `bool`",
        op.span,
        f"write `{op.text} bool`, or compare a metric",
    )


def _set_operator(match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    op = _first(part, lambda token: token.is_keyword(match[1].lower()))
    return LangError(
        f"`{op.text}` joins instant vectors, not numbers", op.span, "write `vector(…)` round the number"
    )


def _misplaced_bool(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    return LangError(
        "`bool` belongs to a comparison, such as `> bool`", _first(part, lambda t: t.is_keyword("bool")).span
    )


def _misplaced_group(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    group = _first(part, lambda token: token.is_keyword("group_left", "group_right"))
    help = "set operators match many to many by themselves"
    return LangError(f"`{group.text}` cannot go with `and`, `or` or `unless`", group.span, help)


def _wrong_operand(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    outer = _at_depth_0(part)
    for token, what in [(t, "a string") for t in outer if t.kind is Kind.STRING] + [
        (t, "a range") for t in outer if t.is_sign("[")
    ]:
        return LangError(
            f"an operator works on instant vectors and numbers, not on {what}",
            token.span,
            "put the range into a function such as `rate(…)`" if what == "a range" else None,
        )
    op = _first(part, lambda token: token.is_sign(*_ARITHMETIC, *COMPARISONS))
    return LangError(f"`{op.text}` works on instant vectors and numbers only", op.span)


def _zero_duration(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    zero = next(
        (
            token
            for before, token in pairwise(part)
            if before.is_sign("[", ":") and not re.search(r"[1-9]", token.text)
        ),
        part[0],
    )
    return LangError("a range has to be longer than nothing", zero.span, "write for example `[5m]`")


def _range_of_expression(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    opener = _first(part, lambda token: token.is_sign("["))
    help = "only a selector takes a range; for a subquery write `[5m:]` or `[5m:1m]`"
    return LangError("an expression cannot take a range", opener.span, help)


def _name_twice(_match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    help = "name the metric before the braces or inside them, not both"
    return LangError("the selector names its metric twice", (part[0].start, part[-1].end), help)


def _label_twice(match: re.Match[str], _text: str, part: Sequence[Token]) -> LangError:
    label = next((token for token in reversed(part) if token.text == match[1]), part[0])
    help = "the labels of `on` are in the result anyway: take it out of the group's list"
    return LangError(f"`{match[1]}` stands in `on` and in the group's list at once", label.span, help)


def _first(part: Sequence[Token], wanted: Callable[[Token], bool]) -> Token:
    """The token to blame: in no brackets if there is such a one, else anywhere, else the first of all."""
    return next(
        (token for token in (*_at_depth_0(part), *part) if wanted(token)),
        part[0],
    )


def _at_depth_0(part: Sequence[Token]) -> list[Token]:
    """The tokens in no brackets (`(` and `[` themselves count), seen from inside a call or parenthesis."""
    depth = 0
    found: list[Token] = []
    for token in _inside(part):
        depth -= _closes(token)
        if depth == 0 and not _closes(token) and not token.is_sign("{"):
            found.append(token)
        depth += _opens(token)
    return found


def _inside(part: Sequence[Token]) -> Sequence[Token]:
    """What stands in the parentheses when the part is one call or parenthesis; else all of it."""
    opener = _last_opener(part)
    is_call = part[0].kind is Kind.IDENTIFIER and part[-1].is_sign(")")
    is_call = is_call and (opener == 1 or part[1].is_keyword("by", "without"))
    return part[opener + 1 : -1] if is_call or (opener == 0 and len(part) > 1) else part


def _last_opener(part: Sequence[Token]) -> int:
    """The index of the bracket that the last token closes; that of the last token when it closes none."""
    depth = 0
    for index in range(len(part) - 1, -1, -1):
        depth += _closes(part[index]) - _opens(part[index])
        if depth <= 0:
            return index
    return len(part) - 1


def _arguments(part: Sequence[Token]) -> list[list[Token]]:
    """The tokens of each argument of the call that the part is."""
    depth = 0
    found: list[list[Token]] = [[]]
    for token in _inside(part):
        depth += _opens(token) - _closes(token)
        if token.is_sign(",") and depth == 0:
            found.append([])
        else:
            found[-1].append(token)
    return found


def _opens(token: Token) -> bool:
    return token.kind is Kind.BRACKET and token.text in OPENERS


def _closes(token: Token) -> bool:
    return token.kind is Kind.BRACKET and token.text not in OPENERS


_EXPLANATIONS: list[tuple[re.Pattern[str], Callable[[re.Match[str], str, Sequence[Token]], LangError]]] = [
    (re.compile(r"expected type (\w+) in call to function '\w+', got (\w+)"), _wrong_type),
    (re.compile(r"expected type (\w+) in aggregation expression, got (\w+)"), _wrong_type),
    (
        re.compile(r"expected (at least |at most )?(\d+) argument\(s\) in call to '\w+', got (\d+)"),
        _wrong_count,
    ),
    (
        re.compile(r"arguments for aggregate expression provided, expected (\d+), got (\d+)"),
        _wrong_count_of_aggregation,
    ),
    (re.compile(r"no arguments for aggregate expression"), _nothing_to_aggregate),
    (re.compile(r"must contain at least one non-empty matcher"), _no_matcher),
    (re.compile(r"must use BOOL modifier"), _without_bool),
    (re.compile(r"set operator '(\w+)' not allowed"), _set_operator),
    (re.compile(r"bool modifier can only be used"), _misplaced_bool),
    (re.compile(r"no grouping allowed"), _misplaced_group),
    (re.compile(r"(?:binary expression must contain|unary expression) only"), _wrong_operand),
    (re.compile(r"duration must be greater than 0"), _zero_duration),
    (re.compile(r"ranges only allowed for vector selectors"), _range_of_expression),
    (re.compile(r"metric name must not be set twice"), _name_twice),
    (re.compile(r"label '(.+)' must not occur in ON and GROUP"), _label_twice),
]
