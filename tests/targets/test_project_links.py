"""The organisation's links stand in every message, dashboard and runbook, and their titles stay text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tocsin.targets import alertmanager, grafana, runbooks

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

SPEC = """
project:
  name: p
  title: P
  links:
    - {title: 'Status | {{ .X }} <b> 100 %s', url: "https://status.example/a?x=(1)&y=$z"}
    - {title: "Hand \\"book`", url: "https://wiki.example/oncall"}
severities: {bad: {rank: 1, title: B}}
receivers:
  all:
    slack: [{api_url_file: /s, channel: "#a"}]
    telegram: [{bot_token_file: /t, chat_id: 1}]
    discord: [{webhook_url_file: /d}]
    msteamsv2: [{webhook_url_file: /m}]
routing: {catch_all: all}
groups: {g: {title: G, alerts: {A: {summary: s, description: d, expr: up == 0, severity: bad}}}}
"""
_ALERT = {
    "status": "firing",
    "labels": {"alertname": "A", "severity": "bad"},
    "annotations": {"summary": "s"},
    "startsAt": "2026-11-30T06:00:00Z",
    "endsAt": "0001-01-01T00:00:00Z",
    "generatorURL": "http://p.example/graph",
}
_DATA = {
    "receiver": "all",
    "status": "firing",
    "alerts": [_ALERT],
    "groupLabels": {"alertname": "A"},
    "commonLabels": _ALERT["labels"],
    "commonAnnotations": _ALERT["annotations"],
    "externalURL": "http://am.example",
}


@pytest.fixture(scope="module")
def plan(plan_of: Callable[[str], Plan]) -> Plan:
    return plan_of(SPEC)


def test_every_message_has_them_and_no_title_is_a_template_or_markup(
    plan: Plan, tmp_path: Path, amtool: Program
) -> None:
    for file in alertmanager.emit(plan):
        if file.path.endswith(".tmpl"):
            (tmp_path / "tocsin.tmpl").write_bytes(file.content)
    (tmp_path / "data.json").write_text(json.dumps(_DATA), encoding="utf-8")

    def rendered(name: str, kind: str) -> str:
        done = amtool.run(
            [
                *("template", "render", f"--template.glob={tmp_path}/*.tmpl", f"--template.type={kind}"),
                *(f"--template.data={tmp_path}/data.json", "--template.text"),
                f'{{{{ template "tocsin.{name}" . }}}}',
            ]
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    texts = ("text", "markdown", "slack.text", "telegram.message", "discord.message", "msteamsv2.text")
    for name in texts:
        text = rendered(name, "text")
        assert text.count("https://wiki.example/oncall") == 1, name
        assert "https://status.example/a?x=" in text, name
        assert "{{ .X }}" in text, name
        assert "100 %s" in text, name
    mail = rendered("html", "html")
    assert '<a href="https://wiki.example/oncall">Hand &#34;book`</a>' in mail
    assert "Status | {{ .X }} &lt;b&gt; 100 %s</a>" in mail


def test_every_dashboard_and_page_has_them(plan: Plan) -> None:
    for file in grafana.emit(plan):
        if file.path.startswith("grafana/dashboards/"):
            links = {link["title"]: link["url"] for link in json.loads(file.content)["links"]}
            # A `$` would begin a variable of the dashboard.
            assert links["Status | {{ .X }} <b> 100 %s"] == "https://status.example/a?x=(1)&y=%24z"
    for file in runbooks.emit(plan):
        if file.path.endswith(("README.md", "A.md")):
            assert b"\\<b\\> 100 %s](<https://status.example/a?x=(1)&y=$z>)" in file.content, file.path
