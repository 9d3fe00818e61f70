"""Alerting inside of ConfigMaps, Secrets, values of charts and files of any name: read, or reported."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner, Result

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: web
    rules:
      - alert: Down
        expr: |
          sum by (job) (
            up{job="web"} == 0
        labels: {severity: critical}
      - alert: Slow
        expr: latency_seconds > 5 > # what?
        annotations: {summary: "{{ $labels.job }} is slow"}
"""
SOUND = """\
groups:
  - name: web
    rules:
      - alert: Down
        expr: up{job="web"} == 0
        for: 5m
        labels: {severity: critical}
"""
ROUTES = """\
route:
  receiver: all
  routes:
    - matchers: [severity="critical"]
      receiver: pager
receivers:
  - name: all
    email_configs: [{to: ops@shop.example, from: a@shop.example, smarthost: "mail:25"}]
  - name: pager
    pagerduty_configs:
      - routing_key: 0123456789abcdef0123456789abcdef
"""
GROUP = SOUND.removeprefix("groups:\n")
SECRET_KEY = "0123456789abcdef0123456789abcdef"


def _run(*args: str | Path) -> Result:
    return CliRunner().invoke(main, [str(arg) for arg in args], catch_exceptions=False)


def _indented(text: str, by: int) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


def _found(path: Path) -> list[tuple[str, int, int]]:
    """The ids of the errors about a file or folder, each with line and column."""
    found = json.loads(_run("check", path, "--format", "json").stdout)
    return [(one["check"], one["line"], one["column"]) for one in found if one["level"] == "error"]


def _config_map(entries: str) -> str:
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: rules}}\ndata:\n{entries}"


# The error of the first rule is at the bracket in line 6 of the rules, that of the second in line 10.
_HOLDERS = {
    "a ConfigMap": (_config_map("  web.rules: |\n" + _indented(RULES, 4)), 5, 4),
    "with an explicit indentation": (_config_map("  web.rules: |2-\n" + _indented(RULES, 4)), 5, 4),
    "the second document": (
        "kind: Namespace\napiVersion: v1\n---\n" + _config_map("  x: y\n  web: |\n" + _indented(RULES, 6)),
        9,
        6,
    ),
    "a list": (
        "apiVersion: v1\nkind: List\nitems:\n  - apiVersion: v1\n    kind: ConfigMap\n    data:\n"
        "      web.rules: |\n" + _indented(RULES, 8),
        7,
        8,
    ),
    "values of a chart": (
        "additionalPrometheusRulesMap:\n  web:\n" + _indented(RULES, 4),
        2,
        4,
    ),
    "a list in values of a chart": (
        "additionalPrometheusRules:\n  - name: web\n    additionalLabels: {a: b}\n" + _indented(RULES, 4),
        3,
        4,
    ),
    "values of a chart around it": (
        "kube-prometheus-stack:\n  additionalPrometheusRulesMap:\n    web:\n" + _indented(RULES, 6),
        3,
        6,
    ),
    "files in values of a chart": (
        "serverFiles:\n  alerting_rules.yml:\n" + _indented(RULES, 4),
        2,
        4,
    ),
    "Loki's files in values": (
        "loki:\n  ruler:\n    directories:\n      fake:\n        rules.txt: |\n" + _indented(RULES, 10),
        5,
        10,
    ),
    "values in a text of a resource": (
        "apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    helm:\n      values: |\n"
        "        additionalPrometheusRulesMap:\n          web:\n" + _indented(RULES, 12),
        8,
        12,
    ),
    "values in a release of Flux": (
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nspec:\n  values:\n"
        "    additionalPrometheusRulesMap:\n      web:\n" + _indented(RULES, 8),
        6,
        8,
    ),
    "a manifest in a text": (
        "extraObjects:\n  - |\n"
        + _indented(_config_map("  web.rules: |\n" + _indented(RULES, 4)), 4),
        7,
        8,
    ),
}  # fmt: skip


@pytest.mark.parametrize("holder", _HOLDERS)
def test_rules_are_read_wherever_they_stand_with_their_own_lines(holder: str, tmp_path: Path) -> None:
    text, lines, columns = _HOLDERS[holder]
    path = tmp_path / "file.yaml"
    path.write_text(text)
    assert _found(path) == [
        ("file/promql", lines + 6, columns + 24),
        ("file/promql", lines + 10, columns + 35),
    ]
    # The line that is shown is that of the file.
    shown = _run("check", path).stdout
    assert f"{lines + 6} | {' ' * (columns + 10)}sum by (job) (" in shown


