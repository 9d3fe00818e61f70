from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.flow.label_values import ANY, MISSING, PRESENT, LabelValues, single_value

TEXTS = ("", "a", "b", "ab", "abc", "x")
MATCHERS = st.tuples(
    st.sampled_from(["=", "!=", "=~", "!~"]),
    st.sampled_from(["", "a", "b", "a|b", "a.*", ".+", ".*", "a?", "(a|x)b?", "[ab]", "x|", "a+"]),
)


def narrowed(texts: Any, matchers: Any) -> Any:
    for op, value in matchers:
        texts = texts.narrowed(op, value)
    return texts


@given(st.lists(MATCHERS, max_size=4), st.lists(MATCHERS, max_size=4))
def test_the_sets_hold_what_they_should(mine: Any, its: Any) -> None:
    left, right = narrowed(ANY, mine), narrowed(ANY, its)
    for text in TEXTS:
        is_left = all(narrowed(single_value(text), [matcher]) == single_value(text) for matcher in mine)
        is_right = all(narrowed(single_value(text), [matcher]) == single_value(text) for matcher in its)
        assert left.allows(text) == is_left
        assert left.both(right).allows(text) == (is_left and is_right)
        assert left.either(right).allows(text) or not (is_left or is_right)
        for op, value in its:
            if is_left and single_value(text).can_match(op, value):
                assert left.can_match(op, value)
            if left.always_matches(op, value) and is_left:
                assert single_value(text).can_match(op, value)


def test_a_short_list_of_alternatives_is_known() -> None:
    assert ANY.narrowed("=~", "5(00|03)|404").listed == frozenset({"500", "503", "404"})
    assert ANY.narrowed("=~", "a|").listed == frozenset({"", "a"})
    assert ANY.narrowed("=~", "^a$|^b$").listed == frozenset({"a", "b"})


@pytest.mark.parametrize(
    "matchers",
    [
        [("=", "a"), ("=", "b")],
        [("=~", "a|b"), ("!~", "[ab]")],
        [("!~", ".*")],
        [("=", ""), ("!=", "")],
        [("=~", ".+"), ("!~", ".+")],
        [("=~", "a.*"), ("!~", "a.*")],
        [("=", "b"), ("=~", "a.*")],
    ],
)
def test_matchers_that_contradict_each_other_leave_nothing(matchers: Any) -> None:
    assert narrowed(ANY, matchers).is_empty


def test_what_is_left_after_excluding() -> None:
    assert ANY.narrowed("=~", ".+") == PRESENT
    assert ANY.narrowed("!~", ".+") == MISSING
    assert ANY.narrowed("!~", "a|b").narrowed("!=", "").conditions == {("!=", "a"), ("!=", "b"), ("!=", "")}


def test_a_route_that_asks_for_the_same_pattern_always_matches() -> None:
    texts = ANY.narrowed("=~", "team-.*")
    assert texts.always_matches("=~", "team-.*")
    assert not texts.always_matches("=~", "team-a.*")
    assert LabelValues(frozenset({"team-a", "team-ab"})).always_matches("=~", "team-a.*")
