import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.logql.tokens import tokenize


def test_tokens():
    text = 'rate({a="b"} |= `x` |~ "y" | logfmt --strict | d > 1.5s | s >= 10MB [5m]) # why'
    signs = [token for token in tokenize(text) if token.kind not in ("bracket", "identifier")]
    assert " ".join(f"{token.kind}:{token.text}" for token in signs) == (
        'operator:= string:"b" operator:|= string:`x` operator:|~ string:"y" operator:| flag:--strict '
        "operator:| operator:> duration:1.5s operator:| operator:>= size:10MB duration:5m comment:# why"
    )


@pytest.mark.parametrize(
    ("text", "marked"), [('{a="b', '"b'), ("{a='b'}", "'"), ("rate({a=`b`}[$__auto])", "$"), ("[5x]", "5x")]
)
def test_a_stray_text_has_a_place(text, marked):
    with pytest.raises(LangError) as caught:
        tokenize(text)
    assert text[slice(*caught.value.span)] == marked