def test_rules_in_json_and_in_quoted_text_are_read_at_the_right_line(tmp_path: Path) -> None:
    data = {"apiVersion": "v1", "kind": "ConfigMap", "data": {"a": SOUND.replace("== 0", "== ")}}
    path = tmp_path / "map.yaml"
    path.write_text(json.dumps(data, indent=2))
    (found,) = _found(path)
    assert found[:2] == ("file/promql", 5)
    text = path.read_text()
    assert text.splitlines()[4][found[2] - 1 :].startswith("up{job")


def test_a_comment_inside_of_a_config_map_allows_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    rules = SOUND.replace("for: 5m", "for: 5s").replace(
        "  - name: web\n", "  - name: web\n    interval: 1m\n"
    )
    path.write_text(_config_map("  web.rules: |\n" + _indented(rules, 4)))
    assert "warning[rule/for-interval]" in _run("check", path).stdout
    allowed = rules.replace(
        "        for", "        # tocsin: allow rule/for-interval: it is slow\n        for"
    )
    path.write_text(_config_map("  web.rules: |\n" + _indented(allowed, 4)))
    assert _run("check", path).exit_code == 0


def test_rules_and_routes_of_one_stack_are_judged_together(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    path.write_text(
        "defaultRules: {create: true}\n"
        "alertmanager:\n  enabled: true\n  config:\n" + _indented(ROUTES, 4)
        + "additionalPrometheusRulesMap:\n  web:\n" + _indented(SOUND, 4)
        + "prometheus:\n  prometheusSpec:\n    evaluationInterval: 10m\n    externalLabels: {cluster: one}\n"
    )  # fmt: skip
    result = _run("check", path)
    assert "warning[rule/for-interval]" in result.stdout, "the server's interval counts"
    assert "1 file read, 0 not read" in result.stdout
    assert "not read: the chart's own rules" in result.stdout
    assert SECRET_KEY not in result.stdout
    assert "pager" in _run("route", path, "--alert", "Down").stdout
    assert _run("explain", "Down", path).exit_code == 0


@pytest.mark.parametrize("key", ["stringData", "data"])
def test_a_configuration_in_a_secret_is_read_and_nothing_of_it_is_shown(key: str, tmp_path: Path) -> None:
    wrong = ROUTES.replace("receiver: pager", "receiver: pagr")
    encoded = base64.b64encode(wrong.encode()).decode()
    value = encoded if key == "data" else "|\n" + _indented(wrong, 4)
    path = tmp_path / "secret.yaml"
    path.write_text(
        "apiVersion: v1\nkind: Secret\nmetadata: {name: alertmanager}\n"
        f"{key}:\n  alertmanager.yaml: {value}\n"
    )
    found = _found(path)
    assert [one[:2] for one in found] == [("alertmanager/reference", 5 if key == "data" else 10)]
    for form in ("text", "json", "sarif", "github", "junit"):
        said = _run("check", path, "--format", form).stdout
        assert SECRET_KEY not in said
        assert not any(encoded[at : at + 24] in said for at in range(0, len(encoded) - 24, 8))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("web.yaml.tmpl", SOUND),
        ("web.json", json.dumps(yaml.safe_load(SOUND), indent=1)),
        ("compact.json", json.dumps(yaml.safe_load(SOUND), separators=(",", ":"))),
        ("flow.conf", yaml.safe_dump(yaml.safe_load(SOUND), default_flow_style=True, width=9999)),
        ("web", SOUND),
        ("web.rules", SOUND),
        ("web.txt", SOUND),
        ("web.conf", ROUTES),
    ],
)  # fmt: skip
def test_alerting_is_found_by_what_a_file_holds(name: str, text: str, tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / name).write_text(text)
    (folder / "README.md").write_text(f"An example:\n\n{SOUND}")
    (folder / "test.py").write_text(f'RULES = """\n{SOUND}"""\n')
    (folder / "program.go").write_text(f"package main\nconst rules = `\n{SOUND}`\n")
    for path in (folder, folder / name):
        shown = _run("check", path)
        assert (shown.exit_code == 0 or name == "web.conf", "not read" in shown.stdout) == (True, False)
        shown = _run("route", path, "severity=critical") if name == "web.conf" else shown
        assert ("pager" if name == "web.conf" else "alerts: 1, groups: 1") in shown.stdout, shown.output


