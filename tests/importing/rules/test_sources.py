"""Rule files in resources, ConfigMaps, values of charts, and several documents of one file."""

from __future__ import annotations

import textwrap

import pytest
import yaml
from tests.importing.rules.imported import generated, refusals, run, written

RULES = """\
groups:
  # About disks.
  - name: disk
    rules:
      - alert: DiskFull
        expr: avail < 0.1
        labels: {severity: warning}
  - name: net
    rules:
      - alert: NetDown
        expr: net == 0
        labels: {severity: critical}
"""


def _inside(head: str, columns: int) -> str:
    return head + textwrap.indent(RULES, " " * columns)


@pytest.mark.parametrize(
    "text",
    [
        _inside(
            "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: r}\nspec:\n", 2
        ),
        _inside("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: r}\ndata:\n  disk.yaml: |\n", 4),
        _inside("image: {}\nadditionalPrometheusRulesMap:\n  mine:\n", 4),
        _inside("serverFiles:\n  alerting_rules.yml:\n", 4),
        _inside(
            "apiVersion: v1\nkind: List\nitems:\n- apiVersion: monitoring.coreos.com/v1\n"
            "  kind: PrometheusRule\n  spec:\n",
            4,
        ),
    ],
)
def test_rules_inside_of_something_else(text: str) -> None:
    made = run(text)
    assert refusals(made) == []
    groups = yaml.safe_load(generated(made)["prometheus/rules/a.yaml"])["groups"]
    assert [group["name"] for group in groups] == ["disk", "net"]
    assert "# About disks." in written(made)


def test_each_part_of_a_stream_is_a_file_of_its_own() -> None:
    kind = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n"
    one = f"# Source: chart/rules.yaml\n{kind}metadata: {{name: %s}}\nspec:\n"
    text = _inside(one % "first", 2) + "---\n" + _inside(one % "second", 2)
    made = run(text.replace("name: net", "name: net2", 1))
    assert sorted(generated(made)) == ["prometheus/rules/a/first.yaml", "prometheus/rules/a/second.yaml"]
    assert written(made, "rules/a/second.yaml").startswith("# Source: chart/rules.yaml\n")
    assert "DiskFull@disk-2:" in written(made, "rules/a/second.yaml")


def test_files_of_one_name_and_groups_and_alerts_of_one_name() -> None:
    made = run(RULES, RULES)
    assert len(generated(made)) == 2
    before = yaml.safe_load(RULES)["groups"]
    for text in generated(made).values():
        assert [group["name"] for group in yaml.safe_load(text)["groups"]] == [one["name"] for one in before]


@pytest.mark.parametrize("name", ["Job is down", "Bloat(>80%)", "🔥", "9lives", "nul", "a/b", "index"])
def test_names_that_are_no_identifiers(name: str) -> None:
    made = run(RULES.replace("DiskFull", f'"{name}"').replace("name: disk", f'name: "{name}"'))
    (group, _) = yaml.safe_load(generated(made)["prometheus/rules/a.yaml"])["groups"]
    assert (group["name"], group["rules"][0]["alert"]) == (name, name)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{severity: warning}", "{}"),
        ("{severity: warning}", "{severity: none}"),
        ("{severity: warning}", '{severity: "{{ $labels.level }}"}'),
        ("{severity: warning}", "{severity: P1 - now}"),
        ("{severity: warning}", '{severity: warning, team: "{{ $labels.team }}"}'),
        ("{severity: warning}", "{severity: warning, yes: on, number: 007}"),
        ("name: disk\n", "name: disk\n    labels: {severity: critical, tier: '1'}\n"),
        ("name: disk\n", "name: disk\n    limit: 5\n    query_offset: 30s\n    interval: 15s\n"),
        ("name: disk\n", "name: disk\n    partial_response_strategy: warn\n"),
        ("name: disk\n", "name: disk\n    source_tenants: [a, b]\n"),
        ("expr: avail < 0.1", "expr: avail < 0.1\n        for: 0m\n        keep_firing_for: 1h"),
        (
            "expr: avail < 0.1",
            'expr: avail < 0.1\n        annotations: {dashboard_url: "x", runbook_url: ""}',
        ),
        ("alert: DiskFull\n        expr: avail < 0.1", "record: a:b\n        expr: sum(avail)"),
    ],
)
def test_what_rules_of_teams_have(before: str, after: str) -> None:
    assert before in RULES
    made = run(RULES.replace(before, after))
    assert refusals(made) == []
    assert made.rules.differences == ()
    assert generated(made)


def test_rules_for_loki() -> None:
    text = RULES.replace("avail < 0.1", '\'sum(count_over_time({app="web"} |= "x" [5m])) > 10\'')
    made = run(text.replace("net == 0", "'absent_over_time({app=\"web\"}[5m])'"))
    assert list(generated(made)) == ["loki/rules/fake/a.yaml"]


def test_a_key_that_no_spec_holds_is_refused_with_its_line() -> None:
    made = run(RULES.replace("expr: avail < 0.1", "expr: avail < 0.1\n        debug: true"))
    assert refusals(made) == ["7: `a.yaml` is not imported: a spec holds no `debug` of a rule"]
    assert made.files == ()


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("labels: {severity: warning}", 'labels: {"a-b": x}', "a spec holds no label called `a-b`"),
        ("alert: DiskFull", "record: 5", "a spec holds no recording called `5`"),
    ],
)
def test_names_that_prometheus_takes_and_no_spec_holds(key: str, value: str, says: str) -> None:
    (refusal,) = refusals(run(RULES.replace(key, value)))
    assert says in refusal
    assert "valid" not in refusal


def test_a_key_beside_the_groups_that_prometheus_refuses() -> None:
    (refusal,) = refusals(run(f"x-sum: 1\n{RULES}"))
    assert (
        refusal == "1: `a.yaml` is not imported: Prometheus refuses a rule file with `x-sum` beside `groups`"
    )


@pytest.mark.parametrize(("first", "line"), [(RULES, 14), ("---\n# Nothing.\n", 4)])
def test_later_documents_of_a_rule_file_are_never_loaded(first: str, line: int) -> None:
    made = run(f"{first}---\n{RULES.replace('disk', 'disk2').replace('net', 'net2')}")
    wrong = f"{line}: `document 2 of a.yaml` is not imported: Prometheus loads only the first document"
    assert refusals(made) == [f"{wrong} of a rule file"]
    assert [file.path for file in made.rules.files] == (["rules/a.yaml"] if first is RULES else [])


def test_documents_with_namespaces_are_all_loaded_by_mimir() -> None:
    first, second = (f"namespace: {name}\n{RULES.replace('name: ', f'name: {name}-')}" for name in "ab")
    made = run(f"{first}---\n{second}")
    assert refusals(made) == []
    assert len(generated(made)) == 2


def test_the_report_calls_alerts_as_their_files_do() -> None:
    rule = "      - {alert: Job is down, expr: a and b, labels: {severity: warning}}\n"
    text = f"groups:\n  - name: one\n    rules:\n{rule}  - name: two\n    rules:\n{rule}"
    report = written(run(text), "IMPORT.md")
    assert "- `Job is down` (a.yaml:4)\n- `Job is down` (a.yaml:7)" in report
    assert "Job-is-down" not in report
