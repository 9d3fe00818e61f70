"""Rule files become a spec that makes the same rules, and reads like what their authors wrote."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.importing.rules.imported import generated, groups, refusals, run, written

from tocsin.checks.framework.collect import CheckOutcome, run_each
from tocsin.checks.target import query, template_function
from tocsin.engines.promtool import check_rules
from tocsin.importing.rules import import_rules, lifts, write
from tocsin.importing.rules.model import ImportedAlert, Split
from tocsin.plan_outputs import PlanOutputs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program

DISK = """\
# Copyright of the shop.
groups:
  # All about disks.
  - name: a
    interval: 30s
    rules:
      # paged since 2023, see INC-77
      - alert: DiskFull
        expr: node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.10 # a tenth
        for: 60m # an hour
        labels: {severity: warning, team: web}
        annotations: {summary: "Disk {{ $labels.device }} is filling", runbook_url: "https://x.example/disk"}
      - alert: DiskGone
        # Not the first key of its rule.
        expr: |
          # is it there?
          absent(node_filesystem_size_bytes)
            or
          up == 0
        labels:
          severity: critical # at night as well
          team: web
        annotations:
          description: |
            Two
              lines: 100 % {{ $value }}
          message: "a: b # c"
# The end.
"""
PLAIN = DISK.replace(', runbook_url: "https://x.example/disk"', "")
SPEC = """\
# Copyright of the shop.
groups:
  # All about disks.
  a:
    title: a
    interval: 30s
    team: web
    alerts:
      # paged since 2023, see INC-77
      DiskFull:
        summary: Disk {{ $labels.device }} is filling
        promql: node_filesystem_avail_bytes / node_filesystem_size_bytes # a tenth
        thresholds:
          warning:
            below: 0.10
            for: 60m # an hour
        runbook:
          url: https://x.example/disk
      DiskGone:
        description: |
          Two
            lines: 100 % {{ $value }}
        # Not the first key of its rule.
        expr: |
          # is it there?
          absent(node_filesystem_size_bytes)
            or
          up == 0
        severity: critical # at night as well
        annotations:
          message: "a: b # c"
