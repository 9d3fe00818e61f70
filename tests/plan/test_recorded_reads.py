"""Which rules read what other rules write."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.recorded_reads import Read, metrics_read, reads_within

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


@pytest.mark.parametrize(
    ("expr", "reads"),
    [
        ("job:up:sum > 1", True),
        ('{__name__="job:up:sum"}', True),
        ('{__name__=~"job:.*"}', True),
        ('{job="web"}', True),
        ('sum(rate({"job:up:sum"}[5m]))', True),
        ('job:up:sum{kind="sum"}', True),
        ('job:up:sum{team="anything"}', True),
        ('job:up:sum{kind="max"}', False),
        ('job:up:sum{kind=~"m.*"}', False),
        ("job:up:max > 1", False),
        ('{__name__=~"node:.*"}', False),
        ("job:up:sum >", False),
    ],
)
def test_an_expression_reads_the_series_that_its_selectors_may_select(
    expr: str, reads: bool, shop_plan: Plan
) -> None:
    rule = _rule(shop_plan)
    recording = _recording(rule, "job:up:sum", "sum by (job) (up)")
    found = list(reads_within([recording, replace(rule, expr=expr)]))
    assert found == ([Read(1, 0)] if reads else [])


def test_alerts_are_read_by_their_names(shop_plan: Plan) -> None:
    rule = _rule(shop_plan)
    one, other = replace(rule, alert="One", expr="up"), replace(rule, alert="Other", expr="up")
    for expr, writers in (
        ('count(ALERTS{alertname="One"})', {0}),
        ("count(ALERTS)", {0, 1}),
        ('ALERTS_FOR_STATE{alertname!="One"}', {1}),
        ('count({job="web"})', set()),
    ):
        found = list(reads_within([one, other, replace(rule, alert="Third", expr=expr)]))
        assert {read.writer for read in found} == writers, expr


def test_loki_reads_nothing_that_is_recorded(shop_plan: Plan) -> None:
    rule = replace(_rule(shop_plan), engine=Engine.LOKI, expr='sum(rate({app="web"}[5m]))')
    recording = _recording(rule, "app:lines", 'sum(rate({app="web"}[5m]))')
    assert list(reads_within([recording, rule])) == []


def test_a_rule_does_not_read_itself_and_each_only_once(shop_plan: Plan) -> None:
    rule = _rule(shop_plan)
    counting = _recording(rule, "a", "a + b + b or a")
    assert list(reads_within([counting, _recording(rule, "b", "up")])) == [Read(0, 1)]


def test_the_names_are_those_that_are_said() -> None:
    assert metrics_read('a + {__name__="b"} + {"c"} + {__name__=~"d"}') == {"a", "b", "c"}
    assert metrics_read("a +") == set()


def _rule(plan: Plan) -> Rule:
    rules = (rule for group in plan.rule_groups for rule in group.rules)
    return next(rule for rule in rules if isinstance(rule, Rule) and rule.engine is Engine.PROMETHEUS)


def _recording(like: Rule, name: str, expr: str) -> Recording:
    return Recording(name, like.engine, expr, {"kind": "sum"}, None, like.written, like.place)
