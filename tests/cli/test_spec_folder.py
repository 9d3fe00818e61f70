"""What may stand in the folder of a spec, and what is said of the rest."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tocsin.cli.main import main

SHOP = Path(__file__).parents[1] / "specs" / "shop.yaml"
MORE = """\
groups:
  more:
    title: More
    alerts:
      NodeDown:
        summary: A node is down
        description: Node {{ $labels.instance }} is down
        expr: up{job="node"} == 0
        for: 5m
        severity: critical
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    folder = tmp_path / "spec"
    folder.mkdir()
    shutil.copy(SHOP, folder)
    return folder


def test_a_file_that_ends_in_yml_is_part_of_the_spec(spec: Path, tmp_path: Path) -> None:
    (spec / "more.yml").write_text(MORE)
    checked = _run("check", spec)
    assert (checked.exit_code, "alerts: 6, groups: 3" in checked.stdout) == (0, True), checked.output
    out = tmp_path / "out"
    assert _run("generate", spec, "-o", out).exit_code == 0
    assert "NodeDown" in (out / "prometheus/rules/more.yaml").read_text()
    assert sorted(json.loads((out / "manifest.json").read_text())["spec"]) == ["more.yml", "shop.yaml"]
    assert "group more, evaluated by prometheus" in _run("explain", "NodeDown", spec).stdout
    (spec / "more.yml").write_text(MORE.replace("severity: critical", "severity: critcal"))
    wrong = _run("check", spec)
    assert wrong.exit_code == 1
    assert f"{spec}/more.yml:10:" in wrong.stdout


# What is written with nothing behind it, the place and words of the finding, and what its help makes of it.
_EMPTY = [
    (
        'channel: "#web"}]',
        "\n      channel: #web\n    }]",
        "`channel` has no value",
        'put the value in quotes: `channel: "#web"`',
        ("channel: #web", 'channel: "#web"'),
    ),
    (
        '    contact: "`#web` in the chat"\n',
        "    contact:\n",
        "`contact` has no value",
        "write a value after `contact:`, or take the key away",
        ("    contact:\n", ""),
    ),
    (
        "    title: Payments team\n",
        "    title:   # to be decided\n",
        "`title` has no value",
        "write a value after `title:`\n",
        ("title:  ", "title: Payments"),
    ),
    (
        "  group_by: [alertname, team]\n",
        "  group_by:\n    - alertname\n    -\n    - team\n",
        "this item of the list has no value",
        "write a value, or take the `-` away",
        ("    -\n", ""),
    ),
    (
        "  group_by: [alertname, team]\n",
        "  group_by:\n    - alertname\n    - #team\n",
        "this item of the list has no value",
        'put the value in quotes: `- "#team"`',
        ("- #team", '- "team"'),
    ),
]


@pytest.mark.parametrize(("old", "new", "message", "help_", "fix"), _EMPTY)
def test_a_value_that_is_left_empty_is_reported_once_with_its_way_out(
    spec: Path, old: str, new: str, message: str, help_: str, fix: tuple[str, str]
) -> None:
    file = spec / "shop.yaml"
    text = file.read_text(encoding="utf-8").replace(old, new, 1)
    assert new in text
    file.write_text(text, encoding="utf-8")
    result = _run("check", spec)
    assert result.exit_code == 1
    assert result.stdout.count("error[") == 1, result.stdout
    assert f"error[spec/empty-value]: {message}" in result.stdout
    assert f"help: {help_}" in result.stdout
    assert ("`#` after a space starts a comment" in result.stdout) == ("in quotes" in help_)
    assert text.count(fix[0]) == 1
    file.write_text(text.replace(*fix), encoding="utf-8")
    fixed = _run("check", spec)
    assert (fixed.exit_code, "nothing found" in fixed.stdout) == (0, True), fixed.stdout


def test_a_query_that_is_left_empty_is_no_second_finding_about_its_alert(spec: Path) -> None:
    (spec / "more.yml").write_text(MORE.replace('expr: up{job="node"} == 0', "expr:"))
    result = _run("check", spec)
    assert (result.exit_code, result.stdout.count("error[")) == (1, 1), result.stdout
    assert "help: write a value after `expr:`\n" in result.stdout


