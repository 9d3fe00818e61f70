"""Notification templates in ConfigMaps are read beside a configuration or a resource of the operator."""

from __future__ import annotations

import json
from textwrap import indent
from typing import TYPE_CHECKING

from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

_CONFIGURATION = """\
route: {receiver: all}
receivers:
  - name: all
    slack_configs: [{api_url: "http://h.example/", channel: c, title: '{{ template "title" . }}'}]
templates: [/etc/alertmanager/*.tmpl]
"""
_SOUND = '{{ define "title" }}{{ .CommonLabels.alertname }}{{ end }}\n'
_WRONG = '{{ define "title" }}\n{{ .CommonLabels.alertname }} {{ .Alarms }}{{ end }}\n'
_RESOURCE = """\
apiVersion: monitoring.coreos.com/v1alpha1
kind: AlertmanagerConfig
metadata: {name: web, namespace: shop}
spec:
  route: {receiver: all}
  receivers: [{name: all, slackConfigs: [{channel: c, title: '{{ template "title" . }}'}]}]
"""


def _config_map(files: dict[str, str]) -> str:
    data = "".join(f"  {name}: |\n{indent(text, '    ')}" for name, text in files.items())
    return f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: alertmanager}}\ndata:\n{data}"


def _found(folder: Path) -> list[tuple[str, int, int]]:
    result = CliRunner().invoke(main, ["check", str(folder), "--only", "notification/*", "--format", "json"])
    return [(one["check"], one["line"], one["column"]) for one in json.loads(result.stdout)]


def test_templates_beside_the_configuration_in_its_config_map(tmp_path: Path) -> None:
    path = tmp_path / "alertmanager.yaml"
    path.write_text(_config_map({"alertmanager.yml": _CONFIGURATION, "slack.tmpl": _SOUND}))
    assert _found(tmp_path) == []
    path.write_text(_config_map({"alertmanager.yml": _CONFIGURATION, "slack.tmpl": _WRONG}))
    assert _found(tmp_path) == [("notification/field", 13, 38)]
    path.write_text(
        _config_map({"alertmanager.yml": _CONFIGURATION, "slack.tmpl": _SOUND.replace('"t', '"a')})
    )
    assert {one[0] for one in _found(tmp_path)} == {
        "notification/unknown-template",
        "notification/unused-template",
    }


def test_templates_beside_resources_of_the_operator(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(_RESOURCE)
    assert _found(tmp_path) == []
    (tmp_path / "templates.yaml").write_text(_config_map({"slack.tmpl": _WRONG}))
    assert _found(tmp_path) == [("notification/field", 7, 38)]
    (tmp_path / "templates.yaml").write_text(_config_map({"slack.tmpl": _SOUND, "more.tmpl": _SOUND[:9]}))
    assert _found(tmp_path) == []


def test_templates_of_other_programs_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "web.yaml").write_text(_RESOURCE)
    other = '{{ define "upstream" }}{{ range service "web" }}server {{ .Address }};{{ end }}{{ end }}\n'
    (tmp_path / "nginx.yaml").write_text(_config_map({"nginx.tmpl": other}))
    assert _found(tmp_path) == []


def test_templates_beside_the_configuration_in_the_values_of_its_chart(tmp_path: Path) -> None:
    path = tmp_path / "values.yaml"
    for patterns in ("", "templates: [/etc/alertmanager/config/*.tmpl]\n"):
        configuration = _CONFIGURATION.replace("templates: [/etc/alertmanager/*.tmpl]\n", patterns)
        for text, found in ((_SOUND, set()), (_WRONG, {"notification/field"})):
            files = f"  templateFiles:\n    slack.tmpl: |\n{indent(text, '      ')}"
            path.write_text(f"alertmanager:\n  config:\n{indent(configuration, '    ')}{files}")
            assert {one[0] for one in _found(tmp_path)} == found, (patterns, text)
