"""Regular expressions as Alertmanager reads them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.regexes import matches_whole, quote_regex


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_quoted_text_matches_itself_and_nothing_else(text: str) -> None:
    assert matches_whole(quote_regex(text), text)
    assert not matches_whole(quote_regex(text), f"{text}a")


def test_a_dot_in_a_name_is_only_a_dot() -> None:
    assert not matches_whole(quote_regex("a.b"), "axb")
