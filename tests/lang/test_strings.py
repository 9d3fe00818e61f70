from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.errors import LangError
from tocsin.lang.strings import quote_string, unquote_string


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        ('"a"', "a"),
        (r'"\\d\n\t\""', '\\d\n\t"'),
        (r"'\''", "'"),
        (r"`\d`", r"\d"),
        (r'"\x41\101\u00e9\U0001F600"', "AAé😀"),
        (r'"\xc3\xa9"', "é"),
    ],
)
def test_a_literal_is_read(literal: str, value: str) -> None:
    assert unquote_string(literal) == value


@pytest.mark.parametrize(
    "literal", [r'"a\d"', r'"a\""'[:-1] + r"\'" + '"', r'"\u12"', r'"\ud800"', r'"\xZ1"']
)
def test_a_wrong_escape_has_a_place(literal: str) -> None:
    with pytest.raises(LangError) as caught:
        unquote_string(literal)
    assert literal[caught.value.span[0]] == "\\"


@given(st.text())
def test_what_is_quoted_is_read_again(value: Any) -> None:
    assert unquote_string(quote_string(value)) == value
