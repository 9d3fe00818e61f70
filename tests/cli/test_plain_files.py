"""What a team already has is taken as it is, by every command that reads a spec."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tocsin.cli.main import main

SHOP = Path(__file__).parents[1] / "specs" / "shop.yaml"
RULES = """\
groups:
  - name: web
    rules:
      - alert: Down
        expr: up == 0
        for: 5m
        labels: {severity: critical}
"""


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    path = tmp_path / "rules" / "rules.yml"
    path.parent.mkdir()
    path.write_text(RULES)
    return path


def test_files_and_folders_of_them_are_checked(rules: Path) -> None:
    for path in (rules, rules.parent):
        result = _run("check", path)
        assert (result.exit_code, result.stdout) == (0, f"{path}: nothing found; alerts: 1, groups: 1\n")


def test_what_is_wrong_is_shown_in_its_line(rules: Path) -> None:
    rules.write_text(RULES.replace("up == 0", "sum(up == 0"))
    result = _run("check", rules)
    assert result.exit_code == 1
    assert f"{rules}:5:18" in result.stdout
    assert "`(` is never closed" in result.stdout


def test_what_is_only_worth_knowing_is_no_failure(rules: Path) -> None:
    rules.write_text(RULES.replace("    rules:", "    source_tenants: [a]\n    rules:"))
    result = _run("check", rules)
    assert (result.exit_code, "info[file/foreign-key]" in result.stdout) == (0, True)


def test_other_commands_mention_what_is_wrong(rules: Path) -> None:
    rules.write_text(RULES.replace("up == 0", "sum(up == 0"))
    result = _run("explain", "Down", rules)
    assert (result.exit_code, result.stderr) == (
        0,
        f"note: {rules}:5: `(` is never closed; `tocsin check` shows everything\n",
    )


def test_without_paths_and_without_a_spec_the_command_says_what_to_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = _run("check")
    assert (result.exit_code, "there is no folder `spec` here" in result.stderr) == (2, True)


def test_hidden_folders_are_left_alone(rules: Path) -> None:
    for folder in (".git", "sub/.venv/lib"):
        (rules.parent / folder).mkdir(parents=True)
        (rules.parent / folder / "x.yml").write_text("a: [")
    assert _run("check", rules.parent).exit_code == 0


def test_rules_in_a_hidden_folder_are_read_but_for_those_of_version_control_and_caches(rules: Path) -> None:
    text = rules.read_text()
    for folder in (".git", ".terraform/modules/a", ".old"):
        (rules.parent / folder).mkdir(parents=True)
        (rules.parent / folder / "copy.yml").write_text(text)
    (rules.parent / ".nais").mkdir()
    (rules.parent / ".nais" / "app.yml").write_text("a: [")
    assert "groups: 1" in _run("check", rules.parent).stdout
    (rules.parent / ".nais" / "alerts.yml").write_text(text.replace("up == 0", "up ="))
    found = _run("check", rules.parent).stdout
    assert "--> " + (rules.parent / ".nais" / "alerts.yml").as_posix() in found
    assert "app.yml" not in found


def test_explain_shows_the_rules_of_plain_files(rules: Path) -> None:
    text = _run("explain", "Down", rules).stdout
    for line in ("group web, evaluated by prometheus", "up == 0", "for 5m", 'severity="critical"'):
        assert line in text
    unknown = _run("explain", "Dwn", rules)
    assert (unknown.exit_code, "did you mean `Down`?" in unknown.stderr) == (2, True)


def test_a_spec_and_plain_files_are_not_mixed(rules: Path) -> None:
    (rules.parent / "spec").mkdir()
    spec = shutil.copy(SHOP, rules.parent / "spec")
    for paths in ((rules.parent,), (rules.parent / "spec", rules), (spec, rules)):
        result = _run("check", *paths)
        assert (result.exit_code, "is part of a spec" in result.stderr) == (2, True)


def test_the_files_of_a_spec_can_be_named_one_by_one(tmp_path: Path) -> None:
    shutil.copy(SHOP, tmp_path)
    assert _run("check", tmp_path / "shop.yaml").exit_code == 0


def test_only_a_spec_is_generated_from(rules: Path, tmp_path: Path) -> None:
    result = _run("generate", rules.parent, "-o", tmp_path / "out")
    assert (result.exit_code, "does not contain a spec" in result.stderr) == (2, True)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a: [", b"", b"- a", b"\x00", b"groups: [{rules: [{}]}]"])
def test_no_bytes_end_in_a_traceback(rules: Path, raw: bytes) -> None:
    rules.write_bytes(raw)
    assert _run("check", rules).exit_code == 1


ALERTMANAGER = """\
global:
  slack_api_url: https://hooks.slack.example/T0/secret
