"""`tocsin route` on a spec and on a plain configuration."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

PLAIN = """
receivers: [{name: all}, {name: db, webhook_configs: [{url: "http://db.example"}]}, {name: audit}]
route:
  receiver: all
  group_by: [alertname]
  routes:
    - {receiver: audit, continue: true, match: {severity: critical}}
    - match_re: {team: "db|data"}
      receiver: db
      mute_time_intervals: [nights]
inhibit_rules:
  - {source_match: {severity: critical}, target_match: {severity: warning}, equal: [host]}
time_intervals:
  - name: nights
    time_intervals: [{times: [{start_time: "00:00", end_time: "06:00"}], location: America/Sao_Paulo}]
"""


@pytest.fixture
def plain(tmp_path: Path) -> str:
    path = tmp_path / "alertmanager.yml"
    path.write_text(PLAIN, encoding="utf-8")
    return str(path)


@pytest.fixture
def shop(tmp_path: Path) -> str:
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "shop.yaml").write_text((SPECS / "shop.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    return str(folder)


def _run(*arguments: str, **more: Any) -> Result:
    result = CliRunner().invoke(main, ["route", *arguments], **more)
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_the_answer_names_receivers_and_what_mutes_them(plain: str) -> None:
    night = _run(
        plain, "severity=critical", "team=db", "--at", "2026-12-24T03:00", "--tz", "America/Sao_Paulo"
    )
    assert night.exit_code == 0
    assert "audit: group {}, group_wait 30s" in night.output
    assert "not now: in nights" in night.output
    assert '● severity="critical" → audit' in night.output


def test_programs_get_one_object_a_line(plain: str) -> None:
    lines = [
        {"labels": {"team": "db", "severity": "critical"}, "at": "2026-12-24T03:00"},
        {"labels": {"team": "db", "severity": "critical"}, "at": "2026-12-24T03:00-03:00"},
        {"labels": {"severity": "warning"}, "active": [{"severity": "critical"}]},
        {"labels": {"severity": "warning", "host": "a"}, "active": [{"labels": {"severity": "critical"}}]},
    ]
    result = _run(plain, "--batch", "-", input="\n".join(map(json.dumps, lines)))
    assert result.exit_code == 0
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [one["receivers"] for one in answers] == [["audit", "db"], ["audit", "db"], ["all"], ["all"]]
    assert [one["muted_by"] for one in answers] == [["nights"], ["nights"], [], []]
    assert [one["told"] for one in answers] == [["audit"], ["audit"], [], ["all"]]
    assert answers[2]["inhibited_by"][0]["source"] == {"severity": "critical"}
    assert answers[0]["path"] == [['severity="critical"'], ['team=~"db|data"']]


@pytest.mark.parametrize(
    "line",
    [
        *(
            "{",
            "[]",
            "{}",
            '{"labels": 1}',
            '{"labels": {"a": 1}}',
            '{"labels": {}, "at": "x"}',
            "[" * 100_000,
        ),
        *(
            '{"labels": {}, "active": {}}',
            '{"labels": {}, "active": [1]}',
            '{"labels": {}, "at": "9999-12-31"}',
        ),
    ],
)
def test_a_line_that_makes_no_sense_gets_an_answer_too(plain: str, line: str) -> None:
    result = _run(plain, "--batch", "-", input=f'{line}\n{{"labels": {{}}}}\n')
    assert result.exit_code == 1
    first, second = (json.loads(one) for one in result.output.splitlines())
    assert first["error"]
    assert second["receivers"] == ["all"]


def test_an_alert_is_asked_in_each_of_its_ways(shop: str) -> None:
    result = _run(shop, "--alert", "CheckoutErrors", "--at", "2026-12-24T23:00", "--format", "json")
    answers = [json.loads(line) for line in result.output.splitlines()]
    assert [(one["labels"]["severity"], one["told"]) for one in answers] == [
        ("critical", ["payments"]),
        ("warning", []),
    ]
    everything = _run(shop, "--all", "--format", "json").output.splitlines()
    assert {json.loads(line)["labels"]["alertname"] for line in everything} >= {"ShopDown", "DiskFull"}


def test_what_a_query_can_return_decides_the_way(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "groups:\n- name: a\n  rules:\n"
        "  - {alert: Slow, expr: 'sum by (team) (x) > 1', labels: {severity: warning}}\n"
        "  - {alert: Gone, expr: 'absent(up{team=\"db\"})'}\n"
    )
    configuration = tmp_path / "alertmanager.yml"
    configuration.write_text(PLAIN, encoding="utf-8")
    slow = _run(str(rules), str(configuration), "--alert", "Slow", "--format", "json").output.splitlines()
    assert [json.loads(line)["receivers"] for line in slow] == [["all"], ["db"]]
    (gone,) = _run(str(rules), str(configuration), "--alert", "Gone", "--format", "json").output.splitlines()
    assert json.loads(gone)["receivers"] == ["db"]


COPYING = """
groups:
  - name: g
    rules:
      - alert: One
        expr: sum by (squad) (rate(errors_total{squad="db"}[5m])) > 1
        labels: {team: "{{ $labels.squad }}"}
      - alert: Some
        expr: sum by (squad) (latency_seconds{squad=~"yak|yew|db"}) > 1
        labels: {team: "{{ $labels.squad }}"}
      - alert: Lost
        expr: sum by (job) (latency_seconds{squad="db"}) > 1
        labels: {team: "{{ $labels.squad }}"}
