"""`for_each`: an alert for each label set, with what differs in one; mistakes are found where they stand."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Alert, Plan

SPEC = """\
project: {name: p, title: P, urls: {runbooks: "https://r.example", grafana: "https://g.example"}}
severities: {critical: {rank: 1, title: C}, warning: {rank: 2, title: W}}
teams: {web: {title: Web, receiver: all}, db: {title: DB, receiver: db}}
receivers: {all: {webhook: [{url: "http://a.example"}]}, db: {webhook: [{url: "http://d.example"}]}}
routing:
  catch_all: all
  tests:
    - {alert: Backlog, labels: {service: mail-out}, severity: critical, receivers: [db]}
groups:
  queues:
    title: Queues
    team: web
    alerts:
      Before:
        summary: s
        description: d
        expr: absent(queue_length)
        severity: critical
        related: [Backlog]
      Down:
        summary: ${service} is down
        description: d
        expr: up{service="${service}"} == 0
        severity: critical
        for_each:
          - labels: {service: checkout}
          - labels: {service: mail-out}
      Backlog:
        summary: Jobs of ${service} pile up
        description: "{{ $value }} in {{ $labels.queue }}"
        promql: |
          sum by (queue) (
            queue_length{service="${service}"}
          )
        thresholds:
          critical: {above: 100, for: 5m}
          warning: {above: 10, for: 15m}
        depends_on: [{alert: Down, equal: []}]
        labels: {tier: back}
        runbook: {diagnosis: [{command: {language: bash, code: "kubectl logs -l app=${service}"}}]}
        tests:
          - series: {'queue_length{service="${service}", queue="q"}': 1000x20}
        for_each:
          - labels: {service: checkout}
          - labels: {service: search}
            name: SearchBacklog
            runbook: {impact: [Nobody finds anything.]}
          - labels: {service: mail-out}
            team: db
            thresholds: {critical: {above: 500}}
slos:
  jobs:
    title: Jobs
    objective: 99%
    window: 30d
    ratio: {good: "sum(increase(good[30d]))", total: "sum(increase(jobs[30d]))"}
    alerts: [Backlog]
