"""Rules for Loki's ruler, as the sidecar of its chart finds them, or as its operator takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.deliver.kubernetes.objects import config_map, metadata, object_file
from tocsin.deliver.kubernetes.parts import file_stem, rule_parts
from tocsin.plan.model import Engine
from tocsin.plan.names import SINGLE_TENANT
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Kubernetes, Objects, Plan

_FOLDER = "k8s-sidecar-target-directory"
"""The annotation by which the sidecar puts a file into a folder: the ruler has one for each tenant."""


def loki_rule_objects(plan: Plan, asked: Kubernetes, how: Objects) -> Iterator[File]:
    """Objects for each tenant and rule file of Loki."""
    groups = (group for group in plan.rule_groups if group.engine is Engine.LOKI)
    keyed = (((group.tenant or SINGLE_TENANT, file_stem(group)), group) for group in groups)
    for (tenant, _), name, values in rule_parts(plan, keyed):
        if how.form == "sidecar":
            yield _config_map(plan, asked, how, tenant, name, values)
        else:
            yield from _custom(plan, asked, how, tenant, name, values)


def _config_map(
    plan: Plan, asked: Kubernetes, how: Objects, tenant: str, name: str, values: list[dict[str, Any]]
) -> File:
    data = {f"{name}.yaml": yaml_text({"groups": values}, heading=generated_heading(plan))}
    head = metadata(asked, name, how.labels, {_FOLDER: f"/rules/{tenant}"})
    return config_map(plan, "lokirules", head, data)


def _custom(
    plan: Plan, asked: Kubernetes, how: Objects, tenant: str, name: str, values: list[dict[str, Any]]
) -> Iterator[File]:
    """The operator has a resource for alerting rules and one for recording rules."""
    for kind, key in (("AlertingRule", "alert"), ("RecordingRule", "record")):
        groups = [
            {**value, "rules": rules}
            for value in values
            if (rules := [rule for rule in value["rules"] if key in rule])
        ]
        if groups:
            yield object_file(
                plan,
                kind.lower(),
                f"loki.grafana.com/v1/{kind}",
                metadata(asked, name, how.labels),
                {"spec": {"tenantID": tenant, "groups": groups}},
            )