"""
COPYING_ROUTES = """
receivers: [{name: all}, {name: db}, {name: zoo}]
route:
  receiver: all
  routes:
    - {matchers: [team="db"], receiver: db}
    - {matchers: [team=~"x.*"], receiver: zoo}
    - {matchers: [team=~"y.*"], receiver: zoo}
"""


@pytest.mark.parametrize(
    ("alert", "told"), [("One", [["db"]]), ("Some", [["db"], ["zoo"]]), ("Lost", [["all"]])]
)
def test_a_label_that_is_copied_is_what_the_query_can_return(
    tmp_path: Path, alert: str, told: list[list[str]]
) -> None:
    rules, routes = tmp_path / "rules.yml", tmp_path / "alertmanager.yml"
    rules.write_text(COPYING, encoding="utf-8")
    routes.write_text(COPYING_ROUTES, encoding="utf-8")
    result = _run(str(rules), str(routes), "--alert", alert, "--format", "json")
    assert [json.loads(line)["told"] for line in result.output.splitlines()] == told


def test_messages_of_a_stretch_of_time(plain: str) -> None:
    at = ("--at", "2026-12-24T12:00")
    result = _run(plain, "alertname=A", "team=db", "--for", "9h", *at)
    assert [line.split(":")[-1].strip() for line in result.output.splitlines()] == [
        "first, 1 firing",
        "repeat, 1 firing",
        "repeat, 1 firing",
        "times in UTC",
    ]
    assert "receivers without integrations: all, audit" in _run(plain, "a=b", "--for", "9h", *at).output
    assert _run(plain, "a=b", "--for", "nonsense").exit_code == 2


def test_gaps_are_told_by_the_clock_of_a_zone(shop: str, plain: str) -> None:
    lisbon = _run(shop, "--gaps", "--at", "2026-01-01T00:00", "--tz", "Europe/Lisbon").output
    assert "Mon–Fri: 00:00–09:00, 17:00–24:00" in lisbon
    assert "Sat–Sun: all day" in lisbon
    york = _run(shop, "--gaps", "--at", "2026-01-01T00:00", "--tz", "America/New_York").output
    assert "2026-03-09 – 2026-03-13: 00:00–05:00, 13:00–24:00" in york, "the clocks change on different days"
    assert "at any time" in _run(plain, "--gaps").output


@pytest.mark.parametrize("form", ["mermaid", "svg", "text"])
def test_a_picture_shows_the_way(plain: str, form: str) -> None:
    picture = _run(plain, 'team="db"', "--format", form).output
    assert "team" in picture
    if form == "svg":
        assert ElementTree.fromstring(picture).tag.endswith("svg")
    if form == "mermaid":
        assert picture.startswith("flowchart LR")
        assert "class n0,n2 lit" in picture


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        ["team!=db"],
        ["team=~d"],
        ["=x"],
        ["--at", "yesterday"],
        ["--tz", "Mars/Base"],
        ["--tz", "../../etc/passwd"],
        ["--alert", "Nothing"],
        ["--silence", "x"],
        ["--active", "x"],
    ],
)
def test_a_question_that_makes_no_sense_is_refused(plain: str, arguments: list[str]) -> None:
    assert _run(plain, *arguments).exit_code == 2


def test_a_broken_configuration_is_told_and_not_asked(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yml"
    path.write_text(PLAIN.replace("[nights]", "[night]"), encoding="utf-8")
    result = _run(str(path), "team=db")
    assert result.exit_code == 1
    assert "there is no time interval `night`" in result.output


SERVED = """
global:
  external_labels: {cluster: lisbon}
alerting:
  alert_relabel_configs:
    - {source_labels: [job], regex: "(.*)-exporter", target_label: team, replacement: "$1"}
    - {regex: replica, action: labeldrop}
    - {source_labels: [alertname], regex: Watched.*, action: drop}
"""
SERVED_RULES = """
groups:
  - name: g
    rules:
      - {alert: Down, expr: 'up{job="db-exporter"} == 0', labels: {severity: critical, replica: a}}
      - {alert: Watched, expr: vector(1)}
"""
SERVED_ROUTES = """
receivers: [{name: all}, {name: lisbon}, {name: db}, {name: replica}]
route:
  receiver: all
  routes:
    - {matchers: [replica!=""], receiver: replica}
    - {matchers: [team="db"], receiver: db, continue: true}
    - {matchers: [cluster="lisbon"], receiver: lisbon}
