"""Copies for a run differ from the generated files only where they have to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from tocsin.validate.dashboards import provisioning_file
from tocsin.validate.staging import Channel, accelerated_rules, redirected_receivers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

    Made = Callable[[str], tuple[Plan, dict[str, str]]]


def test_rules_in_a_hurry_differ_in_interval_and_for_only(shop_text: str, made: Made) -> None:
    text = made(shop_text)[1]["prometheus/rules/checkout.yaml"]
    before, after = yaml.safe_load(text), yaml.safe_load(accelerated_rules(text))
    for old, new in zip(before["groups"], after["groups"], strict=True):
        assert new.pop("interval") == "1s"
        del old["interval"]
        for rule in old["rules"]:
            rule.pop("for", None)
    assert before == after


def _route(route: dict[str, Any]) -> dict[str, Any]:
    kept = {
        key: value for key, value in route.items() if key not in ("group_wait", "group_interval", "routes")
    }
    return {**kept, "routes": [_route(child) for child in route.get("routes", [])]}


def test_alertmanager_keeps_all_but_endpoints_and_waits(shop_text: str, made: Made) -> None:
    text = made(shop_text)[1]["alertmanager/alertmanager.yaml"]
    before = yaml.safe_load(text)
    copy = redirected_receivers(text, "here", "recorder:1", "recorder:2")
    after = yaml.safe_load(copy.text)
    assert _route(after["route"]) == _route(before["route"])
    assert after["inhibit_rules"] == before["inhibit_rules"]
    assert after["time_intervals"] == before["time_intervals"]
    assert after["templates"] == before["templates"]
    assert [one["name"] for one in after["receivers"]] == [one["name"] for one in before["receivers"]]
    assert "secrets" not in copy.text
    assert set(copy.hooks.values()) == {
        Channel("everybody", "email", 0),
        Channel("on-call", "pagerduty", 0),
        Channel("on-call", "slack", 0),
        Channel("web", "slack", 0),
        Channel("payments", "webhook", 0),
    }
    mail = next(one for one in after["receivers"] if one["name"] == "everybody")["email_configs"][0]
    assert (mail["to"], mail["smarthost"]) == ("ops@shop.example", "recorder:2")
    assert copy.hellos[mail["hello"]] == Channel("everybody", "email", 0)


def test_grafana_keeps_its_uids(shop_text: str, made: Made) -> None:
    files = made(shop_text)[1]
    paths = [path for path in files if path.startswith("grafana/provisioning/")]
    assert len(paths) == 2
    for path in paths:
        before = yaml.safe_load(files[path])
        after = provisioning_file(before, "/stage", {"prometheus": "http://prometheus:9090"})
        if "providers" in after:
            assert [one["options"]["path"] for one in after["providers"]] == ["/stage/dashboards"]
        else:
            assert [one["uid"] for one in after["datasources"]] == [
                one["uid"] for one in before["datasources"]
            ]
            assert [one["url"] for one in after["datasources"] if one["type"] == "prometheus"] == [
                "http://prometheus:9090"
            ]