_TEMPLATES = {
    "web.yml.j2": (SOUND.replace("up{", "{% raw %}up{{% endraw %}"), "a Jinja template"),
    "loop.yml.j2": ("groups:\n{% for job in jobs %}\n" + GROUP + "{% endfor %}\n", "a Jinja template"),
    "web.yaml.tmpl": (SOUND.replace("== 0", "< ${LIMIT}"), "a template"),
    "web.erb": ("groups:\n<% jobs.each do |job| %>\n" + GROUP + "<% end %>\n", "an ERB template"),
    "web.tpl": (SOUND.replace(": 5m", ": {{ .Values.for }}"), "a template of a Helm chart"),
    "kept.tpl": (
        "{{- if .Values.alerts }}\n" + SOUND + "        annotations:\n"
        '          summary: "{{ "{{" }} $labels.job {{ "}}" }} is down"\n{{- end }}\n',
        "a template of a Helm chart",
    ),
    "web.ctmpl": (SOUND.replace("== 0", '< {{ key "limit" }}'), "a template"),
}  # fmt: skip


@pytest.mark.parametrize("name", _TEMPLATES)
def test_a_template_of_rules_is_named_as_not_read(name: str, tmp_path: Path) -> None:
    text, what = _TEMPLATES[name]
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / name).write_text(text)
    alone = _run("check", folder)
    assert alone.exit_code == 1
    assert f"error[file/not-read]: not read: {what}, because it is not YAML before" in alone.stdout
    assert f"{folder / name}:1:1" in alone.stdout
    (folder / "other.yaml").write_text(SOUND)
    beside = _run("check", folder)
    assert beside.exit_code == 0, beside.stdout
    assert "1 file read, 1 not read" in beside.stdout
    assert f"not read: {what}, because it is not YAML before it is rendered: {folder / name}" in beside.stdout
    named = _run("check", folder / name)
    assert named.exit_code == 1
    assert what in named.stdout


