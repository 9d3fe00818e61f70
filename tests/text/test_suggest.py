"""What is proposed for a name that nobody knows."""

from __future__ import annotations

import difflib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.text.suggest import did_you_mean, edit_distance, nearest, suggest

KEYS = ["group_by", "group_interval", "group_wait", "matchers", "receiver", "repeat_interval", "routes"]


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("mathcers", "matchers"),  # two letters in each other's place
        ("matcher", "matchers"),
        ("recievers", "receiver"),
        ("groupBy", "group_by"),
        ("GROUP-BY", "group_by"),
        ("interval_repeat", "repeat_interval"),
        ("wait", "group_wait"),  # the only one with this part
        ("interval", None),  # two have this part
        ("continue", None),
        ("timezone", None),
        ("", None),
    ],
)
def test_the_nearest_name_is_proposed_and_none_that_is_far(word: str, meant: str | None) -> None:
    assert nearest(word, KEYS) == meant
    assert did_you_mean(word, KEYS) == (None if meant is None else f"did you mean `{meant}`?")


def test_where_none_is_near_all_are_listed_up_to_a_limit() -> None:
    assert suggest("x", ["b", "a"]) == "known here: `b`, `a`"
    assert suggest("xxxx", ["aaaa", "bbbb", "cccc"], 2) == "known here: `aaaa`, `bbbb`, …"


@given(st.text("abc", max_size=7), st.text("abc", max_size=7))
def test_the_distance_is_symmetrical_bounded_and_zero_for_equal_words_only(first: str, second: str) -> None:
    distance = edit_distance(first, second, 20)
    assert distance is not None
    assert edit_distance(second, first, 20) == distance
    assert (distance == 0) == (first == second)
    assert abs(len(first) - len(second)) <= distance <= max(len(first), len(second))
    assert edit_distance(first, second, distance) == distance
    assert edit_distance(first, second, distance - 1) is None
    # No more edits than those that difflib finds, each of which touches at least one letter.
    blocks = difflib.SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    assert distance <= sum(max(b - a, d - c) for tag, a, b, c, d in blocks if tag != "equal")
