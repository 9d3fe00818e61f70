"""`PrometheusRule` objects: the rule files as the Prometheus operator takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.deliver.kubernetes.objects import metadata, object_file
from tocsin.deliver.kubernetes.parts import file_stem, rule_parts
from tocsin.plan.model import Engine
from tocsin.plan.names import rule_file_stem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Kubernetes, Plan


def prometheus_rules(plan: Plan, asked: Kubernetes) -> Iterator[File]:
    """An object for each rule file of Prometheus, or more where one would be too large."""
    groups = (group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS)
    own_names = {rule_file_stem(file): name for file, name in asked.rule_names.items()}
    for _, name, values in rule_parts(plan, (((file_stem(group),), group) for group in groups), own_names):
        yield object_file(
            plan,
            "prometheusrule",
            "monitoring.coreos.com/v1/PrometheusRule",
            metadata(asked, name, asked.rule_labels),
            {"spec": {"groups": values}},
        )
