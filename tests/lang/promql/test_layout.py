"""Long queries over several lines: the same query, or the text as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tocsin.lang.promql.ast import without_places
from tocsin.lang.promql.layout import WIDEST, lay_out_promql
from tocsin.lang.promql.parser import parse_promql

if TYPE_CHECKING:
    from pathlib import Path

LONG = (
    'sum by (job) (rate(requests_total{code=~"5..", job="api"}[5m]))'
    ' / sum by (job) (rate(requests_total{job="api"}[5m])) > 0.05'
)


def test_a_long_line_is_laid_out_as_prometheus_does_it() -> None:
    assert lay_out_promql(LONG).splitlines() == [
        '    sum by (job) (rate(requests_total{code=~"5..",job="api"}[5m]))',
        "  /",
        '    sum by (job) (rate(requests_total{job="api"}[5m]))',
        ">",
        "  0.05",
    ]


def test_numbers_and_durations_keep_their_spelling() -> None:
    found = lay_out_promql(LONG.replace("5m", "7d").replace("0.05", "5e-2"))
    assert "[7d]" in found
    assert found.endswith("5e-2")


@pytest.mark.parametrize(
    "query",
    [
        "up == 0",
        LONG.replace(" / ", "\n/\n"),
        LONG + " # a comment that the formatter would drop",
        LONG + " and foo{",
        # The formatter does not know these.
        "sum by (job) (rate(requests_total{code=~`5..`, job=`a\\d`}[5m] anchored)) > 0.05 > 9999",
        LONG + " or x{a='b' c='d'}",
    ],
)
def test_any_other_query_stays_as_it_is(query: str) -> None:
    assert lay_out_promql(query) == query


def test_a_deeply_nested_query_is_no_trouble() -> None:
    assert "x" in lay_out_promql("(" * 90 + "x" + ")" * 90)
    query = "(" * 9000 + "x" + ")" * 9000
    assert lay_out_promql(query) == query


def test_nothing_of_the_queries_of_the_wild_changes_its_meaning(corpora: Path) -> None:
    laid_out = 0
    for file in sorted((corpora / "prom_rules").rglob("*.y*ml"))[:400]:
        for rule in _rules(file):
            found = lay_out_promql(rule)
            if found != rule:
                laid_out += 1
                assert without_places(parse_promql(found)) == without_places(parse_promql(rule.strip()))
                assert len(rule) > WIDEST
    assert laid_out > 100


def _rules(file: Path) -> list[str]:
    try:
        value = yaml.safe_load(file.read_text(encoding="utf-8"))
        return [str(rule["expr"]) for group in value["groups"] for rule in group["rules"]]
    except (yaml.YAMLError, KeyError, TypeError):
        return []
