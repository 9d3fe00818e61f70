"""Exceptions for values of a label: every series has the rule of the first that matches."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.lang.partition import partition_faults

from tocsin.compile import build
from tocsin.lang.promql.ast import Selector
from tocsin.lang.promql.parser import parse_promql
from tocsin.source.document import Document
from tocsin.spec.load import load_documents
from tocsin.spec.load_environment import load_environment
from tocsin.targets.prometheus import emit
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from tocsin.diagnostics import Diagnostic
    from tocsin.engines.program import Program
    from tocsin.plan.model import Alert, Plan

SHOPS = ["", "lisbon", "porto", "a|b", 'say "x"', "back\\slash", "a.c", "abc", "São Tomé"]
REGIONS = ["", "eu", "[a-z]+", "us\n"]
ALERTS = 1000 if os.environ.get("TOCSIN_THOROUGH") else 60
BATCH = 100


def spec_text(alerts: dict[str, Any], **more: Any) -> str:
    return yaml_text(
        {
            "project": {"name": "shop", "title": "Shop"},
            "severities": {
                "critical": {"rank": 1, "title": "Critical"},
                "warning": {"rank": 2, "title": "Warning"},
            },
            "receivers": {"all": {}},
            "routing": {"catch_all": "all"},
            "groups": {"web": {"title": "Web", "alerts": alerts}},
            **more,
        }
    )


def built(text: str, environment: str | None = None) -> tuple[Plan | None, tuple[Diagnostic, ...]]:
    loaded = load_environment(load_documents([Document("spec.yaml", text)]), environment)
    if loaded.spec is None:
        return None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    return built.plan, built.diagnostics


def planned(text: str, environment: str | None = None) -> Plan:
    plan, found = built(text, environment)
    assert plan is not None, found
    return plan


def _alert(exceptions: Any, **more: Any) -> dict[str, Any]:
    usual = {
        "promql": "sum by (shop, region) (m)",
        "thresholds": {"warning": {"above": 2}, "critical": {"above": 5}},
    }
    return {**usual, **more, "except": exceptions}


def _one(exceptions: str, **more: Any) -> str:
    return spec_text({"Errors": _alert(yaml.safe_load(exceptions), **more)})


def _rules(alerts: Iterable[Alert]) -> list[tuple[str, str]]:
    return [(rule.title, rule.expr) for alert in alerts for rule in alert.rules]


def test_the_rules_of_an_alert_share_its_series() -> None:
    found = planned(
        _one(
            "[{where: {shop: lisbon}, thresholds: {warning: {above: 3}, critical: none}}, "
            '{where: {shop: [faro, porto]}, "off": kiosks}]'
        )
    )
    rest = 'shop!~"faro|lisbon|porto"'
    assert _rules(found.groups[0].alerts) == [
        (
            f"Errors (critical, {rest})",
            f"sum by (shop, region) (m{{{rest}}}) > 5",
        ),
        (f"Errors (warning, {rest})", f"sum by (shop, region) (m{{{rest}}}) > 2"),
        ('Errors (warning, shop="lisbon")', 'sum by (shop, region) (m{shop="lisbon"}) > 3'),
    ]


def test_a_rule_of_an_exception_has_its_labels_texts_team_and_times() -> None:
    found = planned(
        _one(
            "[{where: {shop: lisbon}, labels: {tier: a}, summary: S, annotations: {x: y}, for: 9m, "
            "team: web}]",
            summary="all",
        ).replace("receivers:", "teams: {web: {title: Web}}\nreceivers:")
    )
    rule = next(one for one in found.groups[0].alerts[0].rules if one.selected == 'shop="lisbon"')
    other = next(one for one in found.groups[0].alerts[0].rules if one.selected != rule.selected)
    assert (rule.labels["tier"], rule.labels["team"], rule.for_) == ("a", "web", "9m")
    assert rule.annotations == {"summary": "S", "x": "y"}
    assert ("tier" in other.labels, other.annotations) == (False, {"summary": "all"})


def test_an_exception_by_label_can_be_of_one_environment() -> None:
    text = spec_text(
        {
            "Errors": _alert(
                [{"in": "staging", "where": {"shop": "x"}, "for": "1h"}, {"in": "dev", "for": "2h"}]
            )
        },
        environments={"production": {}, "staging": {}, "dev": {}},
    )
    count = {
        name: len(planned(text, name).groups[0].alerts[0].rules) for name in ("production", "staging", "dev")
    }
    assert count == {"production": 2, "staging": 4, "dev": 2}


@pytest.mark.parametrize(
    ("exceptions", "more", "id_", "message"),
    [
        ("[{where: {zone: a}, for: 1h}]", {}, "except/label-lost", "`sum` removes the label"),
        (
            "[{where: {shop: a}, for: 1h}]",
            {"promql": None, "logql": 'sum by (app) (rate({app="x"}[5m]))'},
            "except/label-lost",
            "`sum` removes the label",
        ),
        (
            "[{where: {shop: a}, for: 1h}, {where: {shop: [a]}, for: 2h}]",
            {},
            "except/unreached",
            "those before it take all of its values",
        ),
        (
            "[{where: {shop: b}, for: 1h}]",
            {"promql": "sum by (shop) (m{shop=~'a|c'})"},
            "except/unreached",
            'no series with `shop="b"`',
        ),
        (
            "[{where: {shop: a}, for: 1h}]",
            {"promql": "sum by (shop) (m{shop='a'})"},
            "except/takes-all",
            "takes all series that are left",
        ),
        (
            "[{where: {shop: a}, 'off': closed}, {where: {shop: [a, b]}, for: 1h}]",
            {"promql": "sum by (shop) (m{shop=~'a|b'})"},
            "except/takes-all",
            "takes all series that are left",
        ),
        (
            "[{where: {shop: a}, thresholds: {warning: {above: 2}}}]",
            {},
            "except/no-change",
            "changes nothing",
        ),
        (
            "[{where: {shop: a}, runbook: {url: 'https://x'}}]",
            {},
            "except/incomplete",
            "`runbook` is the same",
        ),
        ("[{where: {}, for: 1h}]", {}, "spec/empty-value", "may not be empty"),
        ("[{where: {shop: a}, thresholds: {warning: {above: 2 apples}}}]", {}, "spec/quantity", "apples"),
        ("[{where: {shop: a}, thresholds: {minor: {above: 2}}}]", {}, "reference/severity", "minor"),
        ("[{where: {shop: a}, labels: {severity: x}}]", {}, "label/reserved", "severity"),
    ],
)
def test_an_exception_that_cannot_hold_is_told(
    exceptions: str, more: dict[str, Any], id_: str, message: str
) -> None:
    alert = {
        key: value for key, value in _alert(yaml.safe_load(exceptions), **more).items() if value is not None
    }
    _, found = built(spec_text({"Errors": alert}))
    assert any(one.id == id_ and message in one.message for one in found), found
    assert all(one.span is not None for one in found)


def _random_exceptions(chosen: random.Random) -> list[dict[str, Any]]:
    found = []
    for _ in range(chosen.randint(1, 4)):
        labels = chosen.sample([("shop", SHOPS), ("region", REGIONS)], chosen.randint(1, 2))
        where = {name: chosen.sample(texts, chosen.randint(1, 3)) for name, texts in labels}
        warning, critical = chosen.randint(11, 20), chosen.choice(["none", {"above": chosen.randint(21, 30)}])
        held = {"thresholds": {"warning": {"above": warning}, "critical": critical}}
        found.append({"where": where, **({"off": "closed"} if chosen.random() < 0.3 else held)})
    return found


def _limits(exceptions: list[dict[str, Any]], series: dict[str, str]) -> dict[str, int]:
    """The limit of each severity for a series, as the first exception that matches says."""
    for one in exceptions:
        if all(series[label] in texts for label, texts in one["where"].items()):
            said = {} if "off" in one else one["thresholds"]
            return {severity: limit["above"] for severity, limit in said.items() if limit != "none"}
    return {"warning": 2, "critical": 5}


def _without_unreached(exceptions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that do not only name what others before name; the others are errors."""
    kept: list[dict[str, Any]] = []
    for one in exceptions:
        text = spec_text({"Errors": _alert([*kept, one])})
        if built(text)[0] is not None:
            kept.append(one)
    return kept


