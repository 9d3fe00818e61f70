"""`tocsin diff` on specs, revisions of git, and plain files."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner
from tests.conftest import SPECS

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = """
receivers: [{name: all}, {name: db}]
route: {receiver: all, routes: [{match: {team: db}, receiver: db}]}
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a spec, committed, as the working directory."""
    (tmp_path / "spec").mkdir()
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8")
    (tmp_path / "spec" / "shop.yaml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for arguments in (
        ["init", "-q", "-b", "main"],
        ["add", "."],
        ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "a"],
    ):
        subprocess.run(["git", *arguments], check=True, capture_output=True, timeout=30)
    return tmp_path


def test_a_revision_is_compared_with_the_folder(repository: Path) -> None:
    run = CliRunner().invoke
    assert run(main, ["diff", "main"]).exit_code == 0
    spec = repository / "spec" / "shop.yaml"
    text = spec.read_text(encoding="utf-8")
    spec.write_text(text.replace("repeat_interval: 30m", "repeat_interval: 2h"), encoding="utf-8")
    result = run(main, ["diff", "main:spec", "spec"])
    assert result.exit_code == 1
    assert "repeat_interval 30m → 2h" in result.output


@pytest.mark.parametrize("text", ["nowhere", "main:nothing", "--upload-pack=x", "-x", ":", "main:../.."])
def test_what_is_neither_path_nor_revision_is_refused(repository: Path, text: str) -> None:
    result = CliRunner().invoke(main, ["diff", "--", text, str(repository / "spec")])
    assert result.exit_code == 2
    assert "Traceback" not in result.output


def test_plain_files_with_old_names_are_compared(tmp_path: Path) -> None:
    old, new = tmp_path / "old.yml", tmp_path / "new.yml"
    old.write_text(PLAIN, encoding="utf-8")
    new.write_text(PLAIN.replace("match: {team: db}", "matchers: ['team=~\"db|data\"']"), encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(old), str(new)])
    assert result.exit_code == 1
    assert 'notified: db instead of all\n      for team="data"' in result.output
    new.write_text(PLAIN.replace("receiver: db", "receiver: bd"), encoding="utf-8")
    broken = CliRunner().invoke(main, ["diff", str(old), str(new)])
    assert broken.exit_code == 2
    assert "there is no receiver `bd`" in broken.output


SERVED = """
receivers: [{name: all}, {name: lisbon}]
route: {receiver: all, routes: [{match: {cluster: lisbon}, receiver: lisbon}]}
"""
RULES = """
groups:
  - name: g
    rules:
      - {alert: Down, expr: up == 0}
      - {alert: Own, expr: up == 0, labels: {cluster: porto}}
"""


def test_alerts_that_their_server_labels_otherwise_go_to_others(tmp_path: Path) -> None:
    for name, cluster in (("old", "porto"), ("new", "lisbon")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "alertmanager.yml").write_text(SERVED, encoding="utf-8")
        (tmp_path / name / "rules.yml").write_text(RULES, encoding="utf-8")
        labels = f"global: {{external_labels: {{cluster: {cluster}}}}}\n"
        (tmp_path / name / "prometheus.yml").write_text(labels, encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "old"), str(tmp_path / "new")])
    assert result.exit_code == 1
    assert result.output == (
        "Alerts\n  ~ Down: notified: all → lisbon\nLabels\n  ~ cluster of Down: porto → lisbon\n"
    )


SENT = """
groups:
  - name: g
    rules:
      - {alert: Down, expr: up == 0, labels: {severity: page}}
      - {alert: Slow, expr: sum by (job) (latency_seconds) > 1}
      - {alert: Here, expr: errors > 1, labels: {region: here}}
