"""The objects for a cluster, judged by the operators' own resource definitions, where these are at hand.

`TOCSIN_CRDS` names a folder with CustomResourceDefinitions in YAML: those of the Prometheus operator, of
Loki's and of Grafana's, of Argo CD and of Flux, from their repositories. Without it, the tests are skipped. A
cluster drops fields that it does not know without an error; here they are errors.
"""

from __future__ import annotations

import os
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from jsonschema import Draft202012Validator
from tests.deliver.test_alertmanager_config import ROUTING

import tocsin
from tocsin.cli.generated_files import generate_files
from tocsin.plan.model import Engine, Kubernetes, Objects

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

FOLDER = os.environ.get("TOCSIN_CRDS", "")
pytestmark = pytest.mark.skipif(
    not FOLDER, reason="no resource definitions: TOCSIN_CRDS names a folder with CRDs of the operators"
)


class _Loader(yaml.CSafeLoader):
    """YAML in which a plain `=` is a text, as Kubernetes reads it."""


_Loader.add_constructor("tag:yaml.org,2002:value", lambda _, node: node.value)
_OF_OPERATORS = {"PrometheusRule", "AlertingRule", "RecordingRule", "GrafanaDashboard"}


@cache
def _definitions() -> dict[tuple[str, str], dict[str, Any]]:
    """The schemas by `apiVersion` and kind."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(Path(FOLDER).glob("*.yaml")):
        for one in yaml.load_all(path.read_text("utf-8"), _Loader):
            if isinstance(one, dict) and one.get("kind") == "CustomResourceDefinition":
                for version in one["spec"]["versions"]:
                    key = f"{one['spec']['group']}/{version['name']}", one["spec"]["names"]["kind"]
                    found[key] = _strict(version["schema"]["openAPIV3Schema"])
    return found


def _strict(schema: Any, *, is_metadata: bool = False) -> Any:
    """The schema as one that refuses what it does not name."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if isinstance(schema, str):
        # Go's flags hold to the end of the group that they stand in; Python has another spelling of that.
        return schema.replace("((?i)", "(?i:")
    if not isinstance(schema, dict):
        return schema
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    made = {
        key: {name: _strict(one, is_metadata=name == "metadata") for name, one in value.items()}
        if key == "properties"
        else _strict(value)
        for key, value in schema.items()
    }
    is_open = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    if "properties" in schema and not is_open and not is_metadata:
        made["additionalProperties"] = False
    return made


def _objects(plan: Plan) -> list[dict[str, Any]]:
    files = (file for file in generate_files(plan) if file.path.startswith("kubernetes/"))
    return [yaml.load(file.content, yaml.CSafeLoader) for file in files]


@pytest.mark.parametrize("loki", ["sidecar", "operator"])
def test_every_object_is_what_its_definition_says(loki: str, shop_plan: Plan) -> None:
    asked = Kubernetes(
        namespace="monitoring",
        labels={"team": "sre"},
        rule_labels={"release": "stack"},
        alertmanager=Objects("secret", {}, "alertmanager-main"),
        dashboards=Objects("operator", {"dashboards": "grafana"}),
        loki=Objects(loki, {"loki_rule": ""}),
    )
    groups = tuple(
        replace(group, query_offset="1m", limit=5) if group.engine is Engine.PROMETHEUS else group
        for group in shop_plan.rule_groups
    )
    judged = 0
    for one in _objects(replace(shop_plan, rule_groups=groups, kubernetes=asked)):
        schema = _definitions().get((one["apiVersion"], one["kind"]))
        if one["kind"] in _OF_OPERATORS and schema is not None:
            judged += 1
            faults = [error.message for error in Draft202012Validator(schema).iter_errors(one)]
            assert faults == [], one["metadata"]["name"]
    assert judged > 2


@pytest.mark.parametrize("strategy", ["OnNamespace", "None"])
def test_an_alertmanager_config_is_what_its_definition_says(
    strategy: str, plan_of: Callable[[str], Plan]
) -> None:
    how = Objects("config", {"alertmanagerConfig": "shop"}, "shop", strategy)
    plan = replace(plan_of(ROUTING), kubernetes=Kubernetes("monitoring", {}, {}, how, None, None))
    [made] = [one for one in _objects(plan) if one["kind"] == "AlertmanagerConfig"]
    schema = _definitions()[made["apiVersion"], "AlertmanagerConfig"]
    faults = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(made)
    ]
    assert faults == []


def test_a_field_that_is_not_known_would_be_found(shop_plan: Plan) -> None:
    asked = Kubernetes("monitoring", {}, {}, None, None, None)
    plan = replace(shop_plan, kubernetes=asked)
    rule = next(one for one in _objects(plan) if one["kind"] == "PrometheusRule")
    schema = _definitions()[rule["apiVersion"], "PrometheusRule"]
    rule["spec"]["groups"][0]["rules"][0]["unknown"] = 1
    assert [error.validator for error in Draft202012Validator(schema).iter_errors(rule)] == [
        "additionalProperties"
    ]


GITOPS = Path(tocsin.__file__).parent / "manual" / "gitops.md"
_BLOCK = re.compile(r"^```yaml\n(apiVersion: .*?)^```$", re.MULTILINE | re.DOTALL)
_SYNCED = {
    one["kind"]: one
    for block in _BLOCK.findall(GITOPS.read_text("utf-8"))
    for one in yaml.safe_load_all(block)
}


@pytest.mark.parametrize("kind", ["Application", "GitRepository", "Kustomization"])
def test_an_example_of_the_manual_is_what_its_definition_says(kind: str) -> None:
    schema = _definitions().get((_SYNCED[kind]["apiVersion"], kind))
    if schema is None:
        pytest.skip(f"{FOLDER} has no definition of {kind}")
    faults = [error.message for error in Draft202012Validator(schema).iter_errors(_SYNCED[kind])]
    assert faults == []
    unknown = {**_SYNCED[kind], "spec": {**_SYNCED[kind]["spec"], "unknown": 1}}
    assert not Draft202012Validator(schema).is_valid(unknown)
