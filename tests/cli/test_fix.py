"""`tocsin check --fix`: what it changes, and what it leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

ROUTES = """\
# who is notified
route:
  receiver: everybody   # all
  routes:
    - {reciever: desk, matchers: ['team="web"'], active_time_intervals: [ofice]}
receivers:
  - {name: everybody, webhook_configs: [{url: "https://user:hunter22@hooks.example/all"}]}
  - {name: desk}
time_intervals:
  - name: office
    time_intervals:
      - {weekdays: [monday-friday], times: [{start_time: 9:00, end_time: "17:00"}]}
"""
RULES = """\
groups:
  - name: web
    rules:
      - alert: Slow
        expr: rate(latency_seconds_bucket{le="1"}[5m]) < 0.9
        for: 5m
"""


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alertmanager.yml").write_text(ROUTES.replace("\n", "\r\n"), newline="")
    (tmp_path / "rules.yml").write_text(RULES)
    return tmp_path


def test_each_edit_is_made_and_nothing_else_changes(files: Path) -> None:
    done = CliRunner().invoke(main, ["check", "--fix", "alertmanager.yml", "rules.yml"])
    assert "5 findings fixed in 2 files\n" in done.stdout
    expected = ROUTES
    for old, new in (
        ("reciever", "receiver"),
        ("[ofice]", "[office]"),
        ("monday-friday", "monday:friday"),
        ("9:00", '"09:00"'),
    ):
        expected = expected.replace(old, new)
    assert (files / "alertmanager.yml").read_bytes() == expected.replace("\n", "\r\n").encode()
    assert (files / "rules.yml").read_text() == RULES.replace('le="1"', 'le=~"1|1.0"')
    again = CliRunner().invoke(main, ["check", "--fix", "alertmanager.yml", "rules.yml"])
    assert "0 findings fixed in 0 files\n" in again.stdout
    assert {one.name for one in files.iterdir()} == {"alertmanager.yml", "rules.yml"}


def test_a_diff_writes_nothing_and_shows_no_secret(files: Path) -> None:
    before = (files / "alertmanager.yml").read_bytes()
    done = CliRunner().invoke(main, ["check", "--diff", "alertmanager.yml"])
    assert done.exit_code == 1
    assert "+    - {receiver: desk, matchers:" in done.stdout
    assert "hunter22" not in done.output
    assert (files / "alertmanager.yml").read_bytes() == before


def test_only_the_chosen_checks_are_fixed(files: Path) -> None:
    done = CliRunner().invoke(main, ["check", "--fix", "--only", "query/*", "alertmanager.yml", "rules.yml"])
    assert "1 finding fixed in 1 file\n" in done.stdout
    assert "reciever" in (files / "alertmanager.yml").read_text()


def test_an_edit_that_brings_another_finding_is_not_made(files: Path) -> None:
    text = RULES.replace("expr: ", "expr: '").replace(" < 0.9", " < 0.9'").replace('le="1"', "le=''1''")
    text = text.replace("expr: 'rate(", 'expr: "rate(').replace("0.9'", '0.9"').replace("''1''", '\\"1\\"')
    (files / "rules.yml").write_text(text)
    done = CliRunner().invoke(main, ["check", "--fix", "rules.yml"])
    assert "0 findings fixed in 0 files\nnot fixed: rules.yml:5: " in done.stdout
    assert (files / "rules.yml").read_text() == text


def test_a_name_that_may_be_another_one_is_left(files: Path) -> None:
    text = ROUTES.replace("name: desk", "name: team-us").replace("reciever: desk", "receiver: team-eu")
    (files / "alertmanager.yml").write_text(text)
    CliRunner().invoke(main, ["check", "--fix", "alertmanager.yml"])
    assert "receiver: team-eu" in (files / "alertmanager.yml").read_text()


_ROUTE = """\
route:
  receiver: all
  routes:
    - matchers: [{matcher}]
      receiver: desk