# The end.
"""


def _rules(text: str) -> str:
    """A file of one group with these rules."""
    return f"groups:\n  - name: a\n    rules:\n{text}"


def test_a_file_reads_as_its_author_wrote_it() -> None:
    assert written(run(DISK)).replace("'", '"') == SPEC


def test_the_rules_are_the_same_and_in_order() -> None:
    (before,) = yaml.safe_load(DISK)["groups"]
    (after,) = groups(run(DISK))
    assert [rule["alert"] for rule in after["rules"]] == ["DiskFull", "DiskGone"]
    for old, new in zip(before["rules"], after["rules"], strict=True):
        assert (old["labels"], old["annotations"]) == (new["labels"], new["annotations"])


def test_importing_what_was_generated_gives_the_same_spec() -> None:
    first = run(DISK)
    again = run(generated(first)["prometheus/rules/a.yaml"])
    plain = [
        line.partition(" # ")[0] for line in written(first).splitlines() if not line.lstrip().startswith("#")
    ]
    # Comments are not generated; those inside of expressions are.
    plain.insert(plain.index("        expr: |") + 1, "          # is it there?")
    assert yaml.safe_load(written(again)) == yaml.safe_load(written(first))
    assert run(generated(again)["prometheus/rules/a.yaml"]).files[:-1] == again.files[:-1]


def test_the_groups_of_a_file_stay_in_their_order() -> None:
    """Where their names put them into that order by themselves, nothing is written."""
    names = ["nodes", "disks", "memory"]
    text = "groups:\n" + "".join(
        f"  - name: {name}\n    rules: [{{alert: Of{name}, expr: up == {number}}}]\n"
        for number, name in enumerate(names)
    )
    made = run(text)
    assert [group["name"] for group in groups(made)] == names
    assert written(run(generated(made)["prometheus/rules/a.yaml"])) == written(made)
    assert "order" not in written(run(DISK))


def test_without_lifts_each_rule_keeps_its_expression() -> None:
    made = run(PLAIN, lifts=())
    assert "expr: node_filesystem_avail_bytes / node_filesystem_size_bytes < 0.10" in written(made)
    assert "thresholds" not in written(made)


def test_the_project_has_what_the_rules_name() -> None:
    project = yaml.safe_load(written(run(DISK), "project.yaml"))
    assert list(project["severities"]) == ["critical", "warning"]
    assert list(project["teams"]) == ["web"]
    assert project["project"]["defaults"] == {"interval": "none", "rule_order": "written", "links": "none"}
    assert project["routing"]["derive_inhibitions"] is False


def test_what_the_engine_refuses_is_refused_with_its_line_and_the_rest_imported() -> None:
    made = run(DISK, DISK.replace("name: a", "name: b").replace("up == 0", "up == "))
    assert [one.partition(": ")[0] for one in refusals(made)] == ["19"]
    assert [file.path for file in made.files] == ["rules/a.yaml", "project.yaml", "IMPORT.md"]
    assert "b.yaml:19" in written(made, "IMPORT.md")


@pytest.mark.parametrize(
    ("key", "help_"),
    [("namespace: team-a", "write it under `deliver:`"), ("tenantID: shop", "give it to the program")],
)
def test_what_stands_beside_the_groups_is_mentioned(key: str, help_: str) -> None:
    made = run(f"{key}\n{DISK}")
    (said,) = made.diagnostics
    assert said.id == "import/left-out"
    assert str(said.help).startswith(help_)
    assert groups(made)


def test_a_group_without_rules_is_mentioned_by_its_name() -> None:
    (said,) = run(f"{DISK}  # for the mail team\n  - name: mail\n    rules: []\n").diagnostics
    assert (said.id, said.message) == (
        "import/left-out",
        "imported without the group `mail`, which has no rules",
    )


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("annotations", "{{ $labels.job | upper }}", "there is no function `upper`"),
        ("labels", "{{ $labels.job ", "is never closed"),
    ],
)
def test_a_template_that_prometheus_refuses_is_refused_with_its_line(
    key: str, text: str, said: str, promtool: Program, tmp_path: Path
) -> None:
    rule = f"      - alert: A\n        expr: up == 0\n        {key}: {{other: '{text}'}}\n"
    (found,) = refusals(run(_rules(rule)))
    assert found.startswith("6: ")
    assert f"the {key[:-1]} `other` is not a valid template: " in found
    assert said in found
    (tmp_path / "a.yaml").write_text(_rules(rule))
    assert check_rules(promtool, [tmp_path / "a.yaml"]) is not None


def test_numbers_keep_their_digits_and_zero_durations_their_meaning() -> None:
    rule = "      - {alert: A, expr: x > 1.50e3, for: 0s, labels: {severity: warning}}\n"
    text = written(run(_rules(rule)))
    assert "warning: {above: 1.50e3}" in text
    assert "for:" not in text


@pytest.mark.parametrize("number", ["0.90", "1e9", "4e+09", ".80", "80.00", "100.0", "-1.50", "7", "0.5"])
def test_the_spec_makes_numbers_in_the_same_digits(number: str) -> None:
    made = run(_rules(f"      - {{alert: A, expr: x > {number}, labels: {{severity: warning}}}}\n"))
    assert f"warning: {{above: {number}}}" in written(made)
    assert f"expr: x > {number}\n" in generated(made)["prometheus/rules/a.yaml"]
    assert written(run(generated(made)["prometheus/rules/a.yaml"])) == written(made)


def test_long_annotations_are_written_on_several_lines_and_stay_the_same() -> None:
    said = f"The disk of {{{{ $labels.instance }}}} is {'nearly ' * 20}full"
    rule = "      - alert: A\n        expr: up == 0\n        labels: {severity: warning}\n"
    made = run(_rules(f'{rule}        annotations: {{description: "{said}", note: "{said}"}}\n'))
    text = written(made)
    assert "        description: >-\n          The disk of {{ $labels.instance }} is nearly" in text
    assert "          note: >-\n" in text
    assert max(map(len, text.splitlines())) <= 112
    (rule_made,) = groups(made)[0]["rules"]
    assert rule_made["annotations"] == {"description": said, "note": said}
    assert written(run(generated(made)["prometheus/rules/a.yaml"])) == text


def test_a_folded_query_keeps_its_lines() -> None:
    rule = "      - alert: A\n        expr: >-\n          sum(x)\n            / sum(y)\n          > bool 5\n"
    text = written(run(_rules(f"{rule}        labels: {{severity: warning}}\n")))
    assert "        expr: |\n          sum(x)\n            / sum(y)\n          > bool 5\n" in text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("DiskFull", "DiskFul"),
        ("for: 60m", "for: 61m"),
        (" < 0.10", " < 0.1000001"),
        ("severity: critical", "severity: warning"),
        ("message:", "msg:"),
        ("interval: 30s", "interval: 31s"),
        ("lines: 100 %", "lines: 100%"),
        ("absent(", "count("),
        ("team: web", "labels: {shift: night}"),
    ],
)
def test_a_fault_of_the_importer_is_noticed(monkeypatch: pytest.MonkeyPatch, before: str, after: str) -> None:
    whole = write.spec_text

    def faulty(*args: Any, **settings: Any) -> str:
        text = whole(*args, **settings)
        assert before in text
        return text.replace(before, after)

    monkeypatch.setattr(import_rules, "spec_text", faulty)
    made = run(PLAIN, lifts=())
    assert made.files == ()
    assert {one.id for one in made.diagnostics} == {"import/differs"}


@pytest.mark.parametrize(
    "split", [Split("up", "<", "0.10"), Split("a / b", "<", "0.1001"), Split("(", ">", "1")]
)
def test_a_lift_with_a_fault_is_taken_back(monkeypatch: pytest.MonkeyPatch, split: Split) -> None:
    monkeypatch.setattr(lifts, "split_plain", lambda *_: split)
    made = run(PLAIN)
    assert "thresholds" not in written(made)
    assert made.rules.differences == ()
    assert len(groups(made)[0]["rules"]) == 2


@pytest.mark.parametrize("quantity", ["11%", "10", "1%"])
def test_a_unit_with_a_fault_is_taken_back(monkeypatch: pytest.MonkeyPatch, quantity: str) -> None:
    def wrong(alert: ImportedAlert, *_: object) -> ImportedAlert:
        rules = [
            rule if rule.split is None else replace(rule, split=replace(rule.split, quantity=quantity))
            for rule in alert.rules
        ]
        return replace(alert, unit="ratio", rules=tuple(rules))

    monkeypatch.setattr(lifts, "say_unit", wrong)
    made = run(DISK)
    assert "unit" not in written(made)
    assert "below: 0.10" in written(made)
    assert groups(made)[0]["rules"][0]["expr"].endswith("< 0.10")


MIXED = """\
groups:
  - name: a
    limit: 50
    query_offset: 30s
    partial_response_strategy: warn
    rules:
      - {record: "a:first", expr: sum(x), labels: {from: here}}
      - {alert: High, expr: "a:first > 0.10", labels: {severity: warning}}
      - {record: "a:second", expr: sum(y)}
      - {alert: Low, expr: "a:second < 1", labels: {severity: critical}}
