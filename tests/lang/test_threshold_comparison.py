from __future__ import annotations

from typing import Any

import pytest

from tocsin.lang.errors import LangError
from tocsin.lang.promql.tokens import tokenize
from tocsin.lang.threshold_comparison import (
    dedent_query,
    needs_parentheses,
    split_comparison,
    with_comparison,
)


@pytest.mark.parametrize(
    ("text", "needed"),
    [
        ("foo", False),
        ("a / b", False),
        ("a > 1", True),
        ("a or b", True),
        ("a UNLESS b", True),
        ("(a > 1)", False),
        ("sum(a > 1)", False),
        ('a{b!="c"}', False),
        ("sum by (and) (a)", False),
        ("a # or b", False),
    ],
)
def test_parentheses_are_needed_round_what_binds_loosely(text: str, needed: bool) -> None:
    assert needs_parentheses(text, tokenize) is needed


@pytest.mark.parametrize(
    ("query", "expression"),
    [
        ("foo", "foo > 2"),
        ("foo # why", "foo # why\n> 2"),
        ("a or b", "(a or b) > 2"),
        ("a or b # why", "(\n  a or b # why\n) > 2"),
        ("a\n  / b\n", "a\n  / b > 2"),
        ("a\n/ b # why", "a\n/ b # why\n> 2"),
        ("a\nor b", "(\n  a\n  or b\n) > 2"),
        ("\n  a\n  or b{x=`\n q`}", "(\n  a\n  or b{x=`\n q`}\n) > 2"),
    ],
)
def test_a_threshold_joins_a_query(query: str, expression: str) -> None:
    assert with_comparison(query, ">", "2", tokenize) == expression
    assert split_comparison(expression, tokenize) == (dedent_query(query, tokenize), ">", "2")


@pytest.mark.parametrize(
    ("expression", "parts"),
    [
        ("foo > 2", ("foo", ">", "2")),
        ("foo<=-1.5e3", ("foo", "<=", "-1.5e3")),
        ("foo >\n  2 # why", ("foo", ">", "2")),
        ("( sum(a)\n  / sum(b)\n) > 0.05", ("sum(a)\n/ sum(b)", ">", "0.05")),
        ("((a)) == 0", ("a", "==", "0")),
        ("(a) + (b) > 5", ("(a) + (b)", ">", "5")),
        ("# why\n(a) > 5", ("# why\n(a)", ">", "5")),
        ("(a and b > 1) > 5", ("a and b > 1", ">", "5")),
        ("foo", None),
        ("foo > bool 1", None),
        ("foo > 1 and bar", None),
        ("foo > bar", None),
        ("5 < foo", None),
        ("foo > 5 * 2", None),
        ("foo > 5m", None),
        ("foo > Inf", None),
        ("foo > on (a) 5", None),
        ("a > 1 > 2", None),
        ("> 5", None),
        ("", None),
    ],
)
def test_a_threshold_is_parted_from_its_query(expression: str, parts: Any) -> None:
    assert split_comparison(expression, tokenize) == parts


def test_unbalanced_brackets_are_an_error() -> None:
    with pytest.raises(LangError):
        split_comparison("(foo > 1", tokenize)
