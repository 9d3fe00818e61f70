from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.errors import LangError
from tocsin.lang.promql.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("a:b", "identifier:a:b"),
        ("x[5m:1m]", "identifier:x bracket:[ duration:5m operator:: duration:1m bracket:]"),
        ("1e3 0x1F .5 1_000", "number:1e3 number:0x1F number:.5 number:1_000"),
        ("Inf nan", "number:Inf number:nan"),
        ("a AND b", "identifier:a keyword:AND identifier:b"),
        ("by (bool)", "keyword:by bracket:( identifier:bool bracket:)"),
        ("{on='x'}", "bracket:{ identifier:on operator:= string:'x' bracket:}"),
        (r'"a\"b" `\d`', r'string:"a\"b" string:`\d`'),
        ("a #b\n, c", "identifier:a comment:#b comma:, identifier:c"),
        (
            "a>=b!=c=~d",
            "identifier:a operator:>= identifier:b operator:!= identifier:c operator:=~ identifier:d",
        ),
    ],
)
def test_tokens(text: str, tokens: str) -> None:
    assert " ".join(f"{token.kind}:{token.text}" for token in tokenize(text)) == tokens


@pytest.mark.parametrize(
    ("text", "marked", "reason"),
    [
        ('{a="b', '"b', "never closed"),
        ('{a="b\n"}', '"b', "never closed"),
        ("`a\nb", "`a", "never closed"),
        ("a && b", "&&", "no meaning"),
        ("a[$__range]", "$", "no meaning"),
        ("5x", "5x", "not a number"),
        ("x[5m1h]", "5m1h", "large to small"),
        (r'{a=~"\d"}', r"\d", "not a valid escape"),
    ],
)
def test_a_stray_text_has_a_place(text: str, marked: str, reason: str) -> None:
    with pytest.raises(LangError) as caught:
        tokenize(text)
    assert text[slice(*caught.value.span)] == marked
    assert reason in caught.value.reason


@given(st.text(alphabet="ab1m5{}[]()\"'`\\#,:=~!<>+-*/ \n@$é", max_size=30))
def test_the_tokens_are_pieces_of_the_text(text: str) -> None:
    tokens, span = _tokens(text)
    assert 0 <= span[0] <= span[1] <= len(text)
    end = 0
    for token in tokens:
        assert token.text == text[token.start : token.end]
        assert not text[end : token.start].strip()
        end = token.end
    assert not tokens or not text[end:].strip()


def _tokens(text: str) -> Any:
    try:
        return tokenize(text), (0, 0)
    except LangError as error:
        return (), error.span
