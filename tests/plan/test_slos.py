"""Objectives in the plan: budgets, one query of what was promised, and references that lead nowhere."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from tocsin.compile import build
from tocsin.lang.promql.syntax import check_promql
from tocsin.plan.names import page_file
from tocsin.plan.slo import Latency, Ratio
from tocsin.source.document import Document
from tocsin.spec.load import load_documents

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

BASE = """\
project: {name: p, title: P, urls: {prometheus: "http://prometheus.example/"}}
severities: {critical: {rank: 1, title: C}}
teams: {web: {title: Web}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
groups:
  g:
    title: G
    alerts:
      Slow: {summary: s, description: d, promql: up, thresholds: {critical: {below: 1}}}
slos:
"""
SLO = """\
  pages:
    title: Pages
    objective: 99.5%
    window: 30d
    team: web
    latency: {histogram: page_seconds, within: 500ms}
    alerts: [Slow]
"""


def test_a_ratio_and_a_latency_say_what_may_be_bad(shop_plan: Plan) -> None:
    checkout, pages = shop_plan.slos
    assert (checkout.name, checkout.objective, checkout.budget_text) == ("checkout", Decimal("0.98"), "2 %")
    assert (checkout.window, checkout.budget_time) == ("30d", "14h24m")
    assert isinstance(checkout.indicator, Ratio)
    assert checkout.query == (
        '1 -\nsum(increase(checkouts_total{result="failed"}[30d]))\n/\nsum(increase(checkouts_total[30d]))'
    )
    assert isinstance(pages.indicator, Latency)
    assert (pages.indicator.limit, pages.indicator.limit_text) == (0.8, "800 ms")
    assert pages.query == ("histogram_quantile(0.99, sum by (le) (rate(page_duration_seconds_bucket[7d])))")
    assert pages.alerts == ("SlowPages",)
    assert checkout.url is not None
    assert checkout.url.startswith("https://prometheus.shop.example/graph?g0.expr=1%20-%0Asum")


@pytest.mark.parametrize(
    ("ratio", "query"),
    [
        ("{good: 'a', total: 'b'}", "a\n/\nb"),
        ("{good: 'a - b', total: 'b'}", "(\n  a - b\n)\n/\nb"),
        ("{bad: 'a', total: 'a + b'}", "1 -\na\n/\n(\n  a + b\n)"),
        ("{bad: 'sum(a) # worst', total: 'b'}", "1 -\n(\n  sum(a) # worst\n)\n/\nb"),
        ('{bad: "\\n  sum(\\n    a\\n  )\\n", total: b}', "1 -\nsum(\n  a\n)\n/\nb"),
    ],
)
def test_the_query_keeps_what_belongs_together(
    ratio: str, query: str, plan_of: Callable[[str], Plan]
) -> None:
    text = BASE + f"  x: {{title: X, objective: 99%, window: 1d, ratio: {ratio}}}\n"
    found = plan_of(text).slos[0].query
    assert found == query
    check_promql(found)


def test_milliseconds_are_the_unit_of_a_histogram_of_milliseconds(plan_of: Callable[[str], Plan]) -> None:
    text = BASE + SLO.replace("within: 500ms", "within: 0.5s, unit: milliseconds")
    indicator = plan_of(text).slos[0].indicator
    assert isinstance(indicator, Latency)
    assert (indicator.limit, indicator.limit_text) == (500, "500 ms")


def test_an_alert_that_is_named_twice_watches_once(plan_of: Callable[[str], Plan]) -> None:
    assert plan_of(BASE + SLO.replace("[Slow]", "[Slow, Slow]")).slos[0].alerts == ("Slow",)


@pytest.mark.parametrize(
    ("old", "new", "id_", "message", "at", "advice"),
    [
        ("[Slow]", "[Slwo]", "reference/alert", "no alert `Slwo`", "Slwo", "did you mean `Slow`?"),
        ("team: web", "team: wbe", "reference/team", "no team `wbe`", "wbe", "did you mean `web`?"),
        ("500ms", "500MiB", "spec/quantity", "a size in bytes", "500MiB", "`500ms`"),
        ("500ms", "0s", "spec/quantity", "nothing is answered in no time", "0s", "`500ms`"),
        ("500ms", "-1", "spec/quantity", "nothing is answered in no time", "-1", "`500ms`"),
        ("500ms", ".inf", "spec/quantity", "not a valid threshold", ".", "a number"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_its_cure(
    old: str, new: str, id_: str, message: str, at: str, advice: str
) -> None:
    text = BASE + SLO.replace(old, new)
    loaded = load_documents([Document("spec.yaml", text)])
    assert loaded.spec is not None, loaded.diagnostics
    (found,) = build(loaded.spec, loaded.sources).diagnostics
    assert found.span is not None
    assert (found.id, text[found.span.start : found.span.end]) == (id_, at)
    assert message in found.message
    assert advice in (found.help or "")


@pytest.mark.parametrize(
    ("indicator", "at", "message"),
    [
        ("ratio: {good: 'a[30d]', total: b}", "a[30d]", "the expression returns a range vector"),
        ("ratio: {bad: 5, total: b}", "5", "a string belongs here"),
        ("ratio: {bad: '5', total: b}", "'5'", "this is a number"),
        ("latency: {buckets: '\"x\"', within: 1s}", '"x"', "the expression is a string"),
    ],
)
def test_a_query_of_an_objective_gives_series(indicator: str, at: str, message: str) -> None:
    text = BASE + f"  x: {{title: X, objective: 99%, window: 30d, {indicator}}}\n"
    loaded = load_documents([Document("spec.yaml", text)])
    found = loaded.diagnostics or (loaded.spec and build(loaded.spec, loaded.sources).diagnostics)
    assert found
    assert found[0].span is not None
    assert message in found[0].message
    assert text[found[0].span.start : found[0].span.end] == at


def test_a_total_may_be_a_number(plan_of: Callable[[str], Plan]) -> None:
    text = BASE + "  x: {title: X, objective: 99%, window: 1d, ratio: {bad: a, total: '60 * 24'}}\n"
    assert plan_of(text).slos[0].query == "1 -\na\n/\n(\n  60 * 24\n)"


def test_an_alert_cannot_take_the_name_of_the_page() -> None:
    assert page_file("SLOs") == "SLOs-alert.md"