def test_what_is_null_on_purpose_and_sections_that_hold_nothing_are_fine(spec: Path) -> None:
    (spec / "more.yml").write_text(MORE.replace("for: 5m", "for: ~") + "slos:\n#  none yet\n")
    assert _run("check", spec).exit_code == 0


@pytest.mark.parametrize("text", ["groups:\n  a:\n    title: #x\n    alerts: {}\n"])
def test_a_large_spec_reports_empty_values_too(
    spec: Path, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (spec / "more.yml").write_text(text)
    monkeypatch.setattr("tocsin.workspace.sound_spec.MUCH", 0)
    monkeypatch.setattr("tocsin.workspace.sound_spec.useful_processes", lambda *_: 2)
    assert "error[spec/empty-value]: `title` has no value" in _run("check", spec).stdout


_DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 1
---
apiVersion: v1
kind: Service
metadata: {name: web}
"""
_RULES = """\
# Old rules.
groups:
  - name: web
    rules:
      - {alert: Down, expr: up == 0}
"""
_FOREIGN = {
    "k8s.yaml": (_DEPLOYMENT, 1, "this is a Kubernetes Deployment, not part of a spec", "move it out of"),
    "old.yml": (_RULES, 2, "this is a rule file, not part of a spec", "write its alerts under `groups:`"),
    "old.json": (
        '{"groups": [{"name": "web",\n"rules": [{\n"alert": "Down",\n"expr": "up == 0"}]}]}',
        1,
        "this is a rule file",
        "move it out of",
    ),
    "routes.yaml": (
        "global: {}\nroute: {receiver: a}\nreceivers: [{name: a}]\n",
        1,
        "this is an Alertmanager configuration, not part of a spec",
        "under `routing:` and `receivers:`",
    ),
    "rule.yaml": (
        "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nspec: {groups: []}\n",
        1,
        "this is a Kubernetes PrometheusRule, not part of a spec",
        "write its alerts under `groups:`",
    ),
    "compose.yaml": (
        "services: {web: {image: nginx}}\nvolumes: {}\nnetworks: {}\n",
        1,
        "this is a Compose file, not part of a spec",
        "move it out of",
    ),
    "kustomization.yaml": (
        "configMapGenerator: [{name: dashboards, files: [a.json]}]\n",
        1,
        "this is a Kustomization, not part of a spec",
        "move it out of",
    ),
    "chart.yaml": (
        "{{- if .Values.web }}\ngroups:\n{{- range .Values.groups }}\n  {{ . }}: {}\n{{- end }}{{ end }}\n",
        1,
        "this is a template of a Helm chart, not part of a spec",
        "move it out of",
    ),
}


@pytest.mark.parametrize("name", _FOREIGN)
@pytest.mark.parametrize("command", [("check",), ("generate", "-o", "out"), ("explain", "SlowPages")])
def test_a_file_of_another_format_is_one_error(
    spec: Path, name: str, command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text, line, message, help_ = _FOREIGN[name]
    (spec / name).write_text(text)
    monkeypatch.chdir(tmp_path)
    result = _run(command[0], *command[1:], "spec")
    assert result.exit_code == 1, result.output
    assert result.stdout.count("error[") == 1, result.stdout
    assert f"error[spec/foreign-file]: {message}" in result.stdout
    assert f"spec/{name}:{line}:1" in result.stdout
    assert help_ in " ".join(result.stdout.split())
    assert not (tmp_path / "out").exists()
    # The help, followed.
    (spec / name).rename(tmp_path / name)
    assert _run(command[0], *command[1:], "spec").exit_code == 0


def test_what_a_template_may_define_is_not_said_to_be_missing(spec: Path) -> None:
    """The alerts behind a template are unread, so a routing test that names one is not at fault."""
    (spec / "more.yaml").write_text(MORE.replace("for: 5m", "for: {{ .Values.wait }}"))
    shop = (spec / "shop.yaml").read_text()
    test = "  tests:\n    - {title: A node, alert: NodeDown, receivers: [everybody]}\n"
    (spec / "shop.yaml").write_text(shop.replace("  tests:\n", test, 1))
    result = _run("check", spec)
    assert result.exit_code == 1
    assert "this is a template of a Helm chart" in result.stdout
    assert "there is no alert" not in result.stdout


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("grups: {}\n", "unknown key `grups`"),
        ("nothing: 1\n", "unknown key `nothing`"),
        ("groups: [{name: web, alerts: {}}]\n", "a mapping belongs here"),
        ("receivers: [{name: web}]\n", "a mapping belongs here"),
        ("- groups\n", "a file of the spec holds top-level keys"),
    ],
)
def test_a_slip_in_a_file_of_the_spec_is_still_one(spec: Path, text: str, message: str) -> None:
    (spec / "more.yaml").write_text(text)
    result = _run("check", spec)
    assert (result.exit_code, message in result.stdout) == (1, True), result.stdout
    assert "foreign-file" not in result.stdout


def test_a_folder_of_other_files_is_not_judged_as_a_spec(tmp_path: Path) -> None:
    folder = tmp_path / "k8s"
    folder.mkdir()
    (folder / "web.yaml").write_text(_DEPLOYMENT)
    result = _run("check", folder)
    assert result.exit_code == 1
    assert result.stdout.count("error[") == 1
    assert "error[file/kind]: nothing in this file is alerting that Tocsin reads" in result.stdout
    assert "a Kubernetes Deployment" in result.stdout
    (folder / "db.yaml").write_text(_DEPLOYMENT)
    assert "nothing in these 2 files is alerting" in _run("check", folder).stdout
    (folder / "later.yaml").write_text("# nothing yet\n")
    assert "nothing in these 2 files is alerting" in _run("check", folder).stdout
    assert "does not contain a spec" in _run("generate", folder, "-o", tmp_path / "out").stderr


def test_one_section_beside_rules_makes_no_spec(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text("project: {name: shop, title: Shop}\n")
    (tmp_path / "rules.yaml").write_text("groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]\n")
    result = _run("check", tmp_path)
    assert (result.exit_code, "alerts: 1" in result.stdout) == (0, True), result.stdout
    (tmp_path / "other.yaml").write_text("project: {name: shop, title: Shop}\nseverities: {}\n")
    assert "error[spec/" in _run("check", tmp_path).stdout


def test_one_file_of_another_program_is_no_spec(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("endpoints: [{name: shop, url: 'https://shop.example'}]\n")
    result = _run("check", tmp_path)
    assert (result.exit_code, result.stdout.count("error[")) == (1, 1), result.stdout
    assert "error[file/kind]: nothing in this file is alerting that Tocsin reads" in result.stdout


@pytest.mark.parametrize(("name", "text"), [("a.yaml", "grups: {}\n"), ("a.yaml", "")])
def test_a_folder_with_a_misspelt_or_empty_spec_is_one(tmp_path: Path, name: str, text: str) -> None:
    folder = tmp_path / "spec"
    folder.mkdir()
    assert "error[spec/empty]" in _run("check", folder).stdout
    (folder / name).write_text(text)
    assert "error[spec/" in _run("check", folder).stdout


def test_parts_of_a_spec_in_json_are_read_and_copies_are_not(spec: Path) -> None:
    (spec / "more.json").write_text(json.dumps(yaml.safe_load(MORE), indent=1))
    (spec / "shop.yaml.bak").write_text(SHOP.read_text(encoding="utf-8"))
    (spec / "README.txt").write_text("groups: of alerts\n")
    result = _run("check", spec)
    assert (result.exit_code, "alerts: 6, groups: 3" in result.stdout) == (0, True), result.stdout
    copy = f"not read: a copy by its name, because it ends in `.bak`: {spec}/shop.yaml.bak"
    assert result.stdout.splitlines()[-2:] == ["2 files read, 1 not read", f"  {copy}"]


def test_a_template_in_a_value_is_one_error(spec: Path) -> None:
    (spec / "more.yaml").write_text(MORE.replace("for: 5m", "for: {{ .Values.for }}"))
    result = _run("check", spec)
    assert (result.exit_code, result.stdout.count("error[")) == (1, 1), result.stdout
    assert "this is a template of a Helm chart, not part of a spec" in result.stdout


def test_hidden_settings_of_other_tools_are_no_spec(tmp_path: Path) -> None:
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / ".coderabbit.yaml").write_text("reviews: {profile: chill}\n")
    (folder / ".pre-commit-config.yaml").write_text("repos: []\n")
    said = _run("check", folder).stdout
    assert "nothing in these 2 files is alerting" in said
    assert "spec/" not in said
