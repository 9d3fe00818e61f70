"""Exceptions of one environment: the first that matches counts, and none is without effect."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
import yaml

from tocsin.compile import build
from tocsin.source.document import Document
from tocsin.spec.load import Loaded, load_documents
from tocsin.spec.load_environment import load_environment

if TYPE_CHECKING:
    from tocsin.plan.model import Plan

BASE = """
project: {name: shop, title: Shop}
environments: {production: {}, staging: {}, dev: {}}
severities:
  critical: {rank: 1, title: Critical, receiver: pager}
  warning: {rank: 2, title: Warning}
receivers: {pager: {}, chat: {}}
routing:
  catch_all: chat
  routes:
    - {matchers: ['severity="critical"'], receiver: pager}
  tests:
    - {alert: Errors, receivers: [pager]}
    - {labels: {severity: warning}, active: [{alert: Errors}], receivers: [chat]}
slos:
  paid: {title: Paid, objective: 99%, window: 30d, up: up, alerts: [Errors]}
groups:
  web:
    title: Web
    recordings: [{record: "shop:errors:sum", promql: sum by (shop) (errors_total), after: Errors}]
    alerts:
      Errors:
        promql: sum by (shop) (rate(errors_total[5m]))
        thresholds: {warning: {above: 2, for: 10m}, critical: {above: 5}}
      Slow:
        promql: max by (shop) (latency_seconds)
        thresholds: {warning: {above: 2}}
        depends_on: [Errors]
        related: [Errors]
