"""Objects for a cluster: what is in them is what the plain files say, under names that a cluster takes."""

from __future__ import annotations

import base64
import gzip
import json
import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tocsin.cli.generated_files import generate_files
from tocsin.deliver import DeliveryError
from tocsin.deliver.kubernetes import kubernetes_files
from tocsin.files import File
from tocsin.plan.model import Engine, Kubernetes, Objects, Recording, Rule, RuleGroup
from tocsin.targets import loki

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Plan

_LEGAL = re.compile(r"[a-z0-9]([-a-z0-9.]*[a-z0-9])?")


def _plan(plan: Plan, dashboards: str = "sidecar", loki: str = "sidecar") -> Plan:
    asked = Kubernetes(
        namespace="monitoring",
        labels={"team": "sre"},
        rule_labels={"release": "stack"},
        alertmanager=Objects("secret", {}, "alertmanager-main"),
        dashboards=Objects(dashboards, {"grafana_dashboard": "1"}),
        loki=Objects(loki, {"loki_rule": ""}),
    )
    return replace(plan, kubernetes=asked)


def _files(plan: Plan) -> dict[str, str]:
    return {file.path: file.content.decode() for file in generate_files(plan)}


def _objects(files: Mapping[str, str], kind: str) -> list[dict[str, Any]]:
    found = [yaml.safe_load(text) for path, text in files.items() if path.startswith("kubernetes/")]
    return [one for one in found if one["kind"] == kind]


def test_a_rule_file_is_in_its_object_byte_for_byte(shop_plan: Plan) -> None:
    files = _files(_plan(shop_plan))
    plain = {path for path in files if path.startswith("prometheus/rules/")}
    assert plain
    for path in plain:
        stem = path.removeprefix("prometheus/rules/").removesuffix(".yaml")
        text = files[f"kubernetes/prometheusrule-shop-{stem}.yaml"]
        body = textwrap.dedent(text.partition("\nspec:\n")[2])
        assert body == files[path].partition("\n")[2]


def test_every_object_is_labelled_named_and_listed(shop_plan: Plan) -> None:
    files = _files(_plan(shop_plan))
    paths = {path for path in files if path.startswith("kubernetes/")}
    [listed] = _objects(files, "Kustomization")
    assert {f"kubernetes/{name}" for name in listed["resources"]} | {"kubernetes/kustomization.yaml"} == paths
    objects = [yaml.safe_load(files[path]) for path in paths - {"kubernetes/kustomization.yaml"}]
    for one in objects:
        assert one["metadata"]["namespace"] == "monitoring"
        assert one["metadata"]["labels"]["team"] == "sre"
        assert _LEGAL.fullmatch(one["metadata"]["name"])
    assert len({(one["kind"], one["metadata"]["name"]) for one in objects}) == len(objects)
    assert all(
        one["metadata"]["labels"]["release"] == "stack" for one in objects if one["kind"] == "PrometheusRule"
    )


def test_the_secret_holds_the_configuration_and_finds_its_templates(shop_plan: Plan) -> None:
    files = _files(_plan(shop_plan))
    [secret] = _objects(files, "Secret")
    plain = yaml.safe_load(files["alertmanager/alertmanager.yaml"])
    held = yaml.safe_load(secret["stringData"]["alertmanager.yaml"])
    assert held == {**plain, "templates": ["/etc/alertmanager/config/*.tmpl"]}
    assert secret["stringData"]["tocsin.tmpl"] == files["alertmanager/templates/tocsin.tmpl"]
    assert secret["metadata"]["name"] == "alertmanager-main"


@pytest.mark.parametrize("form", ["sidecar", "operator"])
def test_each_dashboard_is_in_an_object(shop_plan: Plan, form: str) -> None:
    files = _files(_plan(shop_plan, dashboards=form))
    plain = {
        path.removeprefix("grafana/dashboards/"): json.loads(text)
        for path, text in files.items()
        if path.startswith("grafana/dashboards/")
    }
    if form == "sidecar":
        held = [
            one for one in _objects(files, "ConfigMap") if "grafana_dashboard" in one["metadata"]["labels"]
        ]
        assert {key: json.loads(text) for one in held for key, text in one["data"].items()} == plain
        assert {one["metadata"]["annotations"]["grafana_folder"] for one in held} == {
            shop_plan.project.folder
        }
    else:
        held = _objects(files, "GrafanaDashboard")
        assert {json.loads(one["spec"]["json"])["uid"] for one in held} == {
            one["uid"] for one in plain.values()
        }
        assert {one["spec"]["folder"] for one in held} == {shop_plan.project.folder}


