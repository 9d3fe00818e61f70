"""What an import writes shorter than it was, and where it leaves things alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.importing.rules.imported import generated, groups, run, written

from tocsin.importing.report import lifted
from tocsin.importing.rules import kept_lifts, lifts
from tocsin.importing.rules.lifts import ALL_LIFTS, LIFTS
from tocsin.importing.rules.model import Split
from tocsin.importing.sourced import Sourced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.importing.rules.rule_file import RuleFile

SEVERAL = """\
groups:
  - name: a
    rules:
      # paged since 2023, see INC-77
      - alert: DiskFull
        expr: avail / size < 0.10
        for: 60m
        labels: {severity: warning}
        annotations: {summary: "Disk {{ $labels.device }} is filling"}
      # At night as well.
      - alert: DiskFull
        expr: |
          avail
            / size < 0.050
        for: 60m # an hour
        labels: {severity: critical}
        annotations: {summary: "Disk {{ $labels.device }} is filling"}
"""


def _alerts(*texts: str, lifts: tuple[str, ...] = tuple(LIFTS)) -> dict[str, Any]:
    group: dict[str, Any] = yaml.safe_load(written(run(*texts, lifts=lifts)))["groups"]["a"]
    return group


def test_severities_of_one_query_are_one_alert_in_their_order() -> None:
    text = written(run(SEVERAL))
    assert (
        """\
      # paged since 2023, see INC-77
      DiskFull:
        summary: Disk {{ $labels.device }} is filling
        promql: avail / size
        thresholds:
          warning: {below: 0.10, for: 60m}
          # At night as well.
          critical:
            below: 0.050
            for: 60m # an hour
"""
        in text
    )
    (group,) = groups(run(SEVERAL))
    assert [rule["labels"]["severity"] for rule in group["rules"]] == ["warning", "critical"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/ size < 0.050", "/ free < 0.050"),
        (
            "for: 60m # an hour\n        labels: {severity: critical}",
            "labels: {severity: warning, shift: night}",
        ),
        (
            "{severity: critical}\n        annotations: {summary: ",
            "{severity: critical}\n        annotations: {text: ",
        ),
        ("{severity: critical}", "{severity: critical, shift: night}"),
        ("      # At night", "      - {alert: Between, expr: up == 0}\n      # At night"),
    ],
)
def test_rules_that_differ_in_more_keep_their_conditions(before: str, after: str) -> None:
    assert before in SEVERAL
    text = SEVERAL.replace(before, after)
    old = yaml.safe_load(text)["groups"][0]["rules"]
    (new,) = groups(run(text))
    assert [(rule["alert"], rule.get("labels"), rule.get("annotations")) for rule in new["rules"]] == [
        (rule["alert"], rule.get("labels"), rule.get("annotations")) for rule in old
    ]
    made = yaml.safe_load(written(run(text)))["groups"]["a"]["alerts"].values()
    conditions = [one for alert in made for one in alert.get("rules", [alert])]
    assert all(len(one["thresholds"]) == 1 for one in conditions if "promql" in one)
    assert sum("promql" in one for one in conditions) >= 2


BURN = """\
groups:
  - name: a
    rules:
      - alert: Burn
        expr: sum(rate1h) > 0.10 and sum(rate5m) > 0.10
        for: 2m
        labels: {severity: critical, long: 1h}
      # slow
      - alert: Burn
        expr: sum(rate6h) > 0.050 # of six hours
        for: 15m # a quarter
        labels: {severity: critical, long: 6h}
      - {alert: Burn, expr: sum(rate3d) > 0.03, labels: {long: 3d}}
"""


def test_each_of_several_rules_has_its_threshold_apart() -> None:
    made = run(BURN)
    assert made.rules.differences == ()
    assert """\
        rules:
          - severity: critical
            expr: sum(rate1h) > 0.10 and sum(rate5m) > 0.10
            for: 2m
            labels:
              long: 1h
          # slow
          - promql: sum(rate6h) # of six hours
            thresholds:
              critical:
                above: 0.050
                for: 15m # a quarter
            labels:
              long: 6h
          - promql: sum(rate3d)
            thresholds:
              none: {above: 0.03}
