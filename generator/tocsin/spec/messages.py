"""What is wrong with a value, in the words of a spec's author instead of those of the validator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_IDS = {
    "extra_forbidden": "spec/unknown-key",
    "missing": "spec/missing-key",
    "key_missing": "spec/missing-key",
    "literal_error": "spec/unknown-value",
    "string_too_short": "spec/empty-value",
    "too_short": "spec/empty-value",
    **dict.fromkeys(("string_pattern_mismatch", "time_of_day"), "spec/format"),
    "greater_than_equal": "spec/out-of-range",
    "less_than_equal": "spec/out-of-range",
    "finite_number": "spec/out-of-range",
    **dict.fromkeys(("query", "threshold", "part", "source", "indicator"), "spec/exactly-one"),
    "exception": "except/incomplete",
    **dict.fromkeys(("keys_conflict", "case"), "spec/exclusive-keys"),
    **dict.fromkeys(("thresholds", "severity"), "spec/thresholds"),
    **dict.fromkeys(("duration", "go_duration"), "spec/duration"),
    **dict.fromkeys(
        ("weekdays", "days_of_month", "months", "years", "time_range"),
        "spec/time-interval",
    ),
    "version": "spec/format",
    "location": "spec/time-zone",
    "moment": "spec/time",
    **{
        kind: f"spec/{kind.replace('_', '-')}"
        for kind in (
            "promql",
            "logql",
            "series",
            "samples",
            "matcher",
            "regex",
            "objective",
            "limits",
            "burn_windows",
        )
    },
    **dict.fromkeys(("alert_name", "metric_name", "label_name", "name", "for_each"), "spec/name"),
    "group_by": "spec/group-by",
    **dict.fromkeys(("url", "host_port"), "spec/address"),
    "file": "spec/file-path",
    "secret_in_clear": "spec/secret",
    "no_variables": "spec/variable",
    "integration_rule": "spec/integration",
}
"""The id of each of the validator's kinds of errors, and of those that the models raise themselves."""


def message_id(kind: str) -> str:
    """The id under which an error of the validator is shown."""
    if kind in _IDS:
        return _IDS[kind]
    if kind.startswith("date_"):
        return "spec/date"
    return "spec/wrong-type" if kind.endswith(("_type", "_parsing", "_from_float")) else "spec/invalid-value"


def message_and_help(kind: str, said: str, context: Mapping[str, Any]) -> tuple[str, str | None]:
    """The message and the advice for one of the validator's own errors about a value.

    The value is never repeated: it may be a secret.
    """
    if kind.startswith("date_"):
        return "this is not a date", "write it as `2027-12-31`"
    if kind in ("string_too_short", "too_short"):
        return "this may not be empty", None
    if kind == "string_pattern_mismatch":
        return "this does not have the form that belongs here", f"the form is `{context.get('pattern')}`"
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        return f"this must be {'at least' if 'ge' in context else 'at most'} {bound}", f"write `{bound}`"
    return said, None