"""


def _without(line: str) -> Callable[[str], str]:
    return lambda text: "\n".join(one for one in text.split("\n") if line not in one)


def _swapped(text: str) -> str:
    head, high, low = text.partition("      High:")[0], *text.split("      High:")[1].split("      Low:")
    return f"{head}      Low:{low}      High:{high}"


@pytest.mark.parametrize(
    "fault",
    [
        _without("limit:"),
        _without("query_offset:"),
        _without("partial_response_strategy:"),
        _without("after:"),
        _without("from: here"),
        _swapped,
        lambda text: text.replace("limit: 50", "limit: 51"),
        lambda text: text.replace("0.10", "0.1000001"),
        lambda text: text.replace("a:second", "a:third", 1),
        lambda text: text.replace("severity: warning", "severity: none"),
    ],
)
def test_a_lost_option_and_another_order_are_noticed(
    monkeypatch: pytest.MonkeyPatch, fault: Callable[[str], str]
) -> None:
    whole = write.spec_text

    def faulty(*args: Any, **settings: Any) -> str:
        text = whole(*args, **settings)
        assert fault(text) != text
        return fault(text)

    assert run(MIXED, lifts=()).rules.differences == ()
    monkeypatch.setattr(import_rules, "spec_text", faulty)
    made = run(MIXED, lifts=())
    assert made.files == ()
    # What an emptied key leaves behind is no spec.
    assert {one.id for one in made.diagnostics} <= {"import/differs", "import/refused"}


def test_comments_behind_the_first_key_of_an_item_stay() -> None:
    text = """\
groups:
  - name: g # of the group
    rules:
      - alert: A # of the alert
        expr: up == 0
      - expr: up == 1 # of the expression
        alert: B
      - record: r # of the recording
        expr: sum(up)
      - alert: C # at first
        expr: x > 1
        labels: {severity: warning}
      - alert: C # at last
        expr: x > 2
        labels: {severity: critical}
"""
    lines = written(run(text)).splitlines()
    assert [line.strip() for line in lines if "#" in line] == [
        "g: # of the group",
        "- record: r # of the recording",
        "A: # of the alert",
        "promql: up # of the expression",
        "C: # at first",
        "critical: {above: 2} # at last",
    ]


def test_a_group_of_recordings_has_no_alerts() -> None:
    made = run("groups: [{name: a, rules: [{record: 'a:b', expr: sum(x)}]}]\n")
    assert "alerts" not in written(made)
    assert groups(made)[0]["rules"] == [{"record": "a:b", "expr": "sum(x)"}]


NEWER = """\
groups:
  - name: a
    rules:
      - alert: A
        expr: limitk(1, x) > 5
        labels: {severity: critical}
        annotations: {summary: '{{ urlQueryEscape "a b" }}'}
"""


def test_the_spec_is_for_a_prometheus_that_takes_the_rules() -> None:
    made = run(NEWER)
    assert made.spec is not None
    project = yaml.safe_load(written(made, "project.yaml"))["project"]
    assert project["targets"] == {"prometheus": "3.8", "features": ["promql-experimental-functions"]}
    plan = made.spec.plan
    assert run_each([query, template_function], plan, PlanOutputs(plan)) == [CheckOutcome((), None)] * 2


def test_a_comment_tells_no_secret() -> None:
    text = NEWER.replace("- name: a", "- name: a # the password is hunter2trustno1")
    assert "# the password is <hidden>" in written(run(text))


def test_an_empty_annotation_stays() -> None:
    text = NEWER.replace("annotations: {summary:", "annotations: {description: '', summary:")
    made = run(text)
    assert refusals(made) == []
    assert groups(made)[0]["rules"][0]["annotations"]["description"] == ""
