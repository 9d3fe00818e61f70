"""Series and samples as in promtool's unit tests, such as `up{job="api"}` and `1x5 0+2x10 _ stale`.

Follows Prometheus' documentation, "Unit testing for rules": `a+bxn` is a, a+b, … a+n·b, so n+1 samples, `axn`
repeats a, `_` and `_xn` leave samples out, `stale` ends the series at once.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from tocsin.lang.cursor import bracket_pairs, without_comments
from tocsin.lang.errors import LangError
from tocsin.lang.promql.tokens import TokenKind, tokenize
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

Value = float | Literal["missing", "stale"] | str
"""A number, a gap, the end of the series, or the text of a native histogram in its double braces."""

MOST_SAMPLES = 100_000
_EXAMPLE = "write for example `1x5 0+10x30`: six times 1, then 0, 10, 20, … 300"
_NUMBER = r"[+-]?(?:Inf|inf|NaN|nan|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
_ITEM = regex_on_use(
    rf"(?P<gap>_)(?:x(?P<gaps>[0-9]{{1,9}}))?|(?P<stale>stale)"
    rf"|(?P<first>{_NUMBER})(?:(?P<step>[+-](?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))?(?:x(?P<times>[0-9]{{1,9}}))?"
)
_HISTOGRAM = regex_on_use(r"\{\{[^{}]*\}\}(?:[+-]\{\{[^{}]*\}\})?(?:x(?P<times>[0-9]{1,9}))?")


@value_object
class Samples:
    """The values of a series, one an interval."""

    values: tuple[Value, ...]

    @property
    def plain(self) -> bool:
        """Whether there are only numbers and gaps: no native histogram, no mark of a series' end."""
        return all(not isinstance(value, str) or value == "missing" for value in self.values)


def parse_series(text: str) -> Mapping[str, str]:
    """The labels of a series, its metric under `__name__`; LangError for what is no name and `=` matchers."""
    tokens = without_comments(tokenize(text))
    if not tokens:
        raise LangError("the series is empty", (0, len(text)), 'write for example `up{job="api"}`')
    bracket_pairs(tokens)
    labels: dict[str, str] = {}
    at = 0
    if tokens[0].kind in (TokenKind.IDENTIFIER, TokenKind.KEYWORD):
        labels["__name__"] = tokens[0].text
        at = 1
    if at < len(tokens):
        if not tokens[at].is_sign("{"):
            raise _stray(tokens[at].text, tokens[at].span)
        at = _labels(text, at + 1, labels)
    if at < len(tokens):
        raise _stray(tokens[at].text, tokens[at].span)
    if "__name__" not in labels:
        raise LangError("the series has no metric name", (0, len(text)), 'write for example `up{job="api"}`')
    return labels


def _labels(text: str, at: int, labels: dict[str, str]) -> int:
    tokens = without_comments(tokenize(text))
    while not tokens[at].is_sign("}"):
        name = tokens[at]
        if name.kind is TokenKind.STRING and tokens[at + 1].is_sign(",", "}"):
            key, value, at = "__name__", name.value, at + 1
        else:
            if name.kind not in (TokenKind.IDENTIFIER, TokenKind.KEYWORD, TokenKind.STRING):
                raise _stray(name.text, name.span)
            sign, text_token = tokens[at + 1], tokens[min(at + 2, len(tokens) - 1)]
            if not sign.is_sign("="):
                help = 'a series has its labels with `=`, as in `up{job="api"}`'
                raise LangError(f"expected `=`, found `{sign.text}`", sign.span, help)
            if text_token.kind is not TokenKind.STRING:
                raise LangError(f"expected a string in quotes, found `{text_token.text}`", text_token.span)
            key = name.value if name.kind is TokenKind.STRING else name.text
            value, at = text_token.value, at + 3
        if key in labels:
            raise LangError(f"the label `{key}` is written twice", name.span)
        labels[key] = value
        if tokens[at].is_sign(","):
            at += 1
        elif not tokens[at].is_sign("}"):
            raise _stray(tokens[at].text, tokens[at].span)
    return at + 1


def _stray(text: str, span: tuple[int, int]) -> LangError:
    return LangError(
        f"`{text}` is not allowed in a series", span, 'write for example `up{job="api", instance="a"}`'
    )


def parse_samples(text: str) -> Samples:
    """The values of a series; LangError at the item that promtool would not understand."""
    values: list[Value] = []
    at = 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            break
        found = _HISTOGRAM.match(text, at) or _ITEM.match(text, at)
        end = at if found is None else found.end()
        if found is None or (end < len(text) and not text[end].isspace()):
            stop = next((i for i in range(at, len(text)) if text[i].isspace()), len(text))
            raise LangError(f"`{text[at:stop]}` is not a valid sample", (at, stop), _EXAMPLE)
        first, count, step = _expanded(found)
        if len(values) + count > MOST_SAMPLES:
            raise LangError(f"the series has more than {MOST_SAMPLES:,} samples", (at, end))
        for number in range(count):
            values.append(first + number * step if isinstance(first, float) else first)
        at = end
    if not values:
        raise LangError("the series has no samples", (0, len(text)), _EXAMPLE)
    return Samples(tuple(values))


def _expanded(found: re.Match[str]) -> tuple[Value, int, float]:
    """The first value, how many there are, and the step between them."""
    if "first" not in found.re.groupindex:
        text = found[0].rpartition("x")[0] if found["times"] else found[0]
        return text, int(found["times"] or 0) + 1, 0.0
    if found["gap"]:
        return "missing", int(found["gaps"] or 1), 0.0
    if found["stale"]:
        return "stale", 1, 0.0
    if found["step"] and not found["times"]:
        raise LangError(f"`{found[0]}` does not say how often", found.span(), "write for example `0+10x30`")
    times = int(found["times"]) + 1 if found["times"] else 1
    return _number(found["first"]), times, float(found["step"] or 0)


def _number(text: str) -> float:
    lower = text.lower()
    if lower.lstrip("+-") == "inf":
        return -math.inf if lower.startswith("-") else math.inf
    return float(lower)
