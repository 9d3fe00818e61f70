"""`tocsin slo backfill`: the rules that fill the past of objectives, as promtool reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from tocsin.engines.program import Program

SPEC = """
project: {name: shop, title: Shop}
severities: {critical: {rank: 1, title: Critical}, warning: {rank: 2, title: Warning}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
slos:
  checkout:
    title: Checkouts succeed
    objective: 99%
    window: 28d
    ratio: {bad: 'sum(rate(failed_total[28d]))', total: 'sum(rate(all_total[28d]))'}
    burn: {page: critical, ticket: warning}
  ready:
    title: A share that is there
    objective: 99%
    window: 7d
    ratio: {share: 'max(avg_over_time(job:errors:ratio[7d]))'}
    burn: {page: critical, ticket: warning}
  promised:
    title: Only promised
    objective: 99%
    window: 28d
    ratio: {bad: 'sum(rate(failed_total[28d]))', total: 'sum(rate(all_total[28d]))'}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "shop.yaml").write_text(SPEC, encoding="utf-8")
    return folder


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["slo", "backfill", *map(str, arguments)])


def test_promtool_reads_what_everything_else_follows_from(
    spec: Path, tmp_path: Path, promtool: Program
) -> None:
    result = _run(spec, "--at", "2026-11-30T12:00+02:00")
    assert result.exit_code == 0, result.output
    groups = yaml.safe_load(result.stdout)["groups"]
    assert {group["name"]: [rule["record"] for rule in group["rules"]] for group in groups} == {
        "slo-checkout": ["slo:total:rate5m", "slo:bad:rate5m"],
        "slo-ready": ["slo:bad_ratio:rate5m"],
    }
    assert "--start 2026-11-02T10:00:00Z --end 2026-11-30T07:00:00Z" in result.stdout
    file = tmp_path / "slo-backfill.yaml"
    file.write_text(result.stdout, encoding="utf-8")
    checked = promtool.run(["check", "rules", str(file)])
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_objectives_are_chosen_by_name(spec: Path) -> None:
    assert "slo-checkout" not in _run(spec, "--slo", "ready").stdout
    unknown = _run(spec, "--slo", "promised")
    assert unknown.exit_code == 2
    assert (
        "no objective `promised` is recorded by Prometheus; there are `checkout`, `ready`" in unknown.stderr
    )


def test_without_anything_to_fill_it_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "a.yaml").write_text(SPEC.partition("slos:")[0], encoding="utf-8")
    result = _run(folder)
    assert result.exit_code == 2
    assert "nothing can be filled" in result.stderr
