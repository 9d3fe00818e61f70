"""Help with ratios that are compared as percentages: followed, it removes the finding and makes no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
project: {name: p, title: P}
severities: {critical: {rank: 1, title: C}, warning: {rank: 2, title: W}}
receivers: {all: {webhook: [{url: "http://hooks.shop.io/all"}]}}
routing: {catch_all: all}
groups:
  web:
    title: Web
    alerts:
      Errors:
        summary: errors
        description: too many on {{ $labels.instance }}
        promql: QUERY
        per: [instance]
        unit: UNIT
        thresholds:
          warning: {SIDE: FIRST}
          critical: {SIDE: SECOND}
        runbook: {url: https://wiki.shop.io/errors}
"""
ERRORS = (
    'sum by (instance) (rate(requests_total{code="500"}[5m])) / sum by (instance) (rate(requests_total[5m]))'
)
FREE = "node_filesystem_avail_bytes / node_filesystem_size_bytes"
USED = f"1 - {FREE}"
IN_PER_CENT = "`unit: percent` counts up to 100: write `unit: ratio`, and the threshold with its sign"


def _findings(tmp_path: Path, text: str) -> str:
    (tmp_path / "spec.yaml").write_text(text, encoding="utf-8")
    return " ".join(CliRunner().invoke(main, ["check", str(tmp_path / "spec.yaml")]).output.split())


@pytest.mark.parametrize(
    ("check", "query", "side", "numbers"),
    [
        ("query/empty-by-name", ERRORS, "above", ("20", "50")),
        ("query/empty-by-name", USED, "above", ("85", "95")),
        ("query/always", ERRORS, "below", ("10", "5")),
        ("query/always", FREE, "below", ("20", "10")),
    ],
)
def test_the_unit_is_named_once_for_all_severities(
    check: str, query: str, side: str, numbers: tuple[str, str], tmp_path: Path
) -> None:
    first, second = numbers
    spec = SPEC.replace("QUERY", query).replace("SIDE", side)
    wrong = spec.replace("FIRST", first).replace("SECOND", second)
    signed = spec.replace("FIRST", f"{first}%").replace("SECOND", f"{second}%").replace("UNIT", "ratio")
    in_per_cent = _findings(tmp_path, wrong.replace("UNIT", "percent"))
    assert in_per_cent.count(f"[{check}]") == in_per_cent.count("= help: ") == 1
    assert IN_PER_CENT in in_per_cent
    assert "write the threshold with its sign: `" in _findings(tmp_path, wrong.replace("UNIT", "ratio"))
    assert "nothing found" in _findings(tmp_path, signed)


def test_a_number_that_is_0_or_1_gets_no_help_with_percentages(tmp_path: Path) -> None:
    spec = SPEC.replace("QUERY", "up").replace("SIDE", "above").replace("UNIT", "count")
    found = _findings(tmp_path, spec.replace("FIRST", "5").replace("SECOND", "10"))
    assert "query/empty-by-name" in found
    assert "%" not in found
