"""What is wrong with a value, in the words of a spec's author instead of those of the validator."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_BELONGS = {
    "int": "a whole number belongs here",
    "float": "a number belongs here",
    "string": "a text belongs here",
    "bool": "`true` or `false` belongs here",
    "list": "a list belongs here",
    "dict": "keys and values belong here",
    "model": "keys and values belong here",
}
_ADVICE = {
    "string": "put it in quotes if the text is meant",
    "list": "write `[a, b]`, or one `- ` a line",
}


_IDS = {
    "extra_forbidden": "spec/unknown-key",
    "missing": "spec/missing-key",
    "key_missing": "spec/missing-key",
    "literal_error": "spec/unknown-value",
    "string_too_short": "spec/empty-value",
    "too_short": "spec/empty-value",
    "string_pattern_mismatch": "spec/format",
    "greater_than_equal": "spec/out-of-range",
    "less_than_equal": "spec/out-of-range",
    "finite_number": "spec/out-of-range",
    **dict.fromkeys(("query", "threshold", "part", "source", "indicator"), "spec/exactly-one"),
    **dict.fromkeys(("keys_conflict", "case"), "spec/exclusive-keys"),
    **dict.fromkeys(("thresholds", "severity"), "spec/thresholds"),
    **dict.fromkeys(("duration", "go_duration"), "spec/duration"),
    **dict.fromkeys(
        ("weekdays", "days_of_month", "months", "years", "time_range"),
        "spec/time-interval",
    ),
    "location": "spec/time-zone",
    "moment": "spec/time",
    **{
        kind: f"spec/{kind}"
        for kind in ("promql", "logql", "series", "samples", "matcher", "regex", "objective", "limits")
    },
    **dict.fromkeys(("alert_name", "metric_name", "label_name", "name"), "spec/name"),
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


def message(kind: str, said: str, context: Mapping[str, Any], value: object) -> tuple[str, str | None]:
    """The message and the advice for one of the validator's errors about a value.

    Only where the value is one of a few names it is looked at; it is never repeated.
    """
    family = kind.split("_")[0]
    if kind.endswith(("_type", "_parsing", "_from_float")) and family in _BELONGS:
        return _BELONGS[family], _ADVICE.get(family)
    if kind.startswith("date_"):
        return "this is no date", "write it as `2027-12-31`"
    if kind == "literal_error":
        expected = re.findall(r"'([^']*)'", str(context.get("expected", "")))
        return "this is none of the names that belong here", nearest(str(value), expected)
    if kind == "string_too_short":
        return "this may not be empty", None
    if kind == "string_pattern_mismatch":
        return "this has not the form that belongs here", None
    if kind in ("greater_than_equal", "less_than_equal"):
        bound = context.get("ge", context.get("le"))
        return f"this must be {'at least' if 'ge' in context else 'at most'} {bound}", None
    return said, None


def nearest(word: str, known: list[str]) -> str:
    """Advice that names the key that was probably meant, or all that are known."""
    near = difflib.get_close_matches(word, known, n=1)
    return f"did you mean `{near[0]}`?" if near else "known here: " + ", ".join(f"`{one}`" for one in known)
