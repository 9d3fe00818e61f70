"""Checks that were renamed or removed: an old id goes on working where users have written it."""

from __future__ import annotations

RENAMED = {
    "alert/told-quantile": "alert/quantile-mismatch",
    "alertmanager/brace": "alertmanager/classic-matcher",
    "alert/told-threshold": "alert/threshold-mismatch",
    "query/two-jobs": "query/needs-for",
    "rule/never-sent": "rule/relabelled-away",
    "slo/looser": "slo/threshold-too-loose",
    "slo/stricter": "slo/threshold-too-strict",
}
"""The id of today for each earlier one."""
REMOVED = {
    "alertmanager/resolve-timeout": "Prometheus and Loki send an end with every alert",
    "file/needless": "a `for` of 0 hurts nobody",
}
"""Why each check that is no longer there was removed."""


def current_id(id_: str) -> str:
    """The id of today; ids that were not renamed and patterns of ids come back as they are."""
    return RENAMED.get(id_, id_)
