"""What the name of a metric promises of its samples, by the conventions of Prometheus and its exporters.

The one table of what data can exist: inference by name reads it, and so does the search for series of which
an alert fires.
"""

from __future__ import annotations

import math
from functools import lru_cache

from tocsin.lang.flow.value_range import (
    COUNT,
    NOT_NEGATIVE,
    TRUTH,
    UNBOUNDED,
    ValueRange,
    exact_range,
    range_between,
)
from tocsin.text.regex_on_use import regex_on_use
from tocsin.value_object import value_object


@value_object
class Convention:
    """What is so of every series of a metric of one name."""

    values: ValueRange = UNBOUNDED
    growth: float | None = None
    """The most that a counter grows in a second: a CPU is busy for a second a second."""
    parts: str | None = None
    """The label whose values divide that second among them, as `mode` does for a CPU."""
    units: tuple[str, ...] = ()
    """The labels that name what has only one such second, as `cpu` on an `instance`."""
    is_past: bool = False
    """Whether a sample is a time, in seconds since 1970, that has passed when it is taken."""
    is_start: bool = False
    """Whether it is the time at which something started, which is the same until it starts anew."""
    is_age: bool = False
    """Whether it is for how many seconds something has been up."""


LABELS_OF_SERVERS = frozenset(
    {"cluster", "k8s_cluster", "env", "environment", "region", "datacenter", "dc", "monitor", "replica"}
    | {"prometheus", "prometheus_replica"}
)
"""Labels that are mostly external: a server adds them to what it sends, and its own series have none."""
_ONE = exact_range(1)
_COUNT_OF_OBSERVATIONS = range_between(0, COUNT.high, integral=True)
_TRUTHS = regex_on_use(
    r"(?:up|probe_success|probe_http_ssl|(?:mysql|pg|redis|mongodb|memcached|haproxy|nginx|rabbitmq)_up"
    r"|node_filesystem_(?:readonly|device_error)|node_systemd_unit_state|node_timex_sync_status"
    r"|(?:prometheus|alertmanager)_config_last_reload_successful"
    r"|kube_node_(?:status_condition|spec_unschedulable)|kube_pod_status_(?:phase|ready|scheduled|unschedulable)"
    r"|kube_pod_container_status_(?:(?:last_)?terminated(?:_reason)?|waiting(?:_reason)?|running|ready)"
    r"|kube_job_(?:failed|complete)|kube_(?:deployment|horizontalpodautoscaler)_status_condition"
    r"|kube_persistentvolume(?:claim)?_status_phase|kube_namespace_status_phase|kube_cronjob_spec_suspend"
    r"|cluster_operator_(?:conditions|up))"
)
_ALWAYS_ONE = regex_on_use(
    r"ALERTS|(?!helm_chart_)[^:]*_info|kube_[a-z0-9]+_(?:labels|annotations|owner)"
    r"|kube_node_role"
)
_PAST = regex_on_use(
    r"(?![^:]*(?:expir|next))(?:(?:[^:]*_)?(?:start|boot)_time(?:_seconds)?|[^:]*_created|container_last_seen"
    r"|(?:[^:]*_)?last_[^:]*(?:time|timestamp)(?:_seconds)?)"
)
_START = regex_on_use(r"(?:[^:]*_)?(?:start|boot)_time(?:_seconds)?|[^:]*_created")
_UPTIME = regex_on_use(r"(?:[^:]*_)?uptime(?:_(?:in_)?seconds)?")
_ONE_SECOND = {
    "node_cpu_seconds_total": ("mode", ("instance", "cpu")),
    "node_cpu_guest_seconds_total": ("mode", ("instance", "cpu")),
    "windows_cpu_time_total": ("mode", ("instance", "core")),
    "wmi_cpu_time_total": ("mode", ("instance", "core")),
}
_ONE_SECOND_EACH = regex_on_use(
    r"node_pressure_(?:cpu|io|irq|memory)_(?:waiting|stalled)_seconds_total|node_disk_io_time_seconds_total"
)
_COUNTERS = ("_total", "_sum_total")
_COUNTS = ("_count", "_bucket")
# Those of Tarantool and Fluentd are per cent.
_SHARES = regex_on_use(
    r"(?!tnt_|fluentd_)[^:]*_(?:hit|miss|error|success|failure|loss|used|free|available|idle|busy)_ratio"
)
_PARTS = regex_on_use(r"(?P<stem>.*?)_?(?P<what>avail|available|free|used)(?P<unit>(?:_bytes)?)")
_WHOLES = ("size", "total", "capacity")
_OTHER_WHOLES = {
    "node_filesystem_files_free": "node_filesystem_files",
    "kubelet_volume_stats_inodes_free": "kubelet_volume_stats_inodes",
    "kubelet_volume_stats_inodes_used": "kubelet_volume_stats_inodes",
    "node_memory_MemAvailable_bytes": "node_memory_MemTotal_bytes",
    "node_memory_MemFree_bytes": "node_memory_MemTotal_bytes",
    "node_memory_SwapFree_bytes": "node_memory_SwapTotal_bytes",
    "node_nf_conntrack_entries": "node_nf_conntrack_entries_limit",
    "node_filefd_allocated": "node_filefd_maximum",
    "process_open_fds": "process_max_fds",
    "container_cpu_cfs_throttled_periods_total": "container_cpu_cfs_periods_total",
}


