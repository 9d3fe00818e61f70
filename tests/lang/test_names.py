from __future__ import annotations

from typing import Any

import pytest

from tocsin.lang import names


@pytest.mark.parametrize(
    ("rule", "good", "bad"),
    [
        (names.is_metric_name, ["up", "a:b:rate5m", "_x", ":x"], ["", "1x", "a-b", "a.b", "é", "up\n"]),
        (names.is_label_name, ["job", "__name__", "_1"], ["", "1x", "a:b", "a-b", "job\n"]),
        (names.is_reserved_label, ["__name__", "__x"], ["_x", "job"]),
        (names.is_alert_name, ["HighLatency", "a_b-c.d:e"], ["", "1a", "a b", "../x", "a/b", "x" * 101]),
        (
            names.is_slug,
            ["sre", "team-a.b_c", "1st"],
            ["", ".", "..", ".hidden", "a/b", "-a", "x" * 101, "a\n"],
        ),
    ],
)
def test_names(rule: Any, good: Any, bad: Any) -> None:
    assert [name for name in good if not rule(name)] == []
    assert [name for name in bad if rule(name)] == []
