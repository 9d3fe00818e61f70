from __future__ import annotations

import re

import pytest

from tocsin.text.regex_on_use import regex_on_use


@pytest.mark.parametrize("flags", [0, re.IGNORECASE])
def test_it_answers_as_the_compiled_pattern(flags: int) -> None:
    text = "Ab ab aB"
    late, now = regex_on_use("(?P<first>a)(b)", flags), re.compile("(?P<first>a)(b)", flags)
    assert late.pattern == now.pattern
    assert late.findall(text) == now.findall(text)
    assert [one.span("first") for one in late.finditer(text)] == [
        one.span("first") for one in now.finditer(text)
    ]
    assert late.sub(r"<\1>", text) == now.sub(r"<\1>", text)
    assert late.split(text) == now.split(text)
    assert (late.search(text) is None) == (now.search(text) is None)
    assert late.groupindex == now.groupindex


def test_bytes() -> None:
    assert regex_on_use(rb"\d+").fullmatch(b"12") is not None


def test_a_wrong_pattern_is_told_at_its_first_use() -> None:
    wrong = regex_on_use("(")
    with pytest.raises(re.error):
        wrong.match("")
