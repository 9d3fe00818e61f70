"""Samples and series as promtool reads them."""

from __future__ import annotations

import pytest

from tocsin.lang.promql.series import parse_series
from tocsin.prove.promtool.series_write import series_text, values_text


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1.0] * 6, "1x5"),
        ([0.0, 60.0, 120.0, 180.0], "0+60x3"),
        ([5.0, 4.5, 4.0], "5-0.5x2"),
        ([-1.0, -1.0, -1.0], "-1x2"),
        ([1.0, 2.0], "1 2"),
        ([None, None, 3.0, None], "_x2 3 _"),
        ([0.0, 1.0, 0.0, 1.0], "0 1 0 1"),
        ([0.1 * n for n in range(5)], "0+0.1x4"),
        ([1e-7] * 3, "0.0000001x2"),
        ([], ""),
    ],
)
def test_runs_of_samples_are_written_short(values: list[float | None], text: str) -> None:
    assert values_text(values) == text


@pytest.mark.parametrize(
    "labels",
    [
        {"__name__": "up"},
        {"__name__": "up", "job": 'a"b\\c\nd'},
        {"__name__": "a:b", "instance": "ü"},
        {"__name__": "with.dots", "a-b": "x"},
    ],
)
def test_a_series_reads_back_as_its_labels(labels: dict[str, str]) -> None:
    assert parse_series(series_text(labels)) == labels
