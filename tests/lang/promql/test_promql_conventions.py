"""What the names of metrics promise, and what they do not."""

from __future__ import annotations

import pytest

from tocsin.lang.promql.flow import promql_flow
from tocsin.lang.promql.flow.conventions import convention, is_start_time, is_uptime, wholes


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("up", "between 0 and 1"),
        ("kube_node_status_condition", "between 0 and 1"),
        ("build_info", "always 1"),
        ("kube_pod_labels", "always 1"),
        ("errors_total", "at least 0"),
        ("cache_hit_ratio", "between 0 and 1"),
        ("disk_free_bytes", "at least 0"),
        ("process_start_time_seconds", "at least 0"),
        ("node_timex_offset_seconds", "any number"),
        ("room_temperature_celsius", "any number"),
        ("job:up:ratio", "any number"),
        ("compression_ratio", "any number"),
    ],
)
def test_the_values_of_a_metric_follow_from_its_name(metric: str, said: str) -> None:
    assert convention(metric).values.described() == said


def test_times_that_have_passed_are_told_from_those_to_come() -> None:
    past = (
        "node_boot_time_seconds",
        "job_last_success_timestamp_seconds",
        "kube_pod_created",
        "container_last_seen",
    )
    assert all(convention(metric).is_past for metric in past)
    coming = (
        "probe_ssl_earliest_cert_expiry",
        "kube_cronjob_next_schedule_time",
        "ca_last_expiry_timestamp_seconds",
    )
    assert not any(convention(metric).is_past for metric in coming)
    assert is_start_time("process_start_time_seconds")
    assert not is_start_time("job_last_success_timestamp_seconds")
    assert is_uptime("mysql_global_status_uptime")
    assert not is_uptime("uptime_checks_total")


def test_parts_know_their_wholes() -> None:
    assert "node_filesystem_size_bytes" in wholes("node_filesystem_avail_bytes")
    assert wholes("node_memory_MemAvailable_bytes") == ("node_memory_MemTotal_bytes",)
    assert wholes("latency_seconds_bucket") == ("latency_seconds_count",)
    assert wholes("requests_total") == ()


NEVER_BY_NAME = [
    "rate(node_cpu_seconds_total[5m]) > 1",
    "increase(node_cpu_seconds_total[5m]) > 300",
    "max by (job) (process_start_time_seconds) > time()",
    "time() - process_start_time_seconds offset 1h < 0",
    "sum(node_memory_MemAvailable_bytes) / sum(node_memory_MemTotal_bytes) > 10",
    'rate(s_bucket{le="0.5"}[5m]) / ignoring (le) rate(s_count[5m]) > 1.5',
    "changes(build_info[1h]) > 0",
]
PERHAPS = [
    "increase(node_cpu_seconds_total[5m]) > 299",
    "sum by (instance) (rate(node_cpu_seconds_total[5m])) > 3",
    "probe_ssl_earliest_cert_expiry - time() > 5",
    "process_start_time_seconds offset -1h > time()",
    'sum(node_memory_MemAvailable_bytes{a="1"}) / sum(node_memory_MemTotal_bytes) > 10',
    "rate(disk_free_bytes[5m]) / rate(disk_size_bytes[5m]) > 3",
    "sum(rate(s_bucket[5m])) / sum(rate(s_count[5m])) > 1.5",
    "disk_free_bytes / on (job) disk_size_bytes > 3",
    "changes(up[1h]) > 0",
]


@pytest.mark.parametrize("text", NEVER_BY_NAME)
def test_what_names_exclude_is_never_by_name_alone(text: str) -> None:
    assert promql_flow(text, conventions=True).empty is not None
    assert promql_flow(text).empty is None


@pytest.mark.parametrize("text", PERHAPS)
def test_what_names_leave_open_may_be(text: str) -> None:
    assert promql_flow(text, conventions=True).empty is None