def test_random_exceptions_leave_no_gap_and_no_double_and_give_each_series_its_own_limit(
    tmp_path: Path, promtool: Program
) -> None:
    """promtool evaluates all rules over the same series; what fires is what the exceptions say."""
    chosen = random.Random(7)
    series = [{"shop": shop, "region": region} for shop in SHOPS for region in REGIONS]
    values = {number: chosen.choice([1, 4, 9, 15, 25, 40]) for number in range(len(series))}
    for batch in range(0, ALERTS, BATCH):
        sets = [_without_unreached(_random_exceptions(chosen)) for _ in range(min(BATCH, ALERTS - batch))]
        _assert_as_said(sets, series, values, tmp_path, promtool)


def _assert_as_said(
    sets: list[list[dict[str, Any]]],
    series: list[dict[str, str]],
    values: dict[int, int],
    folder: Path,
    promtool: Program,
) -> None:
    """promtool sees an alert with each set of exceptions fire where that says, and nowhere else."""
    plan = planned(spec_text({f"A{number}": _alert(one) for number, one in enumerate(sets)}))
    for alert in plan.groups[0].alerts:
        assert_apart(alert)
    (folder / "rules.yml").write_bytes(next(iter(emit(plan))).content)
    expected = []
    for number, exceptions in enumerate(sets):
        alerts = [
            {"exp_labels": {"severity": severity, **{key: text for key, text in labels.items() if text}}}
            for index, labels in enumerate(series)
            for severity, limit in _limits(exceptions, labels).items()
            if values[index] > limit
        ]
        expected.append({"alertname": f"A{number}", "eval_time": "5m", "exp_alerts": alerts})
    inputs = [
        {
            "series": "m{" + ",".join(f"{key}={quoted(text)}" for key, text in labels.items() if text) + "}",
            "values": f"{values[index]}x10",
        }
        for index, labels in enumerate(series)
    ]
    data = {"rule_files": ["rules.yml"], "tests": [{"input_series": inputs, "alert_rule_test": expected}]}
    (folder / "t.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    done = promtool.run(["test", "rules", str(folder / "t.yml")], timeout=300)
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]


def assert_apart(alert: Alert) -> None:
    """No two rules of one severity have a series in common, as the automata of their matchers say."""
    for severity in {rule.severity for rule in alert.rules}:
        parts = []
        for rule in alert.rules:
            if rule.severity == severity:
                tree = parse_promql(f"x{{{rule.selected}}}")
                assert isinstance(tree, Selector)
                parts.append(tree.matchers)
        assert [one for one in partition_faults(parts) if one.parts] == []


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def test_nobody_can_write_what_exceptions_are_made_into() -> None:
    alert = {key: value for key, value in _alert([]).items() if key != "except"}
    _, found = built(spec_text({"Errors": {**alert, ".branches": [{"where": {"shop": "a"}, "off": "x"}]}}))
    assert [one.message for one in found] == ["unknown key `.branches`"]


def test_one_cause_is_told_once() -> None:
    _, found = built(_one("[{where: {shop: a}, promql: sum(m)}]"))
    assert [one.id for one in found] == ["except/label-lost"]
    _, found = built(_one("[{where: {shop: a}, promql: absent(m)}]"))
    assert [one.id for one in found] == ["except/unreached"]