""" in written(made)
    whole = written(run(BURN, lifts=()))
    assert "thresholds" not in whole
    assert groups(run(BURN, lifts=())) == groups(made)


def test_several_rules_have_a_unit_where_all_are_in_it() -> None:
    text = BURN.replace(" and sum(rate5m) > 0.10", "").replace(
        "labels: {", "annotations: {s: WAS}, labels: {"
    )
    text = text.replace("        annotations: {s: WAS}, ", "        annotations: {s: WAS}\n        ")
    text = text.replace("WAS", "'{{ $value | humanizePercentage }}'")
    alert = _alerts(text)["alerts"]["Burn"]
    assert alert["unit"] == "ratio"
    limits = [one["above"] for rule in alert["rules"] for one in rule["thresholds"].values()]
    assert limits == ["10%", "5%", "3%"]


@pytest.mark.parametrize(
    "split", [Split("sum(rate6h)", ">", "0.051"), Split("sum(rate3d)", ">", "0.03"), Split("up", "<", "1")]
)
def test_a_fault_in_the_threshold_of_one_of_several_rules_is_taken_back(
    monkeypatch: pytest.MonkeyPatch, split: Split
) -> None:
    monkeypatch.setattr(lifts, "split_plain", lambda *_: split)
    made = run(BURN)
    assert made.rules.differences == ()
    assert "thresholds" not in written(made)
    assert len(groups(made)[0]["rules"]) == 3


@pytest.mark.parametrize("severity", [None, "none", "'{{ $value }}'", "very bad"])
def test_a_threshold_stands_apart_without_a_severity(severity: str | None) -> None:
    label = "" if severity is None else f", labels: {{severity: {severity}}}"
    made = run(f"groups: [{{name: a, rules: [{{alert: A, expr: up == 0{label}}}]}}]\n")
    assert made.rules.differences == ()
    assert yaml.safe_load(written(made))["groups"]["a"]["alerts"]["A"]["thresholds"] == {
        "none": {"equals": 0}
    }


def test_a_severity_that_is_a_label_stands_first_as_it_is_generated() -> None:
    made = run("groups: [{name: a, rules: [{alert: A, expr: up == 0, labels: {b: c, severity: none}}]}]\n")
    assert list(yaml.safe_load(written(made))["groups"]["a"]["alerts"]["A"]["labels"]) == ["severity", "b"]
    assert list(groups(made)[0]["rules"][0]["labels"]) == ["severity", "b"]


def test_a_team_that_is_a_template_keeps_no_lift_away() -> None:
    rule = "{{alert: {0}, expr: up == 0, labels: {{team: '{{{{ $labels.team }}}}', part: disk}}}}"
    group = _alerts(f"groups: [{{name: a, rules: [{rule.format('A')}, {rule.format('B')}]}}]\n")
    assert group["labels"] == {"part": "disk"}
    assert group["alerts"]["A"]["promql"] == "up"


@pytest.mark.parametrize(
    "expr",
    [
        "x > bool 5",
        "x > 5 and y",
        "5 < x",
        "x > 5 * 60",
        "x > y",
        "x > 5 # five",
        "absent(x)",
        "x == NaN",
        "x > 0x10",
        "(x > 5)",
    ],
)
def test_a_condition_without_a_number_at_its_end_stays(expr: str) -> None:
    rule = f"      - alert: A\n        expr: |\n          {expr}\n        labels: {{severity: warning}}\n"
    alert = _alerts(f"groups:\n  - name: a\n    rules:\n{rule}")["alerts"]["A"]
    assert alert["expr"].strip() == expr


@pytest.mark.parametrize("sign", [">", ">=", "<", "<=", "==", "!="])
@pytest.mark.parametrize("number", ["5", "0.10", "-1", ".5", "1e9"])
@pytest.mark.parametrize("query", ["x", "a or b", "sum by (job) (x)"])
def test_thresholds_keep_their_meaning(sign: str, number: str, query: str) -> None:
    expr = f"({query}) {sign} {number}"
    text = f'groups: [{{name: a, rules: [{{alert: A, expr: "{expr}", labels: {{severity: warning}}}}]}}]\n'
    made = run(text)
    assert made.rules.differences == ()
    assert number in written(made)
    assert yaml.safe_load(written(made))["groups"]["a"]["alerts"]["A"].get("promql") == query


def test_labels_team_and_severity_of_all_rules() -> None:
    rule = "{{alert: {0}, expr: up == 0, labels: {{severity: warning, team: web, part: disk, own: {0}}}}}"
    text = f"groups: [{{name: a, rules: [{rule.format('A')}, {rule.format('B')}]}}]\n"
    group = _alerts(text)
    assert (group["team"], group["labels"]) == ("web", {"part": "disk"})
    assert group["alerts"]["A"]["labels"] == {"own": "A"}


def test_only_the_lifts_that_are_asked_for() -> None:
    assert "rules" in _alerts(SEVERAL, lifts=("thresholds", "labels"))["alerts"]["DiskFull"]
    assert "thresholds" in _alerts(SEVERAL, lifts=("severities",))["alerts"]["DiskFull"]


def _one(expr: str, summary: str, more: str = "") -> str:
    return (
        "groups:\n  - name: a\n    rules:\n"
        f"      - alert: A\n        expr: {expr}\n        labels: {{severity: warning}}\n"
        f"        annotations: {{summary: '{summary}'}}\n{more}"
    )


@pytest.mark.parametrize(
    ("limit", "summary", "unit", "threshold"),
    [
        ("0.90", "{{ $value | humanizePercentage }} is used", "ratio", "90%"),
        ("0.8", "At {{ humanizePercentage $value }}", "ratio", "80%"),
        ("90", "{{ $value }}% is used", "percent", "90%"),
        ("85.50", 'At {{ printf "%.1f" $value }} %', "percent", "85.5%"),
        ("3600", "For {{ $value | humanizeDuration }}", "seconds", "1h"),
        ("2.50", "For {{ $value | humanizeDuration }}", "seconds", "2.50"),
        ("10737418240", "{{ $value | humanize1024 }}B", "bytes", "10GiB"),
        ("86400 * 7", "Old", "seconds", "7d"),
        ("(60 * 60 * 24)", "Old", "seconds", "1d"),
        ("604800", "Old", "seconds", "7d"),
        ("5368709120", "Large", "bytes", "5GiB"),
        ("5 * 60", "For {{ $value | humanizeDuration }}", "seconds", "5m"),
        ("10 * 1024 * 1024", "Large", "bytes", "10MiB"),
    ],
)
def test_a_threshold_in_its_unit(limit: str, summary: str, unit: str, threshold: str) -> None:
    made = run(_one(f"x / y > {limit}", summary))
    assert f"unit: {unit}\n" in written(made)
    assert f"warning: {{above: {threshold}}}" in written(made)
    assert written(run(generated(made)["prometheus/rules/a.yaml"])) == written(made)


@pytest.mark.parametrize(
    ("limit", "summary"),
    [
        ("0.90", "{{ $value }}% is used"),  # a ratio, printed wrongly
        ("90", "{{ $value | humanizePercentage }} is used"),
        ("0.90", "{{ $value }} is used"),
        ("90", "{{ $value }}% of {{ $value | humanizeDuration }}"),
        ("90", "100% wrong, {{ $value }} times"),
        ("5 * 60", "{{ $value }} in five minutes"),
        ("3600 * 2", "{{ $value }} in two hours"),
        ("86400 * 1000", "A day in milliseconds"),
        ("1.5 * 1024", "{{ $value }}"),
    ],
)
def test_no_unit_where_none_is_told(limit: str, summary: str) -> None:
    made = run(_one(f"x > {limit}", summary))
    assert "unit:" not in written(made)
    assert ("thresholds" in written(made)) == ("*" not in limit)


@pytest.mark.parametrize(
    ("query", "limit", "threshold"),
    [
        ("time() - done_timestamp_seconds", "2 * 3600", "2h"),
        ("max by (job) (age_seconds)", "300", "5m"),
        ("rate(age_seconds[5m])", "300", None),
        ("free_bytes", "1024 * 64", "64KiB"),
        ("free_bytes / count(x)", "65536", None),
    ],
)
def test_the_query_tells_the_unit_of_smaller_numbers(query: str, limit: str, threshold: str | None) -> None:
    text = written(run(_one(f"{query} > {limit}", "A")))
    assert ("unit:" in text) is (threshold is not None)
    assert threshold is None or f"above: {threshold}" in text


def test_severities_of_one_query_in_their_unit() -> None:
    second = (
        "      - alert: A\n        expr: x > 86400 * 7\n        labels: {severity: critical}\n"
        "        annotations: {summary: Old}\n"
    )
    made = run(_one("x > 86400 * 3", "Old", second))
    assert "unit: seconds" in written(made)
    assert "warning: {above: 3d}\n          critical: {above: 7d}" in written(made)
    assert "unit" not in written(
        run(_one("x > 86400 * 3", "Old", second), lifts=("thresholds", "severities"))
    )


COMMON = """\
groups:
  - name: {name}
    rules:
      - {{record: "{name}:up", expr: sum(up), labels: {{cluster: c1, zone: {zone}}}}}
      - {{alert: {name}Down, expr: up == 0, labels: {{cluster: c1, zone: {zone}, severity: warning}}}}
      - {{alert: {name}Gone, expr: absent(up), labels: {{cluster: c1, zone: {zone}, severity: warning}}}}
