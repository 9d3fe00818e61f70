"""Keys of rule groups that systems other than Prometheus read, by the system."""

from __future__ import annotations

FOREIGN_GROUP_KEYS = {
    "partial_response_strategy": "Thanos",
    "partialResponseStrategy": "Thanos",
    **dict.fromkeys(("source_tenants", "evaluation_delay", "align_evaluation_time_on_interval"), "Mimir"),
    **dict.fromkeys(("remote_write", "rwconfigs"), "Loki and Mimir"),
    **dict.fromkeys(
        ("type", "concurrency", "eval_offset", "eval_delay", "eval_alignment", "params", "headers"),
        "VictoriaMetrics",
    ),
    **dict.fromkeys(("notifier_headers", "tenant", "debug", "extra_filter_labels"), "VictoriaMetrics"),
}