"""


@pytest.fixture(scope="module")
def plan(plan_of: Callable[[str], Plan]) -> Plan:
    return plan_of(SPEC)


def _alert(plan: Plan, name: str) -> Alert:
    return next(alert for group in plan.groups for alert in group.alerts if alert.name == name)


def _run(*arguments: str) -> str:
    result = CliRunner().invoke(main, arguments)
    assert "Traceback" not in result.output
    return result.output


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    folder.mkdir()
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    return folder


def test_each_member_is_an_alert_with_its_labels_where_the_alert_stood(plan: Plan) -> None:
    (group,) = plan.groups
    assert [alert.name for alert in group.alerts] == [
        *("Before", "DownCheckout", "DownMailOut", "BacklogCheckout", "SearchBacklog", "BacklogMailOut"),
    ]
    search = _alert(plan, "SearchBacklog")
    assert search.summary == "Jobs of search pile up"
    assert search.rules[0].expr == 'sum by (queue) (\n  queue_length{service="search"}\n) > 100'
    assert search.rules[0].labels == {
        **{"severity": "critical", "team": "web", "tier": "back", "service": "search"},
    }
    assert search.cases[0].series == {'queue_length{service="search", queue="q"}': "1000x20"}


def test_what_one_member_has_of_its_own_replaces_only_that(plan: Plan) -> None:
    mail, checkout = _alert(plan, "BacklogMailOut"), _alert(plan, "BacklogCheckout")
    assert [(rule.threshold, rule.for_) for rule in mail.rules] == [(500, "5m"), (10, "15m")]
    assert [(rule.threshold, rule.for_) for rule in checkout.rules] == [(100, "5m"), (10, "15m")]
    assert ([one.receiver for one in mail.told], mail.team) == (["db", "db"], "db")
    assert mail.runbook.diagnosis == checkout.runbook.diagnosis


def test_references_lead_to_the_member_with_the_same_labels_or_to_all(plan: Plan) -> None:
    assert [one.alert for one in _alert(plan, "BacklogMailOut").depends_on] == ["DownMailOut"]
    assert _alert(plan, "SearchBacklog").depends_on == ()
    every = ("BacklogCheckout", "SearchBacklog", "BacklogMailOut")
    assert _alert(plan, "Before").related == every
    assert plan.slos[0].alerts == every
    assert plan.routing_cases[0].labels["alertname"] == "BacklogMailOut"


def test_members_share_a_page_but_for_one_with_a_runbook_of_its_own(spec: Path, tmp_path: Path) -> None:
    said = _run("generate", str(spec), "--output", str(tmp_path / "out"))
    assert "added" in said, said
    runbooks = tmp_path / "out" / "runbooks"
    assert sorted(file.name for file in runbooks.iterdir()) == [
        *(
            "Backlog.md",
            "Before.md",
            "Down.md",
            "README.md",
            "SearchBacklog.md",
            "all.md",
            "routing.md",
            "slos.md",
        ),
    ]
    page = (runbooks / "Backlog.md").read_text(encoding="utf-8")
    assert page.startswith("# Backlog\n")
    assert "> Jobs of ${service} pile up" in page
    rows = [line.split("|")[1:-1] for line in page.splitlines() if "service=" in line and line[0] == "|"]
    assert [(row[0].split("]")[0].strip(" ["), row[2].strip()) for row in rows] == [
        ("BacklogCheckout", "above **100** for 5m"),
        ("BacklogCheckout", "above **10** for 15m"),
        ("BacklogMailOut", "above **500** for 5m"),
        ("BacklogMailOut", "above **10** for 15m"),
    ]
    assert "kubectl logs -l app=${service}" in page, "the page is for all members"
    own = (runbooks / "SearchBacklog.md").read_text(encoding="utf-8")
    assert "Jobs of search pile up" in own
    assert "Nobody finds anything." in own
    index = (runbooks / "README.md").read_text(encoding="utf-8")
    assert "[BacklogMailOut](Backlog.md)" in index


def test_promtool_passes_the_tests_of_each_member(spec: Path, tmp_path: Path, promtool: Program) -> None:
    _run("generate", str(spec), "--output", str(tmp_path / "out"))
    done = promtool.run(["test", "rules", str(tmp_path / "out/prometheus/tests/queues.test.yaml")])
    assert done.returncode == 0, done.stdout + done.stderr
    text = (tmp_path / "out/prometheus/tests/queues.test.yaml").read_text(encoding="utf-8")
    assert all(name in text for name in ("BacklogCheckout", "SearchBacklog", "BacklogMailOut"))


def test_one_name_explains_and_routes_all_members(spec: Path) -> None:
    said = _run("explain", "Down", str(spec))
    assert [line for line in said.splitlines() if line.startswith("Down")] == ["DownCheckout", "DownMailOut"]
    said = _run("route", str(spec), "--alert", "Down", "--at", "2026-06-01T12:00")
    assert 'alertname="DownCheckout"' in said
    assert 'alertname="DownMailOut"' in said


@pytest.mark.parametrize(
    ("old", "new", "id_", "at", "message", "note"),
    [
        # About all members: once, by the name that the author wrote.
        (
            "$labels.queue }}",
            "$labels.queu }}",
            "label/dropped",
            (30, 42),
            "the description uses `$labels.queu`",
            "so it is for each of the 3 members of `Backlog`",
        ),
        # About some of them.
        (
            "critical: {above: 100,",
            "critical: {above: 100 m/s,",
            "spec/quantity",
            (36, 29),
            "not a quantity",
            "for the labels of `BacklogCheckout` and `SearchBacklog`",
        ),
        # Where the item itself has the mistake.
        ("team: db\n", "team: dbb\n", "reference/team", (49, 19), "no team `dbb`", ""),
        ("above: 500", "above: 500 m", "spec/quantity", (50, 44), "`500 m` is a duration", ""),
        ("of ${service} pile", "of ${servce} pile", "spec/placeholder", (29, 26), "`${servce}`", ""),
        ("name: SearchBacklog", "name: Before", "spec/defined-twice", (46, 19), "called `Before`", ""),
        ("name: SearchBacklog", "name: Search Backlog", "spec/name", (46, 19), "not a valid alert name", ""),
        (
            "name: SearchBacklog",
            "for_each: [{labels: {a: b}}]",
            "spec/unknown-key",
            (46, 13),
            "`for_each`",
            "",
        ),
        (
            "        labels: {tier: back}",
            "        .member: {family: x}",
            "spec/unknown-key",
            (39, 9),
            ".member",
            "",
        ),
        ("{service: search}", "{service: [search]}", "spec/wrong-type", (45, 22), "string", ""),
        ("- labels: {service: search}", "- labels: {}", "spec/empty-value", (45, 13), "may not be empty", ""),
        (
            'up{service="${service}"}',
            'up{service="${service}"',
            "spec/promql",
            (23, 17),
            "never closed",
            "",
        ),
    ],
)
def test_a_mistake_is_one_finding_where_it_is_written(
    spec: Path, old: str, new: str, id_: str, at: tuple[int, int], message: str, note: str
) -> None:
    assert SPEC.count(old) == 1
    (spec / "spec.yaml").write_text(SPEC.replace(old, new), encoding="utf-8")
    said = _run("check", str(spec), "--format", "json")
    findings = [one for one in json.loads(said) if one["level"] == "error"]
    assert [one["check"] for one in findings] == [id_], said
    (one,) = findings
    assert (one["line"], one["column"]) == at, one
    assert message in one["message"]
    assert note in [*(other["message"] for other in one.get("related", ())), ""]