# A few metrics are read over and over.
@lru_cache(maxsize=4096)
def convention(metric: str) -> Convention:
    """What is so of a metric of this name, where its author keeps to the conventions.

    The sum of a histogram is left out: it is negative where observations are.
    """
    if _ALWAYS_ONE.fullmatch(metric):
        return Convention(_ONE)
    if _TRUTHS.fullmatch(metric):
        return Convention(TRUTH)
    if metric in _ONE_SECOND:
        parts, units = _ONE_SECOND[metric]
        return Convention(NOT_NEGATIVE, growth=1.0, parts=parts, units=units)
    if _ONE_SECOND_EACH.fullmatch(metric):
        return Convention(NOT_NEGATIVE, growth=1.0)
    if metric.endswith(_COUNTS) and ":" not in metric:
        return Convention(_COUNT_OF_OBSERVATIONS)
    if metric.endswith((*_COUNTERS, *_COUNTS)):
        return Convention(NOT_NEGATIVE)
    if _PAST.fullmatch(metric):
        return Convention(NOT_NEGATIVE, is_past=True, is_start=is_start_time(metric))
    if is_uptime(metric) and metric.endswith("_seconds"):
        return Convention(NOT_NEGATIVE, is_age=True)
    if _SHARES.fullmatch(metric):
        return Convention(range_between(0, 1))
    return Convention(NOT_NEGATIVE if metric.endswith("_bytes") or wholes(metric) else UNBOUNDED)


def conventional_range(metric: str) -> ValueRange:
    """The values that the samples of a metric of this name have."""
    return convention(metric).values


@lru_cache(maxsize=4096)
def wholes(metric: str) -> tuple[str, ...]:
    """The metrics whose series are never less than that of this one with the same labels: free of all.

    The observations in one bucket are a part of all, whatever `le` it has.
    """
    if metric.endswith("_bucket") and ":" not in metric:
        return (f"{metric.removesuffix('_bucket')}_count",)
    if metric in _OTHER_WHOLES:
        return (_OTHER_WHOLES[metric],)
    found = _PARTS.fullmatch(metric)
    if found is None or not found["stem"] or ":" in metric:
        return ()
    return tuple(f"{found['stem']}_{whole}{found['unit']}" for whole in _WHOLES)


def is_start_time(metric: str) -> bool:
    """Whether a metric of this name says when something started."""
    return _START.fullmatch(metric) is not None


def is_uptime(metric: str) -> bool:
    """Whether a metric of this name says for how long something has been up."""
    return _UPTIME.fullmatch(metric) is not None


_LAST_BUCKETS = {
    **dict.fromkeys(
        ("etcd_disk_wal_fsync_duration_seconds", "etcd_disk_backend_commit_duration_seconds"), 8.192
    ),
    "etcd_network_peer_round_trip_time_seconds": 3.2768,
    "coredns_dns_request_duration_seconds": 8.192,
    "apiserver_request_duration_seconds": 60.0,
    "prometheus_http_request_duration_seconds": 120.0,
}
"""Histograms of programs that fix their buckets: the upper bound of the last one that has an end."""


def last_bucket(metric: str) -> float:
    """The most that a quantile of the buckets of this name can be; infinite where nobody can say."""
    return _LAST_BUCKETS.get(metric.removesuffix("_bucket"), math.inf)


def observes_positive(metric: str) -> bool:
    """Whether the buckets of a histogram of this name surely have positive bounds: durations and sizes."""
    return metric.endswith(("_seconds_bucket", "_milliseconds_bucket", "_bytes_bucket"))