route:
  receiver: all
  routes: [{match: {severity: critical}, receiver: pager}]
receivers: [{name: all}, {name: pager, webhook_configs: [{url: "hook"}]}]
"""


def test_rules_and_routes_make_one_plan(rules: Path) -> None:
    routes = rules.parent / "alertmanager.yml"
    routes.write_text(ALERTMANAGER)
    assert "pager" in _run("explain", "Down", rules.parent).stdout.split("Notified")[1]
    result = _run("check", rules, routes)
    assert result.exit_code == 1
    assert f"{routes}:6:64" in result.stdout
    assert "secret" not in result.stdout


def test_a_file_that_cannot_be_read_is_mentioned_whatever_checks_are_asked_for(rules: Path) -> None:
    rules.write_text("groups: [")
    result = _run("check", rules, "--only", "alert/*")
    assert result.stderr.startswith(f"note: {rules}:1: ")
    assert "`tocsin check` shows everything" in result.stderr


def test_who_is_notified_is_not_known_where_a_matcher_cannot_be_read(rules: Path) -> None:
    routes = rules.parent / "alertmanager.yml"
    routes.write_text(ALERTMANAGER.replace("{match: {severity: critical}", "{matchers: ['team=~\"(\"']"))
    shown = _run("explain", "Down", rules.parent).stdout
    assert "Notified\n  unknown: " in shown
    assert "pager" not in shown


def test_of_two_configurations_the_first_is_followed_and_the_second_told(rules: Path) -> None:
    for name in ("a", "b"):
        (rules.parent / f"{name}.yml").write_text(
            ALERTMANAGER.replace('"hook"', f"http://hook.example/{name}")
        )
    result = _run("check", rules.parent)
    assert "info[file/second-route]" in result.stdout
    assert f"{rules.parent}/b.yml:1:1" in result.stdout


def test_several_further_servers_are_one_finding(rules: Path) -> None:
    for number, name in enumerate("abcd", 30):
        text = f"global: {{scrape_interval: {number}s}}\nscrape_configs: []\n"
        (rules.parent / f"{name}.yml").write_text(text)
    result = _run("check", rules.parent)
    assert result.exit_code == 0
    assert result.stdout.count("file/second-server]") == 1
    assert "2 more places" in result.stdout


def test_a_style_that_recurs_is_one_finding(rules: Path) -> None:
    alert = '      - alert: {}\n        expr: up{{job=~"api"}} == 0\n'
    rules.write_text("groups:\n  - name: web\n    rules:\n" + "".join(map(alert.format, "ABC")))
    result = _run("check", rules)
    assert result.stdout.count("info[query/regex]") == 1
    assert "2 more places" in result.stdout


def test_a_template_in_a_folder_is_counted_beside_files_that_are_read(rules: Path) -> None:
    template = rules.parent / "chart.yaml"
    template.write_text(RULES.replace("groups:", "groups:\n{{- if .Values.on }}") + "{{- end }}\n")
    beside = _run("check", rules.parent)
    assert "file/template" not in beside.stdout
    assert "not read: a template of a Helm chart, because it is not YAML before" in beside.stdout
    named = _run("check", rules, template)
    assert (named.exit_code, "error[file/template]" in named.stdout) == (1, True)
    rules.unlink()
    alone = _run("check", rules.parent)
    assert (alone.exit_code, "error[file/template]" in alone.stdout) == (1, True)


def test_a_folder_of_other_formats_is_not_taken_for_a_spec(tmp_path: Path) -> None:
    (tmp_path / "play.yml").write_text("- hosts: all\n  tasks: []\n")
    (tmp_path / "note-a.yml").write_text("features: [one]\n")
    (tmp_path / "note-b.yml").write_text("features: [two]\n")
    (tmp_path / "web.yml").write_text("- name: web\n  rules:\n    - {alert: Down, expr: up == 0}\n")
    result = _run("check", tmp_path)
    assert "spec/" not in result.stdout
    assert "a list of rule groups, because Prometheus reads rule groups only below the key" in result.stdout


def test_rules_of_openshift_are_those_of_prometheus(rules: Path) -> None:
    resource = "apiVersion: {}\nkind: AlertingRule\nmetadata: {{name: a}}\nspec:\n  groups:\n{}"
    group = "    - name: web\n      rules:\n        - {alert: Always, expr: vector(1)}\n"
    rules.write_text(resource.format("monitoring.openshift.io/v1", group))
    assert "file/logql" not in _run("check", rules).stdout
    rules.write_text(resource.format("loki.grafana.com/v1", group))
    assert "error[file/logql]" in _run("check", rules).stdout


def test_what_jinja_leaves_raw_is_not_of_a_chart(rules: Path) -> None:
    raw = "{% raw %}\n" + RULES + '      # {{ with query "up" }}{{ end }}\n{% endraw %}\n'
    rules.write_text(raw)
    assert "this is a Jinja template" in _run("check", rules).stdout


def test_names_of_receivers_and_other_groups_are_not_alerting(rules: Path) -> None:
    (rules.parent / "pipeline.yml").write_text(
        "service:\n  pipelines:\n    traces: {receivers: [otlp], exporters: [otlp]}\n"
    )
    (rules.parent / "tenants.yml").write_text(
        "groups:\n  - {name: admins, tenants: [a], permissions: [admin], environments: [x]}\n"
    )
    result = _run("check", rules.parent)
    assert (result.exit_code, "info[" in result.stdout) == (0, False)


def test_a_value_that_a_hash_made_a_comment_is_reported(rules: Path) -> None:
    routes = rules.parent / "alertmanager.yml"
    routes.write_text(
        "route: {receiver: chat}\nreceivers:\n  - name: chat\n    slack_configs:\n"
        "      - channel: #ops\n        api_url_file: /slack\n"
    )
    result = _run("check", rules.parent)
    assert result.exit_code == 1
    assert "warning[file/empty-value]: `channel` has no value" in result.stdout
    assert f"{routes}:5:9" in result.stdout
    assert 'help: put the value in quotes: `channel: "#ops"`' in result.stdout
    found = json.loads(_run("check", rules.parent, "--format", "json").stdout)
    (fix,) = [one["fix"] for one in found if one["check"] == "file/empty-value"]
    lines = routes.read_text().splitlines(keepends=True)
    line, start, end = lines[fix["line"] - 1], fix["column"] - 1, fix["end_column"] - 1
    lines[fix["line"] - 1] = line[:start] + fix["text"] + line[end:]
    routes.write_text("".join(lines))
    assert '- channel: "#ops"\n' in routes.read_text()
    assert "file/empty-value" not in _run("check", rules.parent).stdout
    # A comment has a space behind its sign, and an empty value may be meant.
    rules.write_text(RULES + "        annotations:\n          summary:  # to do\n")
    assert "file/empty-value" not in _run("check", rules.parent).stdout
    # Where a value of several words ends, and what may be secret, is not guessed or repeated.
    for key, value in (("channel", "#ops, team"), ("channel", "#ops for all"), ("auth_password", "#hunter2")):
        routes.write_text(f"route: {{receiver: chat}}\nreceivers:\n  - name: chat\n    {key}: {value}\n")
        result = _run("check", rules.parent, "--only", "file/empty-value", "--format", "json")
        (one,) = [one for one in json.loads(result.stdout) if one["check"] == "file/empty-value"]
        assert (one["help"], one["fix"]) == (f'put the value in quotes: `{key}: "#…"`', None)
        assert "hunter2" not in result.stdout


_OF_KUBE_PROMETHEUS = """\
route:
  receiver: chat
  routes:
    - {matchers: ['alertname="Watchdog|InfoInhibitor"'], receiver: "null"}
