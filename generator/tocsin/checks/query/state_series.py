"""Metrics that have a series for each state, of which one is 1 and all others are 0."""

from __future__ import annotations

from tocsin.lang.promql.ast import Selector

_STATES = {
    "kube_namespace_status_phase": ("phase", "Active"),
    "kube_node_status_condition": ("status", "true"),
    "kube_persistentvolume_status_phase": ("phase", "Bound"),
    "kube_persistentvolumeclaim_status_phase": ("phase", "Bound"),
    "kube_pod_status_phase": ("phase", "Running"),
    "kube_pod_status_ready": ("condition", "true"),
    "kube_pod_status_scheduled": ("condition", "true"),
    "node_systemd_unit_state": ("state", "active"),
}
"""The label that tells the states apart, and the one that is asked for most.

Source: the documents of kube-state-metrics on its metrics, and node_exporter's `systemd` collector.
"""


def unchosen_state(node: object) -> tuple[str, str] | None:
    """The label of states that a selector does not choose by, with one of them; None of anything else."""
    if not isinstance(node, Selector) or node.name not in _STATES:
        return None
    label, state = _STATES[node.name]
    return None if any(one.name == label for one in node.matchers) else (label, state)