"""


def _loaded(text: str, name: str | None) -> Loaded:
    return load_environment(load_documents([Document("spec.yaml", text)]), name)


def _plan(text: str, name: str | None) -> Plan:
    loaded = _loaded(text, name)
    assert loaded.diagnostics == ()
    assert loaded.spec is not None
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    return built.plan


def _with(path: tuple[str | int, ...], items: str) -> str:
    data = yaml.safe_load(BASE)
    node = data
    for part in path:
        node = node[part]
    node["except"] = yaml.safe_load(items)
    return yaml.safe_dump(data, sort_keys=False)


ERRORS = ("groups", "web", "alerts", "Errors")


def _rules(plan: Plan) -> list[tuple[str, str, str]]:
    return [
        (rule.title, rule.expr.rpartition(" ")[2], rule.for_)
        for group in plan.groups
        for alert in group.alerts
        for rule in alert.rules
    ]


def test_an_exception_holds_in_its_environments_and_nowhere_else() -> None:
    text = _with(ERRORS, "[{in: [staging, dev], thresholds: {critical: none, warning: {above: 7}}}]")
    assert _rules(_plan(text, "production")) == _rules(_plan(BASE, "production"))
    for name in ("staging", "dev"):
        # The time of the threshold is as written; the number is the exception's.
        assert _rules(_plan(text, name)) == [
            ("Errors (warning)", "7", "10m"),
            ("Slow (warning)", "2", "0s"),
        ]


def test_another_comparison_or_query_takes_the_place_of_the_one_that_is_written() -> None:
    text = _with(ERRORS, "[{in: dev, promql: max by (shop) (e), thresholds: {warning: {at_most: 1}}}]")
    [rule, *_] = [one for one in _plan(text, "dev").groups[0].alerts[0].rules if one.severity == "warning"]
    assert rule.expr == "max by (shop) (e) <= 1"


def test_the_first_exception_that_matches_counts() -> None:
    text = _with(
        ERRORS, "[{in: staging, for: 1h}, {in: [staging, dev], for: 2h, thresholds: {warning: {above: 9}}}]"
    )
    assert ("Errors (warning)", "2", "1h") in _rules(_plan(text, "staging"))
    assert ("Errors (critical)", "5", "1h") in _rules(_plan(text, "staging"))
    assert ("Errors (critical)", "5", "2h") in _rules(_plan(text, "dev"))
    assert ("Errors (warning)", "9", "2h") in _rules(_plan(text, "dev"))


def test_a_time_of_an_exception_holds_for_thresholds_with_a_time_of_their_own() -> None:
    text = _with(ERRORS, "[{in: dev, for: 1h, thresholds: {critical: {for: 2h}}}]")
    rules = _rules(_plan(text, "dev"))
    assert ("Errors (warning)", "2", "1h") in rules
    assert ("Errors (critical)", "5", "2h") in rules


OWN_RULES = """{
    labels: {kind: web},
    rules: [
      {severity: critical, expr: "sum by (shop) (a) > 1", for: 5m, summary: Many, labels: {kind: a}},
      {severity: warning, expr: "sum by (shop) (b) > 1", annotations: {hint: b}}]}"""
SPLIT_RULES = OWN_RULES.replace(
    'severity: critical, expr: "sum by (shop) (a) > 1", for: 5m',
    "promql: sum by (shop) (a), thresholds: {critical: {above: 1, for: 5m}}",
)


@pytest.mark.parametrize("own", [OWN_RULES, SPLIT_RULES])
@pytest.mark.parametrize("where", ["", ", where: {shop: porto}"])
def test_an_exception_wins_over_what_the_rules_of_an_alert_say_of_their_own(where: str, own: str) -> None:
    data = yaml.safe_load(BASE)
    said = "for: 1h, keep_firing_for: 2h, summary: Few, labels: {kind: c}, annotations: {hint: c}"
    exceptions = yaml.safe_load(f"[{{in: staging, {said}{where}}}]")
    data["groups"]["web"]["alerts"]["Errors"] = yaml.safe_load(own) | {"except": exceptions}
    text = yaml.safe_dump(data, sort_keys=False)

    def rules(name: str) -> list[tuple[str, str | None, str, str | None, str | None]]:
        [alert] = [one for one in _plan(text, name).groups[0].alerts if one.name == "Errors"]
        taken = [one for one in alert.rules if not where or 'shop="porto"' in one.expr]
        return [
            (
                rule.for_,
                rule.keep_firing_for,
                rule.labels["kind"],
                rule.annotations.get("summary"),
                rule.annotations.get("hint"),
            )
            for rule in taken
        ]

    assert rules("staging") == [("1h", "2h", "c", "Few", "c")] * 2
    if not where:
        kept = [(for_, kind, summary, hint) for for_, _, kind, summary, hint in rules("production")]
        assert kept == [("5m", "a", "Many", None), ("0s", "web", None, "b")]


@pytest.mark.parametrize("path", [ERRORS, ("groups", "web")])
def test_what_is_switched_off_is_gone_with_all_that_refers_to_it(path: tuple[str, ...]) -> None:
    text = _with(path, '[{in: dev, "off": nobody looks there}]')
    plan = _plan(text, "dev")
    names = [alert.name for group in plan.groups for alert in group.alerts]
    assert names == (["Slow"] if path == ERRORS else [])
    assert plan.routing_cases == ()
    assert not any(alert.depends_on or alert.related for group in plan.groups for alert in group.alerts)
    assert plan.slos[0].alerts == ()
    assert len(_plan(text, "staging").routing_cases) == 2


def test_groups_objectives_and_routes_have_exceptions() -> None:
    text = _with(("groups", "web"), "[{in: dev, interval: 5m, labels: {tier: none}}]")
    assert {group.interval for group in _plan(text, "dev").rule_groups} == {"5m"}
    assert _plan(text, "dev").rule_groups[0].rules[0].labels["tier"] == "none"
    text = _with(("slos", "paid"), '[{in: dev, "off": not promised}, {in: staging, objective: 90%}]')
    assert [len(_plan(text, name).slos) for name in ("dev", "staging")] == [0, 1]
    assert _plan(text, "staging").slos[0].objective == Decimal("0.9")
    text = _with(
        ("routing", "routes", 0), '[{in: dev, receiver: chat}, {in: staging, "off": nobody is paged}]'
    )
    routes = {
        name: [route.receiver for route in plan.route.routes]
        for name in ("production", "dev", "staging")
        if (plan := _plan(text, name)).route is not None
    }
    assert (routes["production"][0], routes["dev"][0]) == ("pager", "chat")
    assert len(routes["staging"]) == len(routes["production"]) - 1


@pytest.mark.parametrize(
    ("path", "items", "id_", "at"),
    [
        (ERRORS, "[{for: 1h}]", "except/incomplete", "for: 1h"),
        (ERRORS, "[{in: dev}]", "except/incomplete", "in: dev"),
        (ERRORS, "[{in: deb, for: 1h}]", "reference/environment", "deb"),
        (ERRORS, "[{in: dev, fro: 1h}]", "spec/unknown-key", "fro"),
        (ERRORS, '[{in: dev, "off": x, for: 1h}]', "spec/exclusive-keys", "in: dev"),
        (ERRORS, "[{in: dev, thresholds: {warning: {above: 2}}}]", "except/no-change", "in"),
        (ERRORS, "[{in: dev, thresholds: {info: none}}]", "except/no-change", "in"),
        (ERRORS, "[{in: dev, for: 1h}, {in: [dev], for: 2h}]", "except/unreached", "in:\n"),
        (
            ERRORS,
            "[{in: dev, thresholds: {warning: none, critical: none}}]",
            "spec/thresholds",
            "thresholds:\n            warning: none",
        ),
        (ERRORS, "[{in: dev, severity: warning}]", "spec/thresholds", "severity: warning"),
        (ERRORS, "[{in: dev, thresholds: {warning: {for: 1x}}}]", "spec/duration", "1x"),
        (("groups", "web"), "[{in: dev, title: Web}]", "spec/unknown-key", "title"),
        (("routing", "routes", 0), "[{in: dev, receiver: pager}]", "except/no-change", "in"),
    ],
)
def test_an_exception_without_effect_or_with_a_mistake_is_told_at_its_place(
    path: tuple[str | int, ...], items: str, id_: str, at: str
) -> None:
    text = _with(path, items)
    loaded = [_loaded(text, name) for name in ("production", "dev")]
    found = [one for each in loaded for one in each.diagnostics if one.id == id_]
    assert found
    assert found[0].span is not None
    assert found[0].span.document.text[found[0].span.start :].startswith(at)


@pytest.mark.parametrize("where", ["in: dev", "in: dev, where: {shop: porto}"])
@pytest.mark.parametrize("said", ["severity: warning", "thresholds: {warning: {above: 1}}"])
def test_what_each_rule_has_of_its_own_is_told_where_an_exception_says_it(where: str, said: str) -> None:
    data = yaml.safe_load(BASE)
    exceptions = yaml.safe_load(f"[{{{where}, {said}}}]")
    data["groups"]["web"]["alerts"]["Errors"] = yaml.safe_load(OWN_RULES) | {"except": exceptions}
    [found] = _loaded(yaml.safe_dump(data, sort_keys=False), "dev").diagnostics
    key = said.partition(":")[0]
    assert (found.id, found.help) == ("spec/thresholds", f"take `{key}:` away")
    assert found.span is not None
    text = found.span.document.text
    assert text[found.span.start : found.span.end] == key
    assert found.span.start > text.index("except:")


def test_an_exception_without_any_threshold_is_told_how_an_alert_is_switched_off() -> None:
    text = _with(ERRORS, "[{in: dev, thresholds: {warning: none, critical: none}}]")
    [found] = _loaded(text, "dev").diagnostics
    assert found.help is not None
    assert found.help.endswith("; an exception takes all of them away with `off: the reason`")


def test_a_time_that_all_thresholds_have_changes_nothing() -> None:
    data = yaml.safe_load(_with(ERRORS, "[{in: dev, for: 1h}]"))
    assert _loaded(yaml.safe_dump(data, sort_keys=False), "dev").diagnostics == ()
    for threshold in data["groups"]["web"]["alerts"]["Errors"]["thresholds"].values():
        threshold["for"] = "1h"
    [found] = _loaded(yaml.safe_dump(data, sort_keys=False), "dev").diagnostics
    assert found.id == "except/no-change"


def test_a_spec_without_environments_has_no_exceptions_for_one() -> None:
    text = _with(ERRORS, "[{in: dev, for: 1h}]").replace("environments", "teams").replace("{}", "{}")
    data = yaml.safe_load(text)
    data["teams"] = {}
    [found] = _loaded(yaml.safe_dump(data), None).diagnostics
    assert (found.id, found.help) == (
        "reference/environment",
        "write `environments: {production: {}, dev: {}}`",
    )