receivers:
  - name: "null"
  - name: chat
    slack_configs: [{api_url_file: /slack, title: '{{ template "shop.title" . }}'}]
inhibit_rules:
  - source_matchers: ['severity="critical|page"']
    target_matchers: ['severity="warning"', 'severity="info"']
    equal: [namespace]
"""


def test_how_matchers_are_read_is_told_also_without_the_rules_of_kube_prometheus(tmp_path: Path) -> None:
    (tmp_path / "alertmanager.yml").write_text(_OF_KUBE_PROMETHEUS)
    found = json.loads(_run("check", tmp_path, "--format", "json").stdout)
    assert {one["check"] for one in found if one["level"] != "info"} == {
        "route/pattern",
        "inhibit/pattern",
        "inhibit/impossible",
        "notification/unknown-template",
    }


def test_values_of_a_chart_leave_the_files_with_templates_to_the_chart(tmp_path: Path) -> None:
    lines = "".join(f"    {line}\n" for line in _OF_KUBE_PROMETHEUS.splitlines())
    (tmp_path / "values.yaml").write_text(f"alertmanager:\n  config:\n{lines}")
    found = {one["check"] for one in json.loads(_run("check", tmp_path, "--format", "json").stdout)}
    assert "route/pattern" in found
    assert "notification/unknown-template" not in found
