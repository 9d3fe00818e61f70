"""The alerts of clusters, as the environment over all of them knows them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.compile.burn.alerts import generated_names
from tocsin.spec.node_edits import child_node
from tocsin.spec.placement import CLUSTER, GLOBAL, evaluator_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan
    from tocsin.source.place import Sources
    from tocsin.spec.model import Spec


def with_alerts_of_clusters(plan: Plan, whole: Spec, sources: Sources) -> Plan:
    """The plan of an environment, which knows the alerts of clusters where it stands over them.

    `whole` is the spec with what all environments evaluate, and `sources` are those of the plan.
    """
    project = None if sources.root is None else child_node(sources.root, "project")
    if project is None or evaluator_of(project) != GLOBAL:
        return plan
    return replace(plan, alerts_of_clusters=frozenset(_alerts_of_clusters(whole)))


def _alerts_of_clusters(whole: Spec) -> Iterator[str]:
    for group in whole.groups.values():
        if group.evaluator == CLUSTER:
            yield from group.alerts
    for name, slo in whole.slos.items():
        if slo.evaluator == CLUSTER:
            yield from generated_names(whole, name)