receivers:
  - name: all
    webhook_configs: [{{url: "http://hooks.example/all"}}]
  - name: desk
    slack_configs:
      - api_url: http://hooks.example/desk
        title: '{{{{ if eq .Status "{status}" }}}}bad{{{{ end }}}}'
"""
_RULE = """\
groups:
  - name: web
    rules:
      - alert: Slow
        expr: latency_seconds{{job=~"{job}"}} > 9
        for: 5m
        labels: {{severity: critical, namespace: app1}}
        annotations:
          summary: {summary}
"""
_RIGHT = {
    "matcher": "'severity=\"critical\"'",
    "status": "firing",
    "job": "web",
    "summary": "Requests take long",
}


@pytest.mark.parametrize(
    ("key", "bad", "good"),
    [
        ("matcher", '\'severity=~"critical,page"\'', '\'severity=~"critical|page"\''),
        ("matcher", "'namespace=\"app1|app2\"'", "'namespace=~\"app1|app2\"'"),
        ("matcher", "'severity=\"crit*\"'", "'severity=~\"crit.*\"'"),
        ("matcher", "alert=\"Slow\"", "'alertname=\"Slow\"'"),
        ("status", "Firing", "firing"),
        ("summary", "'{$labels.job} takes long'", "'{{ $labels.job }} takes long'"),
        ("summary", "'{$labels.job} takes $value s'", "'{{ $labels.job }} takes {{ $value }} s'"),
        ("summary", "Takes long at $labels.job", "Takes long at {{ $labels.job }}"),
        ("summary", '"{$value | humanize} s"', '"{{ $value | humanize }} s"'),
    ],
)  # fmt: skip
def test_what_the_help_says_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, bad: str, good: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alertmanager.yml").write_text(_ROUTE.format(**_RIGHT | {key: bad}))
    (tmp_path / "rules.yml").write_text(_RULE.format(**_RIGHT | {key: bad}))
    done = CliRunner().invoke(main, ["check", "--fix", "--no-cache", "alertmanager.yml", "rules.yml"])
    assert "1 finding fixed in 1 file\n" in done.stdout, done.stdout
    assert (tmp_path / "alertmanager.yml").read_text() == _ROUTE.format(**_RIGHT | {key: good})
    assert (tmp_path / "rules.yml").read_text() == _RULE.format(**_RIGHT | {key: good})


@pytest.mark.parametrize(
    ("key", "text"),
    [
        # YAML would take the braces for a mapping.
        ("summary", "$labels.job takes long"),
        # Some jobs may be called `webb`.
        ("job", "web*"),
        # Either the matcher is to go, or it takes every value.
        ("matcher", "'severity=\"*\"'"),
    ],
)
def test_what_the_help_leaves_open_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str, text: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "alertmanager.yml").write_text(_ROUTE.format(**_RIGHT | {key: text}))
    (tmp_path / "rules.yml").write_text(_RULE.format(**_RIGHT | {key: text}))
    done = CliRunner().invoke(main, ["check", "--fix", "--no-cache", "alertmanager.yml", "rules.yml"])
    assert "0 findings fixed in 0 files\n" in done.stdout, done.stdout
    assert "1 warning" in done.stdout


def test_a_query_of_a_dashboard_is_fixed_within_its_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = (
        '{"schemaVersion": 39, "templating": {"list": [{"name": "job", "multi": true}]},\n'
        ' "panels": [{"id": 1, "targets": [{"expr": "up{job=\\"$job\\"}"}]}]}\n'
    )
    (tmp_path / "web.json").write_text(text)
    done = CliRunner().invoke(main, ["check", "--fix", "--no-cache", "web.json"])
    assert "1 finding fixed in 1 file\n" in done.stdout, done.stdout
    assert (tmp_path / "web.json").read_text() == text.replace('job=\\"', 'job=~\\"')