"""


def test_labels_of_all_rules_of_all_files_are_the_projects() -> None:
    made = run(COMMON.format(name="a", zone="z1"), COMMON.format(name="b", zone="z2"), lifts=ALL_LIFTS)
    project = yaml.safe_load(written(made, "project.yaml"))["project"]
    assert project["labels"] == {"cluster": "c1"}
    assert "cluster" not in written(made) + written(made, "rules/b.yaml")
    assert yaml.safe_load(written(made))["groups"]["a"]["labels"] == {"zone": "z1"}
    assert "1 label of all rules" in "".join(lifted(made.rules))
    for group in groups(made):
        whole = [{**group.get("labels", {}), **rule.get("labels", {})} for rule in group["rules"]]
        assert [one["cluster"] for one in whole] == ["c1"] * 3
    assert written(run(*generated(made).values(), lifts=ALL_LIFTS)) == written(made)


@pytest.mark.parametrize(
    ("before", "after", "lifts"),
    [
        ("cluster: c1, zone: z2}", "zone: z2}", ALL_LIFTS),
        ("sum(up), labels: {cluster: c1", "sum(up), labels: {cluster: c2", ALL_LIFTS),
        ("name: b", "name: b", tuple(LIFTS)),
    ],
)
def test_labels_of_some_rules_stay(before: str, after: str, lifts: tuple[str, ...]) -> None:
    other = COMMON.format(name="b", zone="z2")
    made = run(COMMON.format(name="a", zone="z1"), other.replace(before, after, 1), lifts=lifts)
    assert ("labels" in yaml.safe_load(written(made, "project.yaml"))["project"]) is False


def test_a_wrong_label_of_the_project_is_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def wrong(files: Sequence[RuleFile]) -> list[RuleFile]:
        return [replace(one, project_labels={"extra": Sourced("c2", None, one.source.node)}) for one in files]

    monkeypatch.setattr(kept_lifts, "share_with_project", wrong)
    made = run(COMMON.format(name="a", zone="z1"), COMMON.format(name="b", zone="z2"), lifts=ALL_LIFTS)
    assert "labels" not in yaml.safe_load(written(made, "project.yaml"))["project"]
    assert yaml.safe_load(written(made))["groups"]["a"]["labels"] == {"cluster": "c1", "zone": "z1"}


def test_what_is_taken_back_of_an_alert_leaves_its_threshold() -> None:
    """An address that no spec takes keeps neither the query nor the severities together."""
    text = SEVERAL.replace("annotations: {", 'annotations: {runbook_url: "docs/run book.md", ')
    assert text.count("run book") == 2
    made = written(run(text))
    assert "warning: {below: 0.10, for: 60m}" in made
    assert "runbook_url: docs/run book.md" in made
