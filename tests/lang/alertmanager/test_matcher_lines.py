"""Lines of matchers in both of Alertmanager's syntaxes."""

from __future__ import annotations

import pytest

from tocsin.lang.alertmanager.matcher_lines import read_matchers
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.errors import LangError


@pytest.mark.parametrize(
    ("line", "matchers"),
    [
        ("", ()),
        ("{}", ()),
        ("a=b", (Matcher("a", "=", "b"),)),
        ('{a="b",c!="d",}', (Matcher("a", "=", "b"), Matcher("c", "!=", "d"))),
        ('a="b,c", d=~e', (Matcher("a", "=", "b,c"), Matcher("d", "=~", "e"))),
        ("foo.bar=x", (Matcher("foo.bar", "=", "x"),)),
        ('"foo bar"="\\u00e9"', (Matcher("foo bar", "=", "é"),)),
        ("a=two words", (Matcher("a", "=", "two words"),)),
        (r'a=~"b\.c"', (Matcher("a", "=~", r"b\.c"),)),
        (r'a=~"b\\.c"', (Matcher("a", "=~", r"b\.c"),)),
        ('{a="b"', (Matcher("a", "=", "b"),)),
        ("a==b", (Matcher("a", "=", "=b"),)),
        ("a=~[0-9]{1}", (Matcher("a", "=~", "[0-9]{1"),)),
    ],
)
def test_a_line_is_read_as_alertmanager_reads_it(line: str, matchers: tuple[Matcher, ...]) -> None:
    assert read_matchers(line) == matchers


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("a", "a"),
        (",a=b", ","),
        ('a="b"c', "c"),
        ('a="b', '"b'),
        ("a=b,,c=d", ","),
    ],
)
def test_what_no_syntax_reads_is_refused_at_its_place(line: str, marked: str) -> None:
    with pytest.raises(LangError) as caught:
        read_matchers(line)
    assert line[slice(*caught.value.span)].startswith(marked[:1]) or caught.value.span[0] >= len(line) - 1
