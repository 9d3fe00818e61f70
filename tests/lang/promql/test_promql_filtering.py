"""Queries restricted to some series: only where what is left is as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from tocsin.lang.condition import measured
from tocsin.lang.errors import LangError
from tocsin.lang.promql.filtering import filtered
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.shape import condition

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _matcher(label: str) -> str:
    return f'{label}=~"${label}"'


@pytest.mark.parametrize(
    ("query", "restricted"),
    [
        ("up", 'up{i=~"$i"}'),
        ("up{}", 'up{i=~"$i"}'),
        ('up{job="a"}', 'up{job="a", i=~"$i"}'),
        ('up{job="a",}', 'up{job="a", i=~"$i",}'),
        ('up{job="a" # why\n}', 'up{job="a", i=~"$i" # why\n}'),
        ("up{ # why\n}", 'up{i=~"$i" # why\n}'),
        ('{"the.name"}', '{i=~"$i", "the.name"}'),
        ('{__name__="up"}', '{__name__="up", i=~"$i"}'),
        ("rate(x_total[5m] offset 1h)", 'rate(x_total{i=~"$i"}[5m] offset 1h)'),
        ("max_over_time(up[1h:5m])", 'max_over_time(up{i=~"$i"}[1h:5m])'),
        ("sum by (i, j) (up)", 'sum by (i, j) (up{i=~"$i"})'),
        ("sum without (j) (up)", 'sum without (j) (up{i=~"$i"})'),
        ("100 * (a / b)", '100 * (a{i=~"$i"} / b{i=~"$i"})'),
        ("a / ignoring (j) b", 'a{i=~"$i"} / ignoring (j) b{i=~"$i"}'),
        # The totals have no label `i`: a matcher on them would leave nothing.
        ("a / on (j) group_left () b", 'a{i=~"$i"} / on (j) group_left () b'),
        ("a / ignoring (i) group_left () b", 'a{i=~"$i"} / ignoring (i) group_left () b'),
        ("a * on (j) group_left (i) b", 'a * on (j) group_left (i) b{i=~"$i"}'),
        ("a and on (j) b", 'a{i=~"$i"} and on (j) b'),
        ("a unless b", 'a{i=~"$i"} unless b{i=~"$i"}'),
        ("a or b", 'a{i=~"$i"} or b{i=~"$i"}'),
        ("a > scalar(b)", 'a{i=~"$i"} > scalar(b)'),
        ("topk by (i) (3, a)", 'topk by (i) (3, a{i=~"$i"})'),
        ("histogram_quantile(0.9, sum by (le, i) (rate(b[5m])))", None),
    ],
)
def test_a_query_whose_series_stand_apart_is_restricted(query: str, restricted: str | None) -> None:
    text, labels = filtered(query, ["i"], _matcher)
    assert labels == ("i",)
    assert text == (restricted or query.replace("b[5m]", 'b{i=~"$i"}[5m]'))


@pytest.mark.parametrize(
    "query",
    [
        "sum(up)",
        "sum by (j) (up)",
        "sum without (i) (up)",
        "topk(3, a)",
        "absent(up)",
        "vector(1)",
        "a or vector(0)",
        "a or on (j) b",
        "a / on (j) b",
        'label_replace(a, "i", "$1", "j", "(.*)")',
        'count_values("i", a)',
        "sum(",
    ],
)
def test_a_query_that_would_say_something_else_stays_whole(query: str) -> None:
    assert filtered(query, ["i"], _matcher) == (query, ())


def test_each_label_is_judged_by_itself() -> None:
    text, labels = filtered("sum by (i) (up)", ["j", "i"], _matcher)
    assert (text, labels) == ('sum by (i) (up{i=~"$i"})', ("i",))


def test_several_labels_stand_in_one_pair_of_braces() -> None:
    assert filtered("up", ["i", "j"], _matcher)[0] == 'up{i=~"$i", j=~"$j"}'


def test_the_place_of_a_selector_is_that_in_the_text() -> None:
    assert filtered('up{job="ç"} + up', ["i"], _matcher)[0] == 'up{job="ç", i=~"$i"} + up{i=~"$i"}'


def test_queries_of_the_wild_stay_promql_when_they_are_restricted_or_parted(corpora: Path) -> None:
    restricted = parted = 0
    for expr in _expressions(corpora / "prom_rules"):
        text, labels = filtered(expr, ["instance", "job", "namespace"], _matcher)
        parse_promql(text)
        restricted += bool(labels)
        sides = [one for one, _ in measured(condition(expr))]
        for side in sides:
            parse_promql(side.expr)
            parse_promql(side.against or "up")
        parted += len(sides) > 1
    assert restricted > 500
    assert parted > 100


def _expressions(folder: Path) -> Iterator[str]:
    """The expressions of alerts that can be read."""
    for file in sorted(folder.rglob("*.y*ml"))[:600]:
        try:
            groups = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)["groups"]
            found = [str(rule["expr"]) for group in groups for rule in group["rules"] if "alert" in rule]
        except (yaml.YAMLError, KeyError, TypeError):
            continue
        for expr in found:
            try:
                parse_promql(expr)
            except LangError:
                continue
            yield expr
