"""Where alerts can go in the route tree, and that it is said where there are too many ways to list."""

from __future__ import annotations

import pytest
from tests.checks.cases import planned

from tocsin.routing.alert_labels import alert_labels
from tocsin.routing.reachability import RouteTree, Ways, reachability

ALERTS = """
---
- alert: Grouped
  expr: sum by (team, shop) (errors) > 1
- alert: Named
  expr: sum by (shop) (errors{team="a"}) > 1
  labels: {team: a}
"""


def _configuration(*routes: str) -> str:
    lines = "".join(f"\n    - {one}" for one in routes)
    return (
        f"route:\n  receiver: root\n  routes:{lines}\nreceivers: [{{name: root}}, {{name: r}}, {{name: s}}]"
    )


def _ways(text: str, number: int = 0) -> Ways:
    made = planned(text + ALERTS)
    assert made is not None
    assert made.plan.route is not None
    return RouteTree(made.plan.route).ways(alert_labels(made.plan)[number])


def test_each_way_has_the_fewest_labels_that_lead_there() -> None:
    text = _configuration(
        '{matchers: [team="a"], receiver: r, continue: true}', '{matchers: [shop=~"n.*"], receiver: s}'
    )
    ways = _ways(text).ways
    assert {way.receivers: dict(way.chosen) for way in ways} == {
        ("root",): {},
        ("r",): {"team": "a"},
        ("s",): {"shop": "n"},
        ("r", "s"): {"shop": "n", "team": "a"},
    }
    assert [dict(way.chosen) for way in _ways(text, 1).ways] == [{}, {"shop": "n"}]


def test_patterns_that_no_value_meets_at_once_are_no_way() -> None:
    text = _configuration("{matchers: ['team=~\"a.*\"', 'team=~\".*b\"', 'team!~\".*b\"'], receiver: r}")
    assert [way.receivers for way in _ways(text).ways] == [("root",)]


@pytest.mark.parametrize("label", ["team", "alertname"])
def test_a_pattern_that_cannot_be_read_may_match_or_not(label: str) -> None:
    text = _configuration(f"{{match_re: {{{label}: 'a(['}}, receiver: r}}")
    assert {way.receivers for way in _ways(text).ways} == {("root",), ("r",)}


def test_more_ways_than_can_be_listed_are_not_called_all() -> None:
    routes = [f'{{matchers: [l{n}="a"], receiver: r, continue: true}}' for n in range(16)]
    alert = f"---\n- alert: Wide\n  expr: sum by ({', '.join(f'l{n}' for n in range(16))}) (errors) > 1\n"
    made = planned(f"{_configuration(*routes)}\n{alert}")
    assert made is not None
    assert made.plan.route is not None
    (wide,) = alert_labels(made.plan)
    found = RouteTree(made.plan.route).ways(wide)
    assert not found.complete
    assert found.receivers == ("root",)
    reached = reachability(made.plan)
    assert reached is not None
    # What is not known must not look unreachable.
    assert reached.entered() == {id(made.plan.route), *map(id, made.plan.route.routes)}
    assert not any(alert_class.surely_only(made.plan.route) for alert_class in reached.classes)
