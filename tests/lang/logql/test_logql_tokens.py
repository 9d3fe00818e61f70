from __future__ import annotations

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.logql.tokens import tokenize


def test_tokens() -> None:
    text = 'rate({a="b"} |= `x` |~ "y" | logfmt --strict | d > 1.5s | s >= 10MB [5m]) # why'
    signs = [token for token in tokenize(text) if token.kind not in ("bracket", "identifier")]
    assert " ".join(f"{token.kind}:{token.text}" for token in signs) == (
        'keyword:rate operator:= string:"b" operator:|= string:`x` operator:|~ string:"y" operator:| '
        "keyword:logfmt flag:--strict operator:| operator:> duration:1.5s operator:| operator:>= size:10MB "
        "range:[5m] comment:# why"
    )


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("rate (", "keyword bracket"),
        ("rate by (", "keyword keyword bracket"),
        ("rate)", "identifier bracket"),
        ("Json", "keyword"),
        ("5m 5M 5 -5m - 5m", "duration size number duration operator duration"),
        ("5Kib 1h30m 1.5h", "size identifier duration duration"),
        ("a--strict -- strict", "identifier flag operator operator identifier"),
        ("a /* b */ // c\n d", "identifier comment comment identifier"),
        ("$x @ 'y'", "identifier identifier identifier identifier"),
        ("ação é1", "identifier identifier"),
    ],
)
def test_kinds(text: str, kinds: str) -> None:
    assert " ".join(token.kind for token in tokenize(text)) == kinds


@pytest.mark.parametrize(
    ("text", "marked"),
    [('{a="b', '"b'), ("{a='bc'}", "'bc'"), ("rate({a=`b`}[$__auto])", "$__auto"), ("[5x]", "5x")],
)
def test_a_stray_text_has_a_place(text: str, marked: str) -> None:
    with pytest.raises(LangError) as caught:
        tokenize(text)
    assert text[slice(*caught.value.span)] == marked
