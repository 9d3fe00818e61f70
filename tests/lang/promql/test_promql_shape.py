import pytest

from tocsin.lang.promql.shape import (
    metric_names,
    needs_parentheses,
    result_labels,
    split_comparison,
    with_comparison,
)
from tocsin.lang.promql.syntax import check_promql


def test_joining_and_parting():
    assert needs_parentheses("a or b")
    assert with_comparison("a or b", "<", "-1") == "(a or b) < -1"
    assert split_comparison("(a or b) < -1") == ("a or b", "<", "-1")


@pytest.mark.parametrize(
    "query", ["a atan2 b", "-a", "2 ^ a", "a offset 5m", "a @ 5", "sum(a) by (b)", "a unless b"]
)
def test_the_comparison_applies_to_the_whole_query(query):
    assert split_comparison(with_comparison(query, ">", "1")) == (query, ">", "1")
    check_promql(with_comparison(query, ">", "1"))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sum(rate(b[5m])) / a > 1", ("a", "b")),
        ('{__name__="x"} or {__name__=~"y|z"} or {"q.r"}', ("q.r", "x")),
        ("topk(scalar(k), max_over_time(m[1h:5m])) and -(n)", ("k", "m", "n")),
        ("time() - vector(1)", ()),
        ("+".join(["x"] * 900), ("x",)),
    ],
)
def test_metric_names(text, names):
    assert metric_names(text) == names


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("sum by (a, b) (x)", "ab"),
        ("sum(x)", ""),
        ("sum(x) by (a) > 5", "a"),
        ("histogram_quantile(0.9, sum by (a, le) (rate(x[5m])))", "a"),
        ("a + on (b) c", "b"),
        ("a == on (b) c", "b"),
        ("sum by (a) (x) / on (a) group_left (b) sum by (a, b) (y)", "ab"),
        ("sum by (a) (x) / on (a) group_left (b) sum by (a) (y)", "a"),
        ("sum by (a, b) (x) / ignoring (b) sum by (a) (y)", "a"),
        ("x / sum by (a) (y)", "a"),
        ("sum by (a) (x) and y", "a"),
        ("sum by (a) (sum by (b) (x))", ""),
        ("sum by (a) (sum without (a) (x))", ""),
        ("topk(3, sum by (a) (x))", "a"),
        ('absent(x{a="b", c!="d", e=~"f"})', "a"),
        ('absent_over_time(x{a="b"}[5m])', "a"),
        ("absent(sum(x))", ""),
        ('count_values by (a) ("b", x)', "ab"),
        ('label_replace(sum by (a) (x), "b", "$1", "a", "(.*)")', "ab"),
        ("1 - sum by (a) (x)", "a"),
        ("vector(1)", ""),
        ("time() > bool 5", ""),
        ("scalar(x)", ""),
        ("day_of_week()", ""),
        ("max_over_time(sum by (a) (x)[1h:])", "a"),
        ("sum by (a) (x) or sum by (a) (y)", "a"),
    ],
)
def test_labels_of_a_closed_result(text, known):
    labels = result_labels(text)
    assert not labels.open
    assert labels.known == frozenset(known)


@pytest.mark.parametrize(
    ("text", "known", "removed"),
    [
        ('x{a="b", c=~"d", e="", f!="g", __name__="x"}'.replace("x{", "{"), "a", ""),
        ('{a="b" or a="c"}', "", ""),
        ('rate(x{a="b"}[5m]) > 1', "a", ""),
        ('sum without (a, c) (x{a="b", d="e"})', "d", "ac"),
        ("a / ignoring (b) c", "", "b"),
        ('x{a="b"} or y{a="b", c="d"}', "a", ""),
        ("sum by (a) (x) or sum by (b) (y)", "", ""),
        ('label_replace(x{a="1", b="2"}, "a", "", "", "")', "b", ""),
        ('label_replace(sum without (a) (x), "a", "$1", "b", "(.*)")', "", ""),
        ("a * on (i) group_left (n) b", "", ""),
        ('a * on (i) group_left (n) b{n="1"}', "n", ""),
        ("info(sum by (a) (x))", "", ""),
        (r'rate(x{a="b", c=~`\d`}[5m * 2])', "a", ""),
    ],
)
def test_labels_of_an_open_result(text, known, removed):
    labels = result_labels(text)
    assert labels.open
    assert labels.known == frozenset(known)
    assert labels.removed == frozenset(removed)
