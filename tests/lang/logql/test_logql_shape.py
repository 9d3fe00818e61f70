import pytest

from tocsin.lang.logql.shape import (
    log_selectors,
    needs_parentheses,
    result_labels,
    split_comparison,
    with_comparison,
)


def test_joining_and_parting():
    query = 'sum(count_over_time({a="b"} != "x" | c > 5 or d="e" [5m]))'
    assert not needs_parentheses(query)
    assert with_comparison(query, ">", "5") == f"{query} > 5"
    assert split_comparison(f"{query} > 5") == (query, ">", "5")
    assert with_comparison(f"{query}\nor\n{query}", ">", "5") == f"(\n  {query}\n  or\n  {query}\n) > 5"


@pytest.mark.parametrize(
    ("text", "queries"),
    [
        ('{a="b"} |= "x"', ('{a="b"} |= "x"',)),
        ('sum(rate({a="b"} |= "x" | json [5m])) > 1', ('{a="b"} |= "x" | json',)),
        ('rate({a="b"}[5m])', ('{a="b"}',)),
        ('rate({a="b"}[5m] offset 1h)', ('{a="b"}',)),
        ('rate({a="b"}[5m] |= "x")', ('{a="b"} |= "x"',)),
        ('rate(({a="b"} |= "x")[5m])', ('{a="b"} |= "x"',)),
        ('sum_over_time({a="b"} | json | unwrap d | __error__="" [5m])', ('{a="b"} | json',)),
        ('rate({a="b"} |= "x" [5m]) / rate({a="b"}[5m])', ('{a="b"} |= "x"', '{a="b"}')),
        ('rate({a="b"}[5m]) / rate({a="b"}[1h])', ('{a="b"}',)),
        ("vector(1)", ()),
    ],
)
def test_the_log_queries_of_a_metric_query(text, queries):
    assert log_selectors(text) == queries


@pytest.mark.parametrize(
    ("text", "known", "open"),
    [
        ('sum(rate({a="b"}[5m])) > 1', "", False),
        ('sum by (c) (rate({a="b"}[5m])) > 1', "c", False),
        ('rate({a="b", c=~"d"}[5m])', "a", True),
        ('rate({a="b"} | drop a [5m])', "", True),
        ('max_over_time({a="b"} | json | unwrap d [5m]) by (e)', "e", False),
        ('topk(3, sum by (c) (rate({a="b"}[5m])))', "c", False),
        ('sum without (c) (rate({a="b"}[5m]))', "a", True),
        ('absent_over_time({a="b", c!="d"}[5m])', "a", False),
        ('sum by (c) (rate({a="b"}[5m])) / sum by (c) (rate({a="e"}[5m]))', "c", False),
        ('(sum by (c) (rate({a="b"}[5m]))) * 100', "c", False),
    ],
)
def test_labels_of_a_result(text, known, open):
    labels = result_labels(text)
    assert (labels.known, labels.open) == (frozenset(known), open)


def test_without_removes():
    assert result_labels('sum without (c) (rate({a="b"}[5m]))').removed == {"c"}
