"""`tocsin prove --suggest`: what it prints can be pasted, and then notices what nothing did before."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program

SPEC = """\
project: {name: shop, title: Shop}
severities:
  critical: {rank: 1, title: Critical, icon: "!", notify: {group_wait: 10s}, receiver: all}
  warning: {rank: 2, title: Warning, icon: "?", notify: {group_wait: 10s}}
teams:
  web: {title: Web, receiver: all}
receivers:
  all: {webhook: [{url: "http://tickets.example/alerts"}]}
routing: {catch_all: all}
groups:
  disks:
    title: Disks
    order: 1
    interval: 1m
    team: web
    alerts:
      DiskFull:
        summary: The disk is nearly full
        description: Little is left on it.
        per: [instance]
        promql: node_filesystem_used_ratio{mountpoint="/"}
        thresholds:
          warning: {above: 0.5, for: 10m}
          critical: {above: 0.75, for: 5m}
        tests:
          - series: {'node_filesystem_used_ratio{mountpoint="/"}': "1x40"}
"""


@pytest.fixture
def own_promtool(promtool: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_PROMTOOL", str(promtool.path))


@pytest.mark.usefixtures("own_promtool")
def test_what_is_pasted_into_a_spec_notices_what_its_tests_did_not(tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    (spec / "shop.yaml").write_text(SPEC, encoding="utf-8")
    before = _noticed_by_tests(spec)
    said = CliRunner().invoke(main, ["prove", "--suggest", str(spec)], catch_exceptions=False).stdout
    entries = [line for line in said.split("\ntests that would")[1:] for line in line.split("\n\n")[1:]]
    assert any("# notices `> → >=`" in part for part in entries)
    pasted = SPEC + textwrap.indent("\n".join(entries), " " * 10) + "\n"
    (spec / "shop.yaml").write_text(pasted, encoding="utf-8")
    after = _noticed_by_tests(spec)
    assert [one["killed_by_tests"] for one in before] < [one["killed_by_tests"] for one in after]
    for one in after:
        # Another severity is a mistake that only the names of the alerts show.
        assert one["killed_by_tests"] >= one["killed"] - 1
    again = CliRunner().invoke(main, ["prove", "--suggest", str(spec)], catch_exceptions=False).stdout
    assert "no test was found that would notice more" in again


def _noticed_by_tests(spec: Path) -> list[dict[str, int]]:
    done = CliRunner().invoke(
        main, ["prove", "--mutate", "--format", "json", str(spec)], catch_exceptions=False
    )
    return [one["mutation"] for one in json.loads(done.stdout)]


@pytest.mark.usefixtures("own_promtool")
def test_for_plain_files_it_is_a_group_that_promtool_passes(promtool: Program, tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "groups: [{name: g, rules: [{alert: Down, expr: 'up{job=\"api\"} == 0', for: 5m}]}]", encoding="utf-8"
    )
    said = CliRunner().invoke(main, ["prove", "--suggest", str(rules)], catch_exceptions=False).stdout
    assert '# notices `without job="api"`' in said
    entries = said.split("\ntests that would")[1].split("\n\n", 1)[1]
    head = "rule_files: [rules.yml]\nevaluation_interval: 1m\ntests:\n"
    tests = tmp_path / "tests.yml"
    tests.write_text(head + textwrap.indent(entries, "  "), encoding="utf-8")
    assert promtool.run(["test", "rules", str(tests)]).returncode == 0
    rules.write_text(rules.read_text(encoding="utf-8").replace('{job="api"}', ""), encoding="utf-8")
    assert promtool.run(["test", "rules", str(tests)]).returncode != 0