"""


@pytest.fixture
def served(tmp_path: Path) -> list[str]:
    texts = {"prometheus.yml": SERVED, "rules.yml": SERVED_RULES, "alertmanager.yml": SERVED_ROUTES}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    return [str(tmp_path / name) for name in texts]


def test_an_alert_has_the_labels_that_prometheus_adds_and_rewrites(served: list[str]) -> None:
    result = _run(*served, "--alert", "Down", "--format", "json")
    (answer,) = map(json.loads, result.output.splitlines())
    assert answer["labels"] == {
        "alertname": "Down",
        "cluster": "lisbon",
        "job": "db-exporter",
        "severity": "critical",
        "team": "db",
    }
    assert answer["told"] == ["db", "lisbon"]


def test_an_alert_that_prometheus_drops_is_told_of_nobody(served: list[str]) -> None:
    result = _run(*served, "--alert", "Watched")
    assert result.exit_code == 2
    assert "Prometheus drops every alert `Watched`" in result.output
    every = _run(*served, "--all", "--format", "json")
    assert [json.loads(line)["labels"]["alertname"] for line in every.output.splitlines()] == ["Down"]


OFFICE = """
receivers: [{name: all}]
time_intervals:
  - name: office
    time_intervals: [{weekdays: ["monday:friday"], location: Europe/Berlin}]
route: {receiver: all, routes: [{matchers: [severity=~".+"], receiver: all, active_time_intervals: [office]}]}
"""
QUIET = """
groups:
  - name: g
    rules:
      - {alert: One, expr: up == 0, labels: {severity: warning}}
      - {alert: Two, expr: up == 0, labels: {severity: info}}
"""


def _office(folder: Path, location: str = "Europe/Berlin") -> tuple[str, str]:
    folder.mkdir(exist_ok=True)
    (folder / "alertmanager.yml").write_text(OFFICE.replace("Europe/Berlin", location), encoding="utf-8")
    (folder / "rules.yml").write_text(QUIET, encoding="utf-8")
    return str(folder / "alertmanager.yml"), str(folder / "rules.yml")


def test_gaps_without_a_zone_are_by_the_clock_of_the_intervals(tmp_path: Path) -> None:
    files = _office(tmp_path)
    said = _run(*files, "--gaps", "--at", "2026-06-01T00:00").output
    assert said == "One (warning)\nTwo (info)\n  Sat–Sun: all day\nhours in Europe/Berlin, 2026\n"
    elsewhere = _run(*files, "--gaps", "--at", "2026-06-01T00:00", "--tz", "UTC").output
    assert elsewhere.endswith("hours in UTC, 2026\n")
    assert elsewhere != said


def test_gaps_of_intervals_in_several_zones_are_in_utc(tmp_path: Path) -> None:
    files = _office(tmp_path)
    text = (tmp_path / "alertmanager.yml").read_text(encoding="utf-8")
    other = '{weekdays: ["monday:friday"], location: Asia/Tokyo}, {weekdays'
    (tmp_path / "alertmanager.yml").write_text(text.replace("{weekdays", other, 1), encoding="utf-8")
    assert _run(*files, "--gaps").output.splitlines()[-1].startswith("hours in UTC")


def test_times_are_in_the_time_zone_of_the_project(tmp_path: Path) -> None:
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8")
    assert "timezone: Europe/Lisbon" in text
    for zone in ("Asia/Tokyo", "Etc/UTC"):
        (tmp_path / "shop.yaml").write_text(text.replace("Europe/Lisbon", zone), encoding="utf-8")
        # Ten in the morning is within the office hours of each place, as neither names a zone of its own.
        said = _run(
            str(tmp_path), "--alert", "CheckoutErrors", "severity=warning", "--at", "2026-06-02T10:00"
        )
        assert "not now" not in said.output, zone
        assert said.output.rstrip().endswith({"Asia/Tokyo": "10:00 JST", "Etc/UTC": "10:00 UTC"}[zone])
        gaps = _run(str(tmp_path), "--gaps").output.splitlines()
        assert "  Mon–Fri: 00:00–09:00, 17:00–24:00" in gaps
        assert gaps[-1].startswith(f"hours in {zone}, ")
    elsewhere = _run(
        str(tmp_path), "--alert", "CheckoutErrors", "--at", "2026-06-02T10:00", "--tz", "Asia/Tokyo"
    ).output
    assert "not now: only in office-hours" in elsewhere
    timeline = _run(str(tmp_path), "a=b", "--at", "2026-06-02T10:00", "--for", "1h").output
    assert timeline.splitlines()[-1] == "times in Etc/UTC"


def test_alerts_with_the_same_answer_share_it(tmp_path: Path) -> None:
    said = _run(*_office(tmp_path), "--all", "--at", "2026-06-02T12:00").output.splitlines()
    assert said[:2] == ['{alertname="One", severity="warning"}', '{alertname="Two", severity="info"}']
    assert [line for line in said if line.startswith("  all:")] == [
        "  all: one group, group_wait 30s, group_interval 5m, repeat_interval 4h"
    ]
