"""The joints of ConectCRM's committed output: rule, panel, page and receiver speak of the same alert."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import pytest
import yaml

from tocsin.compile import build
from tocsin.engines.amtool import check_config, routed_receivers
from tocsin.engines.promtool import check_rules
from tocsin.spec.load import load
from tocsin.targets.runbooks.markdown import Anchors

if TYPE_CHECKING:
    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

ROOT = Path(__file__).parents[2]
OUTPUT = ROOT / "output"
COMPARISON = {">": "acima de", "<": "abaixo de", "==": "igual a"}


@cache
def _plan() -> Plan:
    loaded = load(ROOT / "spec")
    assert loaded.spec is not None, loaded.diagnostics
    built = build(loaded.spec, loaded.sources)
    assert built.plan is not None, built.diagnostics
    return built.plan


@cache
def _rules() -> dict[tuple[str, str], Any]:
    files = [*OUTPUT.glob("prometheus/rules/*.yaml"), *OUTPUT.glob("loki/rules/*/*.yaml")]
    return {
        (rule["alert"], rule["labels"]["severity"]): rule
        for file in files
        for group in yaml.safe_load(file.read_text(encoding="utf-8"))["groups"]
        for rule in group["rules"]
        if "alert" in rule
    }


@cache
def _dashboards() -> dict[str, Any]:
    return {file.stem: json.loads(file.read_bytes()) for file in OUTPUT.glob("grafana/dashboards/*.json")}


def _panels(dashboard: Any) -> dict[int, Any]:
    return {panel["id"]: panel for panel in dashboard["panels"]}


ALERTS = [alert for group in _plan().groups for alert in group.alerts]
OF_OBJECTIVES = {
    name
    for slo in _plan().slos
    if slo.burn is not None
    for name in (*(tier.alert for tier in slo.burn.tiers), slo.burn.missing)
}
"""The alerts that objectives make: their conditions have several sides, and no one number."""
WRITTEN = [alert for alert in ALERTS if alert.name not in OF_OBJECTIVES]


def test_there_are_36_alerts_each_in_a_rule_a_panel_and_a_page() -> None:
    assert len(WRITTEN) == 36
    assert {name for name, _ in _rules()} == {alert.name for alert in ALERTS}
    assert {file.stem for file in OUTPUT.glob("runbooks/*.md")} == {alert.name for alert in ALERTS} | {
        "README",
        "routing",
        "slos",
        "all",
    }


@pytest.mark.parametrize("alert", WRITTEN, ids=lambda alert: alert.name)
def test_rule_panel_and_page_have_the_same_threshold(alert: Any) -> None:
    page = (OUTPUT / "runbooks" / f"{alert.name}.md").read_text(encoding="utf-8")
    for rule in alert.rules:
        written = _rules()[alert.name, rule.severity]
        number = re.search(r"(>|<|==)\s*([0-9.e+-]+)$", written["expr"])
        assert number is not None
        assert (number[1], float(number[2])) == (rule.comparison, rule.threshold)
        panel = _panels(_dashboards()[_uid(written)])[_panel_id(written)]
        steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
        line = 0.5 if alert.unit.kind == "boolean" else rule.threshold
        assert line in [step["value"] for step in steps]
        assert f"{COMPARISON[rule.comparison]} **{rule.threshold_text}** " in page.replace(" |", " ")


@pytest.mark.parametrize("key", sorted(_rules()), ids="-".join)
def test_every_link_of_a_rule_leads_to_what_was_generated(key: tuple[str, str]) -> None:
    rule = _rules()[key]
    page = rule["annotations"]["runbook_url"].removeprefix("https://docs.conectcrm.com/runbooks/")
    assert (OUTPUT / "runbooks" / page).is_file()
    panel = _panels(_dashboards()[_uid(rule)])[_panel_id(rule)]
    # Without what filters the panel to the instances that somebody chose.
    plotted = [
        re.sub(r"\{\}", "", re.sub(r'(, )?\w+=~"\$\w+"', "", target["expr"])) for target in panel["targets"]
    ]
    (alert,) = (alert for alert in ALERTS if alert.name == key[0])
    assert _panel_id(rule) == alert.panel.id
    if alert.name in OF_OBJECTIVES:
        assert any('slo="availability"' in expr for expr in plotted)
        return
    assert any(alert.query in expr for expr in plotted)
    assert rule["expr"].startswith(alert.query) or f"({alert.query}" in rule["expr"]


def _uid(rule: Any) -> str:
    return str(rule["annotations"]["dashboard_url"].split("/d/")[1].split("?")[0])


def _panel_id(rule: Any) -> int:
    return int(re.split(r"[&{]", rule["annotations"]["dashboard_url"].split("viewPanel=")[1])[0])


@pytest.mark.parametrize("file", sorted(OUTPUT.glob("runbooks/**/*.md")), ids=lambda file: file.stem)
def test_every_relative_link_and_anchor_of_a_page_leads_somewhere(file: Path) -> None:
    text = _prose(file)
    links = re.findall(r"(?<!!)\[[^\]]*\]\(([^)\s]*(?:\([^)\s]*\)[^)\s]*)*)\)", text)
    assert links
    for link in links:
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (file.parent / unquote(path)).resolve() if path else file
        assert target.is_file(), link
        if anchor:
            assert anchor in _anchors(target), link


def _prose(file: Path) -> str:
    return re.sub(r"(?ms)^(`{3,}).*?^\1$", "", file.read_text(encoding="utf-8"))


def _anchors(file: Path) -> set[str]:
    anchors = Anchors()
    return {anchors.take(found[1]) for found in re.finditer(r"(?m)^#{1,6} (.+)$", _prose(file))}


def test_links_of_dashboards_lead_to_pages_and_dashboards() -> None:
    text = "".join(file.read_text(encoding="utf-8") for file in OUTPUT.glob("grafana/dashboards/*.json"))
    pages = set(re.findall(r"https://docs\.conectcrm\.com/runbooks/([A-Za-z0-9_./-]+\.md)", text))
    assert {f"{alert.name}.md" for alert in ALERTS} <= pages
    assert all((OUTPUT / "runbooks" / page).is_file() for page in pages)
    uids = set(re.findall(r"/d/([A-Za-z0-9_-]+)", text))
    assert uids <= set(_dashboards())
    assert "alerting-dashboard" in _dashboards()


@pytest.mark.parametrize("which", ["promtool", "promtool_old"])
def test_promtool_accepts_the_rules(which: str, request: pytest.FixtureRequest) -> None:
    promtool: Program = request.getfixturevalue(which)
    assert check_rules(promtool, sorted(OUTPUT.glob("prometheus/rules/*.yaml"))) is None


@pytest.mark.parametrize("which", ["amtool", "amtool_old"])
def test_amtool_accepts_the_configuration(which: str, request: pytest.FixtureRequest) -> None:
    amtool: Program = request.getfixturevalue(which)
    assert check_config(amtool, OUTPUT / "alertmanager" / "alertmanager.yaml") is None


def test_amtool_tells_the_receivers_that_the_pages_name(amtool: Program) -> None:
    configuration = OUTPUT / "alertmanager" / "alertmanager.yaml"
    for alert in ALERTS:
        page = (OUTPUT / "runbooks" / f"{alert.name}.md").read_text(encoding="utf-8")
        for rule in alert.rules:
            told = routed_receivers(amtool, configuration, {"alertname": alert.name, **rule.labels})
            assert told == tuple(one.receiver for one in alert.told if one.severity == rule.severity)
            assert all(f"`{receiver}`" in page for receiver in told)


def test_an_slo_reaches_its_channel_and_its_severity_s(amtool: Program) -> None:
    configuration = OUTPUT / "alertmanager" / "alertmanager.yaml"
    labels = {"alertname": "SLOLatencyViolation", "severity": "warning", "type": "slo"}
    assert routed_receivers(amtool, configuration, labels) == ("slo-alerts", "warning-alerts")


def test_no_inhibition_names_a_label_that_an_alert_lacks() -> None:
    written = yaml.safe_load((OUTPUT / "alertmanager" / "alertmanager.yaml").read_text(encoding="utf-8"))
    names = {alert.name for alert in ALERTS}
    for inhibition in written["inhibit_rules"]:
        for matcher in (*inhibition["source_matchers"], *inhibition["target_matchers"]):
            if matcher.startswith("alertname"):
                assert set(re.findall(r'"([^"]+)"', matcher)[0].split("|")) <= names


def test_no_secret_and_no_variable_is_in_any_file() -> None:
    for file in OUTPUT.rglob("*"):
        if file.is_file():
            assert "${SLACK" not in file.read_text(encoding="utf-8")
            assert "hooks.slack.com" not in file.read_text(encoding="utf-8")
