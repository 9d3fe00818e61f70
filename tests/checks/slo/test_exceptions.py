"""What exceptions of an objective promise some of its groups is judged as what it promises all others."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

SPEC = """\
project: {name: p, title: P}
severities: {critical: {rank: 1, title: C}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
slos:
  paid:
    title: Paid
    objective: {default: 99.9%, by: shop, values: {porto: 95%}}
    window: 30d
    ratio: {bad: "sum by (shop) (rate(bad[30d]))", total: "sum by (shop) (rate(all[30d]))"}
    burn: {page: critical}
    except:
      - where: {shop: porto}
"""


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"off": "closed"}, []),
        ({"labels": {"place": "pt"}}, [("slo/late", 11, 8)]),
        ({"objective": "99%", "labels": {"place": "pt"}}, []),
        ({"objective": "90%", "labels": {"place": "pt"}}, [("slo/unreachable", 11, 14)]),
        ({"objective": "80%", "labels": {"place": "pt"}}, [("slo/never-pages", 11, 14)]),
        ({"objective": "80%", "burn": {"page": {"severity": "critical", "spent": ["2.5x in 1h"]}}}, []),
        ({"burn": {"page": {"severity": "critical", "spent": ["20x in 1h"]}}}, [("slo/never-pages", 14, 8)]),
        (
            {"burn": {"page": {"severity": "critical", "spent": ["0.5x in 30m"]}}},
            [("slo/within-budget", 14, None)],
        ),
    ],
)
def test_the_tiers_of_each_group_are_judged_by_its_own_objective(
    tmp_path: Path, said: dict[str, object], found: list[tuple[str, int, int | None]]
) -> None:
    lines = "".join(f"        {key}: {json.dumps(value)}\n" for key, value in said.items())
    (tmp_path / "spec.yaml").write_text(SPEC + lines, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(tmp_path), "--only", "slo/*", "--format", "json"])
    assert [
        (one["check"], one["line"], next((note["line"] for note in one["related"]), None))
        for one in json.loads(done.stdout)
    ] == found
