"""Exceptions by labels of groups and of the project: they hold for each of the alerts that they are about."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.compile.test_branches import REGIONS, SHOPS, assert_apart, built, planned, quoted
from tests.compile.test_branches import spec_text as spec_with

from tocsin.targets.prometheus import emit

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

SPECS = 1000 if os.environ.get("TOCSIN_THOROUGH") else 15
ALERTS = {
    "Errors": "sum by (shop, region) (m)",
    "Slow": "max by (shop) (m)",
    "Down": "min by (shop, region) (m{shop!='abc'})",
}


def _spec(group: Any = (), project: Any = (), alert: Any = (), **more: Any) -> str:
    alerts = {
        name: {"promql": text, "thresholds": {"warning": {"above": 2}, "critical": {"above": 5}}}
        for name, text in ALERTS.items()
    }
    alerts["Errors"]["except"] = list(alert)
    text = spec_with(alerts, **more)
    data = yaml.safe_load(text)
    data["groups"]["web"]["except"] = list(group)
    data["project"]["except"] = list(project)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True)


def _labels(text: str) -> set[tuple[str, str, str, str]]:
    """The rules by alert, their series, and the labels that the exceptions of these tests set."""
    plan = planned(text)
    return {
        (rule.alert, rule.selected, rule.labels.get("place", ""), rule.labels.get("team", ""))
        for group in plan.groups
        for alert in group.alerts
        for rule in alert.rules
        if rule.severity == "critical"
    }


def test_an_exception_of_a_group_is_one_of_each_of_its_alerts() -> None:
    text = _spec(
        group=[{"where": {"shop": "lisbon"}, "team": "web", "labels": {"place": "pt"}}],
        teams={"web": {"title": "Web"}},
    )
    assert _labels(text) == {
        found
        for name in ALERTS
        for found in ((name, 'shop="lisbon"', "pt", "web"), (name, 'shop!="lisbon"', "", ""))
    }


def test_an_exception_of_the_project_is_for_the_alerts_whose_queries_give_the_label() -> None:
    found = _labels(_spec(project=[{"where": {"region": ["eu", "us\n"]}, "labels": {"place": "far"}}]))
    assert ("Slow", "", "", "") in found
    assert {(name, place) for name, _, place, _ in found} == {
        ("Slow", ""),
        *((name, place) for name in ("Errors", "Down") for place in ("", "far")),
    }


def test_series_without_a_label_are_those_of_queries_that_never_return_it() -> None:
    found = _labels(_spec(project=[{"where": {"region": ""}, "labels": {"place": "none"}}]))
    assert ("Slow", "", "none", "") in found
    assert ("Errors", 'region=""', "none", "") in found
    assert ("Errors", 'region!=""', "", "") in found


def test_what_an_alert_its_group_and_the_project_say_of_a_series_holds_together() -> None:
    text = _spec(
        alert=[{"where": {"shop": ["lisbon", "porto"]}, "labels": {"place": "own"}}],
        group=[{"where": {"shop": "lisbon"}, "labels": {"place": "group", "tier": "a"}}],
        project=[{"where": {"shop": "porto"}, "off": "closed"}],
    )
    found = {
        rule.selected: (rule.labels.get("place"), rule.labels.get("tier"))
        for rule in planned(text).groups[0].alerts[0].rules
    }
    assert found == {'shop!~"lisbon|porto"': (None, None), 'shop="lisbon"': ("own", "a")}


def test_the_project_is_otherwise_in_some_environments() -> None:
    text = _spec(
        project=[{"in": ["staging", "dev"], "labels": {"place": "test"}, "defaults": {"for": "1h"}}],
        environments={"production": {}, "staging": {"labels": {"place": "st"}}, "dev": {}},
    )
    found = {name: planned(text, name).rule_groups[0].rules[0] for name in ("production", "staging", "dev")}
    assert {name: rule.labels.get("place") for name, rule in found.items()} == {
        "production": None,
        "staging": "test",
        "dev": "test",
    }


@pytest.mark.parametrize(
    ("exceptions", "id_", "message"),
    [
        (
            {"group": [{"where": {"region": "eu"}, "off": "x"}]},
            "except/label-lost",
            "`max` removes the label",
        ),
        (
            {"group": [{"where": {"shop": "a"}, "interval": "5m"}]},
            "except/incomplete",
            "`interval` is the same",
        ),
        ({"group": [{"where": {"shop": []}, "off": "x"}]}, "spec/empty-value", "may not be empty"),
        ({"group": [{"where": {"shop": "a"}, "team": "wbe"}]}, "reference/team", "there is no team `wbe`"),
        ({"group": [{"where": {"shop": "a"}, "labels": {"severity": "x"}}]}, "label/reserved", "severity"),
        ({"project": [{"where": {"shop": "a"}, "labels": {"severity": "x"}}]}, "label/reserved", "severity"),
        ({"project": [{"where": {"shop": "a"}, "title": "x"}]}, "except/incomplete", "`title` is the same"),
        ({"project": [{"where": {"zone": "a"}, "off": "x"}]}, "except/unreached", 'series with `zone="a"`'),
        (
            {"project": [{"where": {"shop": "a"}, "off": "x"}, {"where": {"shop": ["a"]}, "off": "y"}]},
            "except/unreached",
            "those before it take all",
        ),
        (
            {"project": [{"where": {"region": ["", *REGIONS[1:]]}, "off": "x"}]},
            "except/takes-all",
            "switch all series of this alert off",
        ),
    ],
)
def test_an_exception_that_cannot_hold_is_told(exceptions: Any, id_: str, message: str) -> None:
    plan, found = built(_spec(**exceptions))
    assert plan is None
    assert any(one.id == id_ and message in one.message for one in found), found
    assert all(one.span is not None for one in found)


def test_a_whole_environment_is_not_switched_off_by_the_project() -> None:
    text = _spec(project=[{"in": "dev", "off": "x"}], environments={"production": {}, "dev": {}})
    _, found = built(text, "production")
    assert [(one.id, one.message) for one in found] == [
        ("except/incomplete", "a whole environment cannot be switched off")
    ]


def test_the_query_and_the_exception_are_shown_where_the_label_is_lost() -> None:
    text = _spec(group=[{"where": {"region": "eu"}, "off": "x"}])
    _, [found] = built(text)
    assert found.span is not None
    assert found.span.document.text[found.span.start :].startswith("by (shop)")
    [note] = found.related
    assert note.span.document.text[note.span.start :].startswith("where:")


@pytest.mark.parametrize("part", [("project",), ("groups", "web")])
def test_nobody_can_write_what_exceptions_are_made_into(part: tuple[str, ...]) -> None:
    data = yaml.safe_load(_spec())
    node = data
    for key in part:
        node = node[key]
    node[".branches"] = [{"where": {"shop": "a"}, "off": "x"}]
    _, found = built(yaml.safe_dump(data, sort_keys=False))
    assert [one.message for one in found] == ["unknown key `.branches`"]


def _random(chosen: random.Random, name: str, labels: list[tuple[str, list[str]]]) -> list[dict[str, Any]]:
    """Exceptions of which none takes all that one after it is for."""
    found: list[dict[str, Any]] = []
    for number in range(chosen.randint(0, 2)):
        where = {
            label: chosen.sample(texts, chosen.randint(1, 3))
            for label, texts in chosen.sample(labels, chosen.randint(1, len(labels)))
        }
        said = {"off": "closed"} if chosen.random() < 0.3 else {"labels": {name: f"{name}{number}"}}
        found.append({"where": where, **said})
    return found


def _first(exceptions: list[dict[str, Any]], labels: dict[str, str]) -> dict[str, Any]:
    for one in exceptions:
        if all(labels.get(name, "") in texts for name, texts in one["where"].items()):
            return one
    return {}


def test_random_exceptions_of_all_three_leave_no_gap_and_no_double(tmp_path: Path, promtool: Program) -> None:
    """promtool evaluates all rules over the same series; what fires has the labels that exceptions say."""
    chosen = random.Random(11)
    both, shop_only = [("shop", SHOPS), ("region", REGIONS)], [("shop", SHOPS)]
    series = [{"shop": shop, "region": region} for shop in SHOPS for region in REGIONS]
    done = 0
    for _ in range(SPECS * 20):
        alert, group = _random(chosen, "own", both), _random(chosen, "group", shop_only)
        project = _random(chosen, "project", both)
        text = _spec(group, project, alert)
        plan, found = built(text)
        if plan is None:
            # What is refused is refused because nothing reaches an exception, or nothing is left.
            assert {one.id for one in found} <= {"except/unreached", "except/takes-all"}, found
            continue
        for one in plan.groups[0].alerts:
            assert_apart(one)
        _assert_fires(plan, (alert, group, project), series, tmp_path, promtool)
        done += 1
        if done == SPECS:
            return
    raise AssertionError("too few of the random exceptions are sound")


def _assert_fires(
    plan: Any,
    exceptions: tuple[list[dict[str, Any]], ...],
    series: list[dict[str, str]],
    folder: Path,
    promtool: Program,
) -> None:
    alert, group, project = exceptions
    expected = []
    for name, kept, own in (
        ("Errors", ("shop", "region"), alert),
        ("Slow", ("shop",), []),
        ("Down", ("shop", "region"), []),
    ):
        results = {
            tuple(one[label] for label in kept) for one in series if name != "Down" or one["shop"] != "abc"
        }
        fired = []
        for values in sorted(results):
            labels = {key: text for key, text in zip(kept, values, strict=True) if text}
            chosen = [_first(project, labels), _first(group, labels), _first(own, labels)]
            if any("off" in one for one in chosen):
                continue
            said = {key: text for one in chosen for key, text in one.get("labels", {}).items()}
            fired += [{"exp_labels": {**labels, **said, "severity": one}} for one in ("warning", "critical")]
        expected.append({"alertname": name, "eval_time": "5m", "exp_alerts": fired})
    inputs = [
        {
            "series": "m{" + ",".join(f"{key}={quoted(text)}" for key, text in labels.items() if text) + "}",
            "values": "9x10",
        }
        for labels in series
    ]
    (folder / "rules.yml").write_bytes(next(iter(emit(plan))).content)
    data = {"rule_files": ["rules.yml"], "tests": [{"input_series": inputs, "alert_rule_test": expected}]}
    (folder / "t.yml").write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    done = promtool.run(["test", "rules", str(folder / "t.yml")], timeout=300)
    assert done.returncode == 0, (done.stdout + done.stderr)[:3000]