def test_a_copy_that_was_put_aside_is_not_read_twice(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(SOUND)
    (tmp_path / "web.yaml.bak").write_text(SOUND)
    result = _run("check", tmp_path)
    assert (result.exit_code, "alerts: 1, groups: 1" in result.stdout) == (0, True), result.stdout
    assert "not read: a copy by its name, because it ends in `.bak`" in result.stdout
    assert "file/not-read" not in result.stdout
    (tmp_path / "web.yaml").unlink()
    assert "file/not-read" in _run("check", tmp_path).stdout


_UNREAD = {
    "tests.yaml": (
        "rule_files: [web.yaml]\ntests:\n  - interval: 1m\n    alert_rule_test: []\n",
        "unit tests of promtool, because `promtool test rules` runs them",
        False,
    ),
    "grafana.yaml": (
        "apiVersion: 1\ngroups:\n  - orgId: 1\n    name: web\n    folder: shop\n    rules:\n"
        "      - {uid: a, title: Down, condition: A, for: 5m, data: [{refId: A, datasourceUid: p}]}\n",
        "Grafana-managed alert rules, because Grafana evaluates them itself",
        True,
    ),
    "contacts.yaml": (
        "apiVersion: 1\ncontactPoints:\n  - {orgId: 1, name: a, receivers: []}\n",
        "notification settings of Grafana",
        True,
    ),
    "slo.yaml": ("version: prometheus/v1\nservice: web\nslos: []\n", "an SLO of Sloth", True),
    "web.yaml": (
        "apiVersion: apps/v1\nkind: Deployment\n",
        "a Kubernetes Deployment, because it holds no rules",
        False,
    ),
    "otel.yaml": (
        "receivers: {otlp: {}}\nprocessors: {}\nexporters: {}\nservice: {}\n",
        "a configuration of an OpenTelemetry Collector",
        False,
    ),
    "http.yaml": (
        "route:\n  http: {enabled: true}\n",
        "a YAML file with the keys `route`",
        False,
    ),
    "hosted.yaml": (
        "services:\n  - strategy:\n      type: Route\n      route: {}\n",
        "a YAML file with the keys `services`",
        False,
    ),
    "access.yaml": (
        "groups:\n  - rules:\n      - matches: [{hosts: [a]}]\n",
        "a YAML file with the keys `groups`",
        False,
    ),
    "scaler.yaml": (
        "apiVersion: autoscaling.k8s.io/v1\nkind: VerticalPodAutoscaler\nspec:\n"
        "  targetRef: {apiVersion: monitoring.coreos.com/v1, kind: Alertmanager, name: a}\n",
        "a Kubernetes VerticalPodAutoscaler",
        False,
    ),
    "partly.yaml": (
        "alertmanager:\n  config:\n    receivers:\n      - name: web\n        webhook_configs: []\n",
        "a part of an Alertmanager configuration, because only with the chart's own part is it whole",
        True,
    ),
    "map.yaml": (
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  rules.yaml: |\n    apiVersion: 1\n    groups:\n"
        "      - {orgId: 1, name: web, folder: shop, rules: []}\n",
        "Grafana-managed alert rules, because Grafana evaluates them itself",
        True,
    ),
    "deploy.yaml": (
        "{{- if .Values.on }}\napiVersion: apps/v1\nkind: Deployment\n{{- end }}\n",
        "a template of a Helm chart, because it is not YAML before it is rendered",
        False,
    ),
    "lua.yaml": (
        "kind: {{ .Kind }}\nroute:\n  - {{ .Destination }}\n",
        "a template, because it is not YAML before it is rendered",
        False,
    ),
    "values.yaml": (
        "image: {tag: v1}\nroute: {enabled: true}\nreceivers: []\nresources: {}\nreplicaCount: 1\n",
        "values of a Helm chart",
        False,
    ),
}


@pytest.mark.parametrize("name", _UNREAD)
def test_what_is_not_read_is_named_and_counted(name: str, tmp_path: Path) -> None:
    text, said, is_alerting = _UNREAD[name]
    (tmp_path / name).write_text(text)
    (tmp_path / "rules.yml").write_text(SOUND)
    result = _run("check", tmp_path)
    assert result.exit_code == 0, result.stdout
    assert "1 file read, 1 not read" in result.stdout
    assert f"  not read: {said}" in result.stdout
    assert "file/not-read" not in result.stdout
    # Who reads the findings of a program has them on the other stream.
    beside = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"])
    assert (f"  not read: {said}" in beside.stderr) == is_alerting
    assert beside.stdout == "[]\n"
    if name in ("deploy.yaml", "lua.yaml"):
        # Whoever names a template is told what to do with it.
        return
    alone = _run("check", tmp_path / name)
    assert (alone.exit_code, alone.stdout.count("error[")) == (1, 1), alone.stdout
    assert said.split(",")[0] in alone.stdout


def test_many_files_of_one_kind_are_named_together(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"{number}.yaml").write_text("apiVersion: apps/v1\nkind: Deployment\n")
    (tmp_path / "rules.yml").write_text(SOUND)
    lines = _run("check", tmp_path).stdout.splitlines()
    assert lines[-2:] == [
        "1 file read, 6 not read",
        "  not read: a Kubernetes Deployment, because it holds no rules and no Alertmanager configuration: "
        f"{tmp_path}/0.yaml, {tmp_path}/1.yaml, {tmp_path}/2.yaml and 3 more",
    ]


def test_files_of_many_other_programs_are_one_line(tmp_path: Path) -> None:
    for kind in ("Deployment", "Service", "Ingress", "Namespace", "Job"):
        (tmp_path / f"{kind}.yaml").write_text(f"apiVersion: v1\nkind: {kind}\n")
    (tmp_path / "rules.yml").write_text(SOUND)
    lines = _run("check", tmp_path).stdout.splitlines()
    named = ", ".join(f"{tmp_path}/{kind}.yaml" for kind in ("Deployment", "Ingress", "Job"))
    assert lines[-3:] == [
        "1 file read, 5 not read",
        f"  not read: 5 files of other programs, such as {named} and 2 more",
        "  `tocsin check FILE` says of each what it is",
    ]
    assert "a Kubernetes Ingress" in _run("check", tmp_path / "Ingress.yaml").stdout


def test_a_broken_text_in_a_config_map_is_reported_at_its_line(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    path.write_text(_config_map("  web.rules: |\n" + _indented(SOUND + "        labels: {}\n   x: [\n", 4)))
    # The second `labels` is in line 8 of the rules, what is no YAML at all in line 9; they begin in line 6.
    assert [one[:2] for one in _found(path)] == [("file/yaml", 13), ("file/yaml", 14)]


def test_a_revision_holds_the_same_files_as_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "alerting"
    folder.mkdir()
    (folder / "web.rules.txt").write_text(SOUND)
    (folder / "notes.txt").write_text("groups: nothing\n")
    monkeypatch.chdir(tmp_path)
    for command in ("init -q", "add -A", "-c user.name=a -c user.email=a@shop.example commit -qm a"):
        subprocess.run(["git", *command.split()], check=True)
    same = _run("diff", "HEAD:alerting", "alerting")
    assert (same.exit_code, "Nothing changes" in same.stdout) == (0, True), same.output
    (folder / "web.rules.txt").write_text(SOUND.replace("Down", "Gone"))
    changed = _run("diff", "HEAD:alerting", "alerting")
    assert (changed.exit_code, "Down" in changed.stdout, "Gone" in changed.stdout) == (1, True, True)
    monkeypatch.chdir(folder)
    assert _run("diff", "HEAD:.", ".").exit_code == 1


def test_rule_files_in_the_config_map_of_their_server_are_there(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    files = ", ".join(f"/etc/config/{name}.rules" for name in ("web", "none", "lost"))
    server = f"rule_files: [{files}]\nscrape_configs: []\n"
    entries = "  prometheus.yml: |\n" + _indented(server, 4) + "  none.rules: |\n    {}\n  web.rules: |\n"
    path.write_text(_config_map(entries + _indented(SOUND, 4)))
    said = _run("check", path).stdout
    assert said.count("info[file/rule-files]") == 1
    assert "none of the checked files matches `/etc/config/lost.rules`" in said


def test_a_file_that_is_not_yaml_and_not_alerting_is_an_error_only_where_it_is_named(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(SOUND)
    other = tmp_path / "other.yml"
    other.write_text("password: !env_var PASSWORD\ntasks: [\n")
    result = _run("check", tmp_path)
    assert result.exit_code == 0, result.stdout
    said = "  not read: a file with faults in its YAML, because it has no key that rules or routes have: "
    assert f"{said}{other}" in result.stdout
    assert _run("check", other).exit_code == 1
    other.write_text("routes: []\ntasks: [\n")
    assert _run("check", tmp_path).exit_code == 0
    other.write_text("groups: [\n")
    assert "error[file/yaml]" in _run("check", tmp_path).stdout


def test_a_bad_configuration_in_a_config_map_is_judged_as_a_file(tmp_path: Path) -> None:
    path = tmp_path / "map.yaml"
    receivers = "receivers:\n" + ROUTES.split("receivers:\n")[1]
    path.write_text(_config_map("  alertmanager.yml: |\n" + _indented(receivers, 4)))
    assert ("alertmanager/root", 5) in [one[:2] for one in _found(path)]
    two = f"{SOUND}---\n{SOUND.replace('Down', 'Gone')}"
    path.write_text(_config_map("  rules.yml: |\n" + _indented(two, 4)))
    assert "alerts: 2, groups: 2" in _run("check", path).stdout


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n", "a Kubernetes Deployment"),
        ("rule_files: [a.yml]\ntests:\n  - {interval: 1m, input_series: []}\n", "unit tests of promtool"),
    ],
)
@pytest.mark.parametrize("asked", ["", "one.yml"], ids=["folder", "file"])
def test_a_single_file_that_is_not_read_is_named_once(
    tmp_path: Path, text: str, what: str, asked: str
) -> None:
    (tmp_path / "one.yml").write_text(text)
    result = _run("check", tmp_path / asked)
    assert result.exit_code == 1
    assert result.stdout.count(what) == 1, result.stdout
    assert result.stdout.endswith("1 error\n0 files read, 1 not read\n")
    if not asked:
        # The error names one of them, so the list of all is not left out.
        (tmp_path / "two.yml").write_text(text)
        assert f"{tmp_path}/one.yml, {tmp_path}/two.yml" in _run("check", tmp_path).stdout


@pytest.mark.parametrize(
    ("name", "dashboard", "is_template"),
    [
        ("a.yaml", "https://{{ .Values.host }}/{{`{{ $labels.job }}`}}", True),
        ("templates/a.yaml", "https://{{ .Values.host }}/a", True),
        ("a.tpl", "https://{{ .Values.host }}/a", True),
        ("a.yaml", "https://{{ .Values.host }}/a", False),
        ("a.tpl", "https://host/{{`{{ $labels.job }}`}}", False),
        ("bindata/a.yaml", "https://host/{{`{{ $labels.job }}`}}", False),
    ],
)
def test_rules_with_values_of_helm_are_a_template_of_it(
    tmp_path: Path, name: str, dashboard: str, is_template: bool
) -> None:
    other = "groups: [{name: a, rules: [{alert: A, expr: up == 0}]}]\n"
    (tmp_path / "other.yaml").write_text(other)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(
        "groups:\n- name: b\n  rules:\n  - alert: B\n    expr: up == 1\n"
        f"    annotations: {{d: '{dashboard}'}}\n"
    )
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"])
    found = {one["check"] for one in json.loads(result.stdout)}
    assert (found == set() and "not read: a template" in result.stderr) == is_template, result.stdout
    assert "template/escaped" not in found


@pytest.mark.parametrize(
    "text",
    [
        SOUND.replace("for: 5m", "for: <%= p('down.for') %>"),
        SOUND.replace("for: 5m", 'for: "{{ down_for }}"'),
        SOUND.replace("for: 5m", "for: ${DOWN_FOR}"),
        "groups: <%= p('rules').to_json %>\n",
        SOUND + "<% if p('more') %>\n# more\n<% end %>\n",
        "{{ $LIMIT := Param 5 }}\n" + SOUND,
        "[[- if .Many ]]\n" + SOUND + "[[- end ]]\n",
        SOUND + "${further_groups}\n",
    ],
)
def test_a_template_that_can_be_read_as_yaml_is_not_judged_as_rules(text: str, tmp_path: Path) -> None:
    (tmp_path / "template.yml").write_text(text)
    (tmp_path / "web.yml").write_text(SOUND)
    result = _run("check", tmp_path)
    assert result.exit_code == 0, result.stdout
    assert "1 file read, 1 not read" in result.stdout
    assert "because it is not YAML before it is rendered: " in result.stdout


def test_a_template_of_something_else_is_not_reported(tmp_path: Path) -> None:
    (tmp_path / "bump.yml").write_text('filter:\n  expr: "^{{ .SourceArgs.ref }}$"\n')
    (tmp_path / "web.yml").write_text(SOUND)
    assert "not YAML before" not in _run("check", tmp_path).stdout


@pytest.mark.parametrize("duration", ["5min", "$for", "{for: 5m}"])
def test_a_wrong_duration_is_not_taken_for_a_template(duration: str, tmp_path: Path) -> None:
    (tmp_path / "web.yml").write_text(SOUND.replace("for: 5m", f"for: {duration}"))
    result = _run("check", tmp_path)
    assert (result.exit_code, "not YAML before" in result.stdout) == (1, False), result.stdout


@pytest.mark.parametrize(
    ("key", "extra", "id_"),
    [
        ("alertmanager", "test_alert: {daily: true}", None),
        ("alertmanager", "recievers: []", "alertmanager/key"),
        ("config", "test_alert: {daily: true}", "alertmanager/key"),
    ],
)
def test_settings_beside_a_configuration_in_something_else(
    key: str, extra: str, id_: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text(
        f"instance_groups:\n  - properties:\n      {key}:\n" + _indented(ROUTES + extra + "\n", 8)
    )
    found = json.loads(_run("check", path, "--format", "json").stdout)
    assert {one["check"] for one in found} & {"alertmanager/key"} == ({id_} if id_ else set())
    assert "alertmanager/secret" in {one["check"] for one in found}


_ABSENT = """\
route:
  receiver: all
  routes: [{matchers: [alertname="KubePodCrashLooping"], receiver: all}]
receivers: [{name: all, webhook_configs: [{url: "http://h.example/"}]}]
"""
_CHARTS = {
    "none": ("kind: HelmRelease\napiVersion: v2\nspec: {chart: {spec: {chart: redis}}}\n", True),
    "flux": (
        "kind: HelmRelease\napiVersion: v2\nspec: {chart: {spec: {chart: kube-prometheus-stack}}}\n",
        False,
    ),
    "oci": (
        "kind: HelmRelease\napiVersion: v2\n"
        "spec: {chartRef: {kind: OCIRepository, name: kube-prometheus-stack}}\n",
        False,
    ),
    "argo": ("kind: Application\napiVersion: v1\nspec: {source: {chart: kube-prometheus-stack}}\n", False),
    "helmfile": ("releases:\n  - {name: a, chart: prometheus-community/kube-prometheus-stack}\n", False),
    "values": ("defaultRules: {create: true}\n", False),
    "off": (
        "kind: Application\napiVersion: v1\nspec:\n  source:\n    chart: kube-prometheus-stack\n"
        "    helm: {valuesObject: {defaultRules: {create: false}}}\n",
        True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", _CHARTS)
def test_where_a_chart_brings_rules_nobody_says_that_an_alert_is_unknown(name: str, tmp_path: Path) -> None:
    text, told = _CHARTS[name]
    (tmp_path / "chart.yaml").write_text(text)
    (tmp_path / "web.yaml").write_text(SOUND)
    (tmp_path / "alertmanager.yaml").write_text(_ABSENT)
    result = _run("check", tmp_path)
    assert ("route/unknown-alert" in result.stdout) is told, result.stdout
    assert ("the chart's own rules" in result.stdout) is not told


def test_text_of_windows_that_has_nothing_to_do_with_alerting_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(SOUND)
    (tmp_path / "docker-compose.yml").write_bytes("services: {a: {image: b}}\n".encode("utf-16"))
    (tmp_path / "compose.yml").write_bytes("services: {a: {image: b}} # größer\n".encode("latin-1"))
    assert _run("check", tmp_path).exit_code == 0
    (tmp_path / "docker-compose.yml").write_bytes(SOUND.encode("utf-16"))
    assert "file/encoding" in _run("check", tmp_path).stdout


def test_a_template_that_another_configuration_calls_is_used(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(SOUND)
    (tmp_path / "slack.tmpl").write_text('{{ define "title" }}{{ .Receiver }}{{ end }}\n')
    routes = (
        "route: {receiver: a}\n"
        "receivers: [{name: a, slack_configs: [{api_url: 'http://h/', title: 'TITLE'}]}]\n"
        "templates: [slack.tmpl]\n"
    )
    (tmp_path / "a.yml").write_text(routes)
    assert "notification/unused-template" in _run("check", tmp_path).stdout
    (tmp_path / "b.yml").write_text(routes.replace("TITLE", '{{ template "title" . }}'))
    assert "notification/unused-template" not in _run("check", tmp_path).stdout


def test_a_file_of_templates_is_one_whatever_its_name_ends_with(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(SOUND)
    (tmp_path / "ops.template").write_text('{{ define "title" }}{{ .Receiver }}{{ end }}\n')
    (tmp_path / "a.yml").write_text(
        "route: {receiver: a}\n"
        "receivers: [{name: a, webhook_configs: [{url: 'http://h/{{ template \"title\" . }}'}]}]\n"
        "templates: ['*.template']\n"
    )
    result = _run("check", tmp_path / "web.yaml", tmp_path / "a.yml", tmp_path / "ops.template")
    assert "file/template" not in result.stdout
    assert "notification/" not in result.stdout


def test_a_rule_file_is_found_whichever_ending_it_is_mounted_with(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text(SOUND)
    (tmp_path / "template_web.yml").write_text(SOUND.replace("name: ", "name: other-"))
    patterns = {"/etc/prometheus/rules.yml": False, "web.yml": False, "/etc/prometheus/other.yml": True}
    for pattern, told in patterns.items():
        (tmp_path / "prometheus.yaml").write_text(f"rule_files: [{pattern}]\nscrape_configs: []\n")
        assert ("file/rule-files" in _run("check", tmp_path).stdout) is told


def test_groups_that_jinja_fills_in_are_not_taken_for_a_spec(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text("# {{ ansible_managed }}\ngroups: {{ rule_groups | to_json }}\n")
    (tmp_path / "web.yml").write_text(SOUND)
    result = _run("check", tmp_path)
    assert (result.exit_code, "not read: a template" in result.stdout) == (0, True), result.output