def test_a_large_dashboard_is_packed_for_the_operator_and_the_same_each_time(shop_plan: Plan) -> None:
    plan = _plan(shop_plan, dashboards="operator")
    assert plan.kubernetes is not None
    large = File("grafana/dashboards/large.json", json.dumps({"title": "x" * 300_000}).encode())
    once, again = ([*kubernetes_files(plan, plan.kubernetes, [large])] for _ in range(2))
    assert once == again
    [held] = [one for one in map(_value, once) if one["kind"] == "GrafanaDashboard"]
    assert gzip.decompress(base64.b64decode(held["spec"]["gzipJson"])) == large.content


def test_log_rules_are_in_the_folder_of_their_tenant(shop_plan: Plan) -> None:
    (group,) = (one for one in shop_plan.rule_groups if one.engine is Engine.LOKI)
    plan = replace(shop_plan, rule_groups=(replace(group, tenant="a"), replace(group, tenant="a-checkout")))
    files = _rules(_plan(plan))
    held = [one for one in _objects(files, "ConfigMap") if "loki_rule" in one["metadata"]["labels"]]
    folders = {one["metadata"]["annotations"]["k8s-sidecar-target-directory"] for one in held}
    assert folders == {"/rules/a", "/rules/a-checkout"}
    for one in held:
        [text] = one["data"].values()
        tenant = one["metadata"]["annotations"]["k8s-sidecar-target-directory"].removeprefix("/rules/")
        assert text == files[f"loki/rules/{tenant}/checkout.yaml"]


def test_lokis_operator_has_alerting_and_recording_rules_apart(shop_plan: Plan) -> None:
    (group,) = (one for one in shop_plan.rule_groups if one.engine is Engine.LOKI)
    [alert] = group.rules
    recording = Recording(
        "app:errors", Engine.LOKI, 'sum(rate({a="b"}[5m]))', {}, None, alert.written, alert.place
    )
    plan = _plan(replace(shop_plan, rule_groups=(replace(group, rules=(recording, alert)),)), loki="operator")
    files = _rules(plan)
    [alerting], [recorded] = _objects(files, "AlertingRule"), _objects(files, "RecordingRule")
    assert [rule["alert"] for one in alerting["spec"]["groups"] for rule in one["rules"]] == [
        "PaymentDeclined"
    ]
    assert [rule["record"] for one in recorded["spec"]["groups"] for rule in one["rules"]] == ["app:errors"]
    assert {one["spec"]["tenantID"] for one in (alerting, recorded)} == {"fake"}


def test_no_object_is_too_large_and_another_rule_changes_one(shop_plan: Plan) -> None:
    group, rule = _alerting(shop_plan)
    groups = tuple(
        replace(group, name=f"group {number}", rules=(replace(rule, expr=f"up == {number}\n" + "#" * 9_000),))
        for number in range(300)
    )
    before = _rule_objects(shop_plan, groups)
    assert sum(len(yaml.safe_load(text)["spec"]["groups"]) for text in before.values()) == 300
    assert all(len(text.encode()) < 262_144 for text in before.values())
    changed = replace(groups[7], rules=(*groups[7].rules, replace(rule, alert="Another")))
    after = _rule_objects(shop_plan, (*groups[:7], changed, *groups[8:]))
    assert len({path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}) == 1


def test_a_group_that_the_operator_would_refuse_is_named(shop_plan: Plan) -> None:
    group, rule = _alerting(shop_plan)
    huge = replace(group, name="huge", rules=(replace(rule, expr="up\n" + "#" * 600_000),))
    with pytest.raises(
        DeliveryError, match=r"the rule group huge has 6.* bytes, and Kubernetes takes 524,288"
    ):
        _rule_objects(shop_plan, (huge,))


def _rules(plan: Plan) -> dict[str, str]:
    """The rule files of Loki, and the objects; the plan's groups may be other ones than its alerts'."""
    assert plan.kubernetes is not None
    files = (*loki.emit(plan), *kubernetes_files(plan, plan.kubernetes, ()))
    return {file.path: file.content.decode() for file in files}


def _alerting(plan: Plan) -> tuple[RuleGroup, Rule]:
    return next(
        (group, rule)
        for group in plan.rule_groups
        for rule in group.rules
        if group.engine is Engine.PROMETHEUS and isinstance(rule, Rule)
    )


def _rule_objects(plan: Plan, groups: tuple[RuleGroup, ...]) -> dict[str, str]:
    changed = _plan(replace(plan, rule_groups=groups))
    assert changed.kubernetes is not None
    files = kubernetes_files(changed, changed.kubernetes, ())
    return {file.path: file.content.decode() for file in files if "prometheusrule" in file.path}


def _value(file: File) -> dict[str, Any]:
    value = yaml.safe_load(file.content)
    assert isinstance(value, dict)
    return value
