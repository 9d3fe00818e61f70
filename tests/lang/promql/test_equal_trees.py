"""Which expressions say the same, wherever they stand and however they are written."""

from __future__ import annotations

import pytest

from tocsin.lang.promql.ast import without_places
from tocsin.lang.promql.parser import parse_promql


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("x", "(x)", True),
        ("x", '{__name__="x"}', True),
        ("x", "y", False),
        ('x{a="1", b="2"}', 'x{b="2",a="1"}', True),
        ('x{a="1"}', 'x{a!="1"}', False),
        ("x[5m]", "x[300s]", True),
        ("x[5m]", "x[6m]", False),
        ("x[step() * 2]", "x[step() * 3]", False),
        ("x offset 1m", "x", False),
        ("sum by (a, b) (x)", "sum by (b, a) (x)", True),
        ("sum by (a) (x)", "sum without (a) (x)", False),
        ("topk(1, x)", "topk(2, x)", False),
        ("x * on (a, b) y", "(x) * on (b, a) y", True),
        ("x * on (a) group_left () y", "x * on (a) y", False),
        ("x > bool 1", "x > 1", False),
        ("x - y", "y - x", False),
        ("sum by () (x)", "sum(x)", True),
        ("sum without () (x)", "sum(x)", False),
        ("x * ignoring () y", "x * y", True),
        ("x * on () y", "x * y", False),
        ("x * ignoring () group_left (a) y", "x * y", False),
        ("x offset 0s", "x", True),
        ("x[5m] offset 0s", "x[5m]", True),
        ("rate(x[5m])[1h:1m] offset 0s", "rate(x[5m])[1h:1m]", True),
        ("rate(x[5m])[1h:1m] offset 5m", "rate(x[5m])[1h:1m]", False),
        ("+x", "x", True),
        ("+Inf", "Inf", True),
        ("-x", "x", False),
    ],
)
def test_equal_expressions(one: str, other: str, equal: bool) -> None:
    left, right = (without_places(parse_promql(text)) for text in (one, other))
    assert (left == right) is equal
