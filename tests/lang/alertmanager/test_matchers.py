from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.lang.alertmanager.matchers import Matcher, parse_matcher
from tocsin.lang.errors import LangError


@pytest.mark.parametrize(
    ("text", "matcher", "canonical"),
    [
        ('severity="critical"', Matcher("severity", "=", "critical"), 'severity="critical"'),
        ("a=~b|c", Matcher("a", "=~", "b|c"), 'a=~"b|c"'),
        (" a != b ", Matcher("a", "!=", "b"), 'a!="b"'),
        ("a!~b", Matcher("a", "!~", "b"), 'a!~"b"'),
        ("a=", Matcher("a", "=", ""), 'a=""'),
        ("a=two words", Matcher("a", "=", "two words"), 'a="two words"'),
        (r'a="x\"y\n\\\d"', Matcher("a", "=", 'x"y\n\\\\d'), r'a="x\"y\n\\\\d"'),
        ('"foo.bar"="x"', Matcher("foo.bar", "=", "x"), '"foo.bar"="x"'),
        ("foo.bar=x", Matcher("foo.bar", "=", "x"), '"foo.bar"="x"'),
        ('a="b,c{}="', Matcher("a", "=", "b,c{}="), 'a="b,c{}="'),
    ],
)
def test_a_matcher_is_read_and_written(text: str, matcher: Any, canonical: str) -> None:
    assert parse_matcher(text) == matcher
    assert matcher.text() == canonical


@pytest.mark.parametrize(
    ("text", "reason", "marked"),
    [
        ("", "empty", ""),
        ("severity", "no operator", "severity"),
        ('{a="b"}', "without braces", '{a="b"}'),
        ("a==b", "`==`", "=="),
        ("a=b,c=d", "one condition", ","),
        ('a=b"c', "not escaped", '"'),
        ('a=~"("', "not a valid regular expression", '"("'),
        ("a=~[", "not a valid regular expression", "["),
        ("=b", "not a valid matcher", "=b"),
    ],
)
def test_what_is_no_matcher_is_refused(text: str, reason: str, marked: str) -> None:
    with pytest.raises(LangError) as caught:
        parse_matcher(text)
    assert reason in caught.value.reason
    assert text[slice(*caught.value.span)] == marked


@pytest.mark.parametrize(
    ("text", "labels", "expected"),
    [
        ("a=b", {"a": "b"}, True),
        ("a=b", {}, False),
        ("a=", {}, True),
        ("a!=b", {}, True),
        ("a!=", {}, False),
        ("a=~b|c", {"a": "c"}, True),
        ("a=~b", {"a": "bb"}, False),
        ("a=~.*", {}, True),
        ("a=~.+", {}, False),
        ("a!~b.*", {"a": "bb"}, False),
        ("a!~b", {}, True),
        ('a=~"b.c"', {"a": "b\nc"}, False),
    ],
)
def test_a_matcher_is_applied(text: str, labels: Any, expected: bool) -> None:
    assert parse_matcher(text).matches(labels) is expected


@given(st.text(min_size=1), st.sampled_from(["=", "!="]), st.text())
def test_what_is_written_is_read_again(name: str, op: Any, value: Any) -> None:
    matcher = Matcher(name, op, value)
    assert parse_matcher(matcher.text()) == matcher
