"""The check of texts that are the same for all series of an alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.query_trees import promql_tree
from tocsin.checks.framework.query_units import measured_part, strip_parentheses
from tocsin.checks.framework.rules import alerting_rules
from tocsin.diagnostics.model import Level
from tocsin.lang.kubernetes.kube_prometheus import OF_ALERTING
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.conventions import LABELS_OF_SERVERS
from tocsin.plan.model import Engine
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share

_OF_TARGETS = frozenset({"up", "probe_success"})
"""Metrics that every target has."""
_SEVERAL = "ab"
_OF_EACH = (
    ("kube_pod_", "pod"),
    ("kube_job_", "job_name"),
    ("kube_deployment_", "deployment"),
    ("kube_statefulset_", "statefulset"),
    ("kube_daemonset_", "daemonset"),
    ("kube_node_status_condition", "node"),
    ("kube_persistentvolumeclaim_", "persistentvolumeclaim"),
    ("kubelet_volume_stats_", "persistentvolumeclaim"),
    ("node_filesystem_", "mountpoint"),
    ("rabbitmq_queue_", "queue"),
    ("kafka_consumergroup_", "consumergroup"),
    ("kafka_topic_", "topic"),
    ("smartmon_device_", "disk"),
    ("smartctl_device_", "device"),
    ("node_disk_", "device"),
    ("node_md_", "device"),
    ("windows_logical_disk_", "volume"),
    ("certmanager_certificate_", "name"),
    ("argocd_app_", "name"),
    ("velero_backup_", "schedule"),
    ("ceph_osd_", "ceph_daemon"),
    ("pg_stat_database_", "datname"),
)
"""By how the name of a metric begins: the label of which there are several on any server."""
_WORD = regex_on_use(r"(?<![\\A-Za-z])(?!https?\b)[A-Za-z][A-Za-z0-9-]{2,}")
"""A word in a pattern, of which `.*` and `http` alone have none."""


@check_shares("alert/static-text", Level.INFO)
def static_text(share: Share) -> Iterator[Finding]:
    """An alert fires for each value of a label, and all its texts are the same or empty.

    Why:
        An alert that is grouped by `queue` is an alert for each queue. Their texts are one and the same,
        so a message about three of them says the same three times, and the person paged has to look for the
        queue among the labels, if the receiver shows them at all.

    Fix:
        Name the label in a text: `{{ $labels.queue }}`.

    Bad:
        - alert: QueueFull
          expr: sum by (queue) (jobs_waiting) > 100
          annotations: {summary: A queue is full.}

    Good:
        - alert: QueueFull
          expr: sum by (queue) (jobs_waiting) > 100
          annotations: {summary: "The queue {{ $labels.queue }} is full."}
    """
    known = share.around.flows
    for _, rule in alerting_rules(share):
        if rule.alert in OF_ALERTING:
            # It notifies no one, or is about nothing but alerting.
            continue
        written = next(iter(rule.written.annotations), None)
        if written is not None and not any(text.strip() for text in rule.annotations.values()):
            yield Finding(
                "all texts of this alert are empty: a message about it says nothing",
                at=rule.written.annotations[written],
                help="write what is wrong, and name the series in it: `{{ $labels.… }}`",
                about=rule.place,
            )
            continue
        # `$labels.queue` outside of braces and escaped braces are findings of their own.
        is_static = not any("{" in text or "$" in text for text in rule.annotations.values())
        tree = promql_tree(rule.expr) if is_static and rule.engine is Engine.PROMETHEUS else None
        found = None if tree is None or written is None else _told_apart_by(tree)
        flows = None if found is None else known.flows(rule.expr, conventions=True)
        if written is None or found is None or flows is None or flows.result.empty is not None:
            continue
        part, candidates = found
        labels = [name for name in candidates if len(flows.result.label(name).values or _SEVERAL) > 1]
        # One system has one cluster and one region, and many queries keep these for those who have several.
        is_own = LABELS_OF_SERVERS.__contains__
        labels = [name for name in labels if not flows.result.label(name).is_impossible and not is_own(name)]
        if labels:
            named = " and ".join(f"`{label}`" for label in labels)
            yield Finding(
                "no text of this alert says which of its series it is about",
                at=rule.written.annotations[written],
                also=((expr_piece(rule, part.span), f"a series for each {named}"),),
                help=f"name it in a text: `{{{{ $labels.{labels[-1]} }}}}`",
                about=rule.place,
            )


_CHOSEN = frozenset({"namespace", "instance", "job", "app", "service", "container", "device"})
"""Labels that choose one thing, of which the text then speaks."""


def _chooses(matcher: promql.LabelMatcher) -> bool:
    return matcher.op == "=" or (matcher.op == "=~" and _WORD.search(matcher.value) is not None)


def _told_apart_by(tree: promql.Node) -> tuple[promql.Node, tuple[str, ...]] | None:
    """The part that makes several series, and the labels by which they differ."""
    part = strip_parentheses(measured_part(tree))
    while isinstance(part, promql.Binary) and part.op in ("*", "/", "+", "-"):
        left = strip_parentheses(part.left)
        part = strip_parentheses(part.right) if isinstance(left, promql.Number) else left
    if isinstance(part, promql.Aggregation) and part.grouping is not None and part.grouping.how == "by":
        return part, part.grouping.labels
    calls = part
    while isinstance(calls, promql.Call) and len(calls.arguments) == 1:
        calls = strip_parentheses(calls.arguments[0])
    read = calls.selector if isinstance(calls, promql.Range) else calls
    if isinstance(read, promql.Selector) and not any(
        one.op == "=" and one.name in _CHOSEN for one in read.matchers
    ):
        label = next((label for start, label in _OF_EACH if (read.name or "").startswith(start)), None)
        if label is not None and not any(one.name == label for one in read.matchers):
            return read, (label,)
    # Of one job, or of targets called alike, the text says already what is down.
    is_one = isinstance(part, promql.Selector) and any(map(_chooses, part.matchers))
    if isinstance(part, promql.Selector) and part.name in _OF_TARGETS and not is_one:
        return part, ("instance",)
    return None