"""


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "global: {external_labels: {region: eu-1}}",
            "global: {external_labels: {region: eu-2}}",
            ["region of Down, Slow: eu-1 → eu-2"],
        ),
        (
            "global: {external_labels: {zone: a}}",
            "global: {external_labels: {zone: a, dc: x}}",
            ["dc of all alerts: none → x"],
        ),
        (
            "alerting: {alert_relabel_configs: []}",
            "alerting: {alert_relabel_configs: [{action: labeldrop, regex: job|severity}]}",
            ["job of Slow: several values → none", "severity of Down: page → none"],
        ),
        (
            "alerting: {alert_relabel_configs: [{target_label: env, replacement: test}]}",
            "alerting: {alert_relabel_configs: [{target_label: env, replacement: live}]}",
            ["env of all alerts: test → live"],
        ),
    ],
)
def test_labels_that_only_the_server_changes_are_listed_once_for_all_alerts(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    for name, text in (("old", old), ("new", new)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rules.yml").write_text(SENT, encoding="utf-8")
        (tmp_path / name / "prometheus.yml").write_text(text, encoding="utf-8")
    arguments = ["diff", str(tmp_path / "old"), str(tmp_path / "new"), "--format"]
    shown, markdown, found = (
        CliRunner().invoke(main, [*arguments, form]) for form in ("text", "markdown", "json")
    )
    assert shown.exit_code == 1
    assert shown.output == "\n".join(["Labels", *(f"  ~ {line}" for line in said), ""])
    assert markdown.output.splitlines()[2:] == ["#### Labels", "", *(f"- {line}" for line in said)]
    labels = json.loads(found.output)["labels"]
    assert [f"{one['before'] or 'none'} → {one['after'] or 'none'}" for one in labels] == [
        line.partition(": ")[2] for line in said
    ]


def test_a_server_that_only_one_side_names_changes_no_labels(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rules.yml").write_text(SENT, encoding="utf-8")
    (tmp_path / "new" / "prometheus.yml").write_text("global: {external_labels: {a: b}}", encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "old"), str(tmp_path / "new")])
    assert result.exit_code == 0
    assert result.output == "Nothing changes in alerts, notifications or objectives.\n"


COPYING = """
groups:
  - name: g
    rules:
      - alert: Few
        expr: sum by (squad) (latency_seconds{squad=~"db|web"}) > 1
        labels: {team: "{{ $labels.squad }}"}
      - alert: Gone
        expr: sum by (job) (latency_seconds) > 1
        labels: {team: "{{ $labels.squad }}"}
      - {alert: Open, expr: latency_seconds > 1, labels: {team: "{{ $labels.squad }}"}}
"""
COPIED = """
receivers: [{name: all}, {name: one}]
route: {receiver: all, routes: [{matchers: [team="db"], receiver: one}]}
"""


def test_only_alerts_that_can_have_the_label_are_named(tmp_path: Path) -> None:
    for name, text in (("old", COPIED), ("new", COPIED.replace("db", "ops"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "alertmanager.yml").write_text(text, encoding="utf-8")
        (tmp_path / name / "rules.yml").write_text(COPYING, encoding="utf-8")
    result = CliRunner().invoke(main, ["diff", str(tmp_path / "old"), str(tmp_path / "new")])
    alerts = [line.strip() for line in result.output.splitlines() if "alerts:" in line]
    assert alerts == ["alerts: Open", "alerts: Few, Open"], result.output


def _grouped(folder: Path, options: str) -> str:
    folder.mkdir()
    rules = "    rules: [{alert: Down, expr: up == 0}]\n"
    (folder / "rules.yml").write_text(f"groups:\n  - name: g\n{options}{rules}", encoding="utf-8")
    return str(folder)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("", "    limit: 10\n", "limit none → 10"),
        ("    query_offset: 1m\n", "", "query_offset 1m → server default"),
        (
            "    limit: 5\n",
            "    limit: 9\n    query_offset: 0s\n",
            "limit 5 → 9; query_offset server default → 0s",
        ),
    ],
)
def test_options_of_a_rule_group_are_compared(tmp_path: Path, old: str, new: str, said: str) -> None:
    sides = ["diff", _grouped(tmp_path / "old", old), _grouped(tmp_path / "new", new)]
    text = CliRunner().invoke(main, sides)
    assert (text.exit_code, text.output) == (1, f"Rule groups\n  ~ g: {said}\n")
    markdown = CliRunner().invoke(main, [*sides, "--format", "markdown"]).output
    assert f"#### Rule groups\n\n- g: {said}\n" in markdown.replace("\\_", "_")
    (group,) = json.loads(CliRunner().invoke(main, [*sides, "--format", "json"]).output)["groups"]
    assert group["group"] == "g"
    assert [one["what"] for one in group["details"]] == [part.split()[0] for part in said.split("; ")]


def test_a_limit_of_zero_is_none(tmp_path: Path) -> None:
    sides = [_grouped(tmp_path / "old", ""), _grouped(tmp_path / "new", "    limit: 0\n")]
    assert CliRunner().invoke(main, ["diff", *sides]).exit_code == 0


def test_programs_get_an_example_of_each_inhibition_that_is_gone_or_new(tmp_path: Path) -> None:
    route = "route: {receiver: all}\nreceivers: [{name: all}]\n"
    rule = (
        "inhibit_rules: [{source_matchers: [severity=critical], target_matchers: [severity=warning], "
        "equal: [shop]}]\n"
    )
    (tmp_path / "old.yml").write_text(route)
    (tmp_path / "new.yml").write_text(route + rule)
    result = CliRunner().invoke(
        main, ["diff", str(tmp_path / "old.yml"), str(tmp_path / "new.yml"), "--format", "json"]
    )
    (found,) = json.loads(result.stdout)["inhibitions"]
    assert found["source"]["severity"] == "critical"
    assert found["target"]["severity"] == "warning"
    assert found["source"].get("shop") == found["target"].get("shop")
