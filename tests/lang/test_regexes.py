"""Regular expressions as Alertmanager reads them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.regex_samples import all_values, regex_samples
from tocsin.lang.regexes import matches_whole, quote_regex


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_quoted_text_matches_itself_and_nothing_else(text: str) -> None:
    assert matches_whole(quote_regex(text), text)
    assert not matches_whole(quote_regex(text), f"{text}a")


def test_a_dot_in_a_name_is_only_a_dot() -> None:
    assert not matches_whole(quote_regex("a.b"), "axb")


@pytest.mark.parametrize(
    ("pattern", "samples"),
    [
        ("web[[:digit:]]", ("web1",)),
        ("[[:alpha:]]x", ("ax",)),
        ("[[:alpha:]_]", ("a", "_")),
        ("[ab]c", ("ac", "bc")),
        ("[^ab]", ()),
    ],
)
def test_samples_of_classes_of_characters(pattern: str, samples: tuple[str, ...]) -> None:
    found = regex_samples(pattern)
    assert set(samples) <= set(found)
    assert all(matches_whole(pattern, one) for one in found)


def test_all_values_are_known_only_where_each_character_is_listed() -> None:
    assert all_values("[ab]c?") == frozenset({"a", "b", "ac", "bc"})
    assert all_values("[[:alpha:]]") is None
