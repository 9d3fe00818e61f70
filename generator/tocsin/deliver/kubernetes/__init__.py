"""Objects for a Kubernetes cluster, and the kustomization that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.deliver.kubernetes.alertmanager import alertmanager_secret
from tocsin.deliver.kubernetes.dashboards import dashboard_objects
from tocsin.deliver.kubernetes.kustomization import kustomization
from tocsin.deliver.kubernetes.loki_rules import loki_rule_objects
from tocsin.deliver.kubernetes.prometheus_rules import prometheus_rules
from tocsin.deliver.kubernetes.team_configuration import team_configuration_objects

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Kubernetes, Plan


def kubernetes_files(plan: Plan, asked: Kubernetes, files: Sequence[File]) -> Iterator[File]:
    """A file for each object, by name, and the kustomization; `files` are those of the targets."""
    objects = list(prometheus_rules(plan, asked))
    if asked.alertmanager is not None:
        if asked.alertmanager.form == "config":
            objects += team_configuration_objects(plan, asked, asked.alertmanager, files)
        else:
            objects.append(alertmanager_secret(plan, asked, asked.alertmanager, files))
    if asked.dashboards is not None:
        objects += dashboard_objects(plan, asked, asked.dashboards, files)
    if asked.loki is not None and asked.loki.form != "none":
        objects += loki_rule_objects(plan, asked, asked.loki)
    objects.sort(key=lambda file: file.path)
    yield from objects
    yield kustomization(plan, objects)
