"""What an editor is shown while somebody types, asked as it asks."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from tests.bench.synthetic import write_spec
from tests.lsp.client import PATIENCE, Client, range_of

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
groups:
  - name: g
    rules:
      - alert: Empty
        expr: count(x) == 0
        labels: {severity: warning}
      - alert: Gone
        expr: sum(up) == 0
        annotations: {description: "😀 {{ $labels.instance }}"}
"""
STARTER = "alerts.yaml"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "rules.yml"
    file.write_text(RULES, encoding="utf-8")
    return file


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_finding_has_its_place_its_level_its_check_and_its_manual(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        empty, dropped = client.diagnostics(rules)
    line = RULES.splitlines()[8]
    at = _units(line[: line.index("$labels")])
    assert range_of(dropped) == (8, at, 8, at + len("$labels.instance"))
    assert (dropped["severity"], dropped["source"], dropped["code"]) == (1, "tocsin", "label/dropped")
    assert dropped["codeDescription"]["href"].endswith("checks/label.md#labeldropped")
    assert "help: " in dropped["message"]
    (related,) = dropped["relatedInformation"]
    assert related["location"]["uri"] == rules.as_uri()
    assert range_of(related["location"])[0] == 7
    assert (empty["code"], range_of(empty)) == ("query/empty", (4, 23, 4, 25))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-32"])
def test_places_are_counted_as_the_editor_prefers(rules: Path, encoding: str) -> None:
    with Client(rules.parent, encodings=(encoding, "utf-16")) as client:
        assert client.capabilities["positionEncoding"] == encoding
        client.open(rules)
        dropped = client.diagnostics(rules)[1]
    line = RULES.splitlines()[8]
    before = line[: line.index("$labels")]
    assert range_of(dropped)[1] == len(before.encode() if encoding == "utf-8" else before)


def test_what_is_typed_is_checked_and_not_what_is_stored(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules, RULES.replace("count(x) == 0", "x == 0"))
        assert [one["code"] for one in client.diagnostics(rules)] == ["label/dropped"]
        version = client.change(rules, "nosuch", (7, 14, 7, 17))
        found = client.diagnostics(rules, version)
        assert [(one["code"], range_of(one)) for one in found][:1] == [("file/promql", (7, 14, 7, 20))]
        client.notify("textDocument/didClose", textDocument={"uri": rules.as_uri()})
        client.diagnostics(rules, until=lambda codes: codes == {"query/empty", "label/dropped"})


def test_edits_in_lines_that_end_otherwise(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules, RULES.replace("\n", "\r\n"))
        client.diagnostics(rules)
        # Behind the emoji, which takes two units, and over the end of a line.
        line = RULES.splitlines()[8]
        at = _units(line[: line.index("{{")])
        version = client.change(rules, '"}\r\n', (8, at, 9, 0))
        assert {one["code"] for one in client.diagnostics(rules, version)} == {"query/empty"}


def test_what_is_half_typed_keeps_the_findings_around_it(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        client.diagnostics(rules)
        version = client.change(rules, "        labels: {sev\n", (5, 0, 6, 0))
        found = client.diagnostics(rules, version)
        assert "query/empty" in {one["code"] for one in found}
        assert any(one["code"].startswith("file/") for one in found)
        client.change(rules, "        labels: {severity: page}\n", (5, 0, 6, 0))
        client.diagnostics(rules, until=lambda codes: codes == {"query/empty", "label/dropped"})


def test_a_spec_is_checked_with_all_its_files(spec: Path) -> None:
    file = spec / STARTER
    text = file.read_text(encoding="utf-8")
    with Client(spec.parent) as client:
        client.open(file)
        version = client.change(file, text.replace("team: platform", "team: plattform", 1))
        (found,) = client.diagnostics(file, version)
        assert found["code"] == "reference/team"
        # A name that is no more in one file is found where another one, which nobody has opened, has it.
        other = spec / "project.yaml"
        client.open(other)
        client.change(file, text)
        client.change(other, other.read_text(encoding="utf-8").replace("  on-call:\n", "  oncall:\n"))
        found_there = client.diagnostics(spec / "procedures.yaml", until=bool)
        assert {one["code"] for one in found_there} == {"reference/receiver"}


def test_findings_of_other_files_of_the_spec_are_shown_without_opening_them(spec: Path) -> None:
    file = spec / STARTER
    file.write_text(file.read_text(encoding="utf-8").replace("team: platform", "team: plat"))
    with Client(spec.parent) as client:
        assert {one["code"] for one in client.diagnostics(file)} == {"reference/team"}


def test_two_workspaces_do_not_know_each_other(tmp_path: Path) -> None:
    files = [tmp_path / name / "rules.yml" for name in ("a", "b")]
    for file in files:
        file.parent.mkdir()
        file.write_text(RULES.replace("instance", file.parent.name), encoding="utf-8")
    with Client(*(file.parent for file in files)) as client:
        for file in files:
            client.open(file)
            found = client.diagnostics(file)
            assert f"$labels.{file.parent.name}" in found[1]["message"]
            # The same alert twice would be `rule/duplicate` in one workspace.
            assert [one["code"] for one in found] == ["query/empty", "label/dropped"]


def test_files_outside_of_the_workspace_and_files_that_hold_no_alerting(tmp_path: Path, rules: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir()
    other = folder / "compose.yaml"
    other.write_text("services: {web: {image: nginx}}\n", encoding="utf-8")
    with Client(folder) as client:
        client.open(other)
        client.notify(
            "textDocument/didOpen",
            textDocument={"uri": "untitled:1", "languageId": "yaml", "version": 1, "text": RULES},
        )
        client.open(rules)
        assert len(client.diagnostics(rules)) == 2
        shown = [one["params"]["uri"] for one in client.said if one.get("method", "").endswith("Diagnostics")]
        assert shown == [rules.as_uri()]


def test_settings_and_accepted_findings_hold_here_too(rules: Path) -> None:
    (rules.parent / "tocsin.toml").write_text('paths = ["rules.yml"]\n[check]\nexcept = ["query/*"]\n')
    with Client(rules.parent) as client:
        client.open(rules)
        assert [one["code"] for one in client.diagnostics(rules)] == ["label/dropped"]
    command = [sys.executable, "-m", "tocsin", "check", "--accept"]
    subprocess.run(command, cwd=rules.parent, check=True, capture_output=True, timeout=PATIENCE)
    with Client(rules.parent) as client:
        client.open(rules, RULES.replace("$labels.instance", "$labels.instance }} {{ $labels.job"))
        messages = [one["message"] for one in client.diagnostics(rules)]
    assert len(messages) == 1
    assert "$labels.job" in messages[0]


def test_a_secret_is_in_nothing_that_is_said(tmp_path: Path) -> None:
    secret = "xoxb-17653672481-19874698323"
    file = tmp_path / "alertmanager.yml"
    text = f"""\
global: {{slack_api_url: "https://hooks.slack.com/services/T0/B0/{secret}"}}
route: {{receiver: chat}}
receivers: [{{name: chat, slack_configs: [{{channel: '#x', api_url: "{secret}", nonsense: {secret}}}]}}]
"""
    file.write_text(text, encoding="utf-8")
    with Client(tmp_path) as client:
        client.open(file)
        assert client.diagnostics(file)
        version = client.change(file, "x", (2, 0, 2, 0))
        client.diagnostics(file, version)
        for number, line in enumerate(text.splitlines()):
            for character in range(0, len(line), 5):
                client.at("hover", file, number, character)
        assert secret not in json.dumps(client.said)


def test_an_edit_in_a_large_spec_is_answered_without_the_other_alerts(tmp_path: Path) -> None:
    write_spec(tmp_path / "spec", 200)
    file = tmp_path / "spec" / "group0003.yaml"
    text = file.read_text(encoding="utf-8")
    with Client(tmp_path) as client:
        client.open(file, text.replace("Service 61 of", "Service 61 {{ $labels.gone }} of"))
        known = client.diagnostics(file, until=bool)
        at = text.index("(rate(requests_total", text.index("Alert00064"))
        line, column = text.count("\n", 0, at), at - text.rindex("\n", 0, at) - 1
        version = client.change(file, "z", (line, column + 1, line, column + 1))
        found = client.diagnostics(file, version)
        assert ("spec/promql", line) in {(one["code"], range_of(one)[0]) for one in found}
        assert [one for one in found if one["code"] == "label/dropped"] == known


def test_the_process_ends_when_the_editor_is_gone(rules: Path) -> None:
    with Client(rules.parent) as client:
        client.open(rules)
        client.diagnostics(rules)
        assert client.process.stdin is not None
        client.process.stdin.close()
        assert client.process.wait(PATIENCE) is not None


def test_a_quick_fix_removes_its_finding(spec: Path) -> None:
    file = spec / STARTER
    text = file.read_text(encoding="utf-8").replace("        unit: ratio\n", "        unti: ratio\n")
    with Client(spec.parent) as client:
        client.open(file, text)
        (found,) = client.diagnostics(file)
        asked = {"textDocument": {"uri": file.as_uri()}, "range": found["range"]}
        (action,) = client.request("textDocument/codeAction", context={"diagnostics": [found]}, **asked)
        (edit,) = action["edit"]["changes"][file.as_uri()]
        version = client.change(file, edit["newText"], range_of(edit))
        assert client.diagnostics(file, version) == []
        # The edit is about what stood there then.
        assert client.request("textDocument/codeAction", context={"diagnostics": [found]}, **asked) == []


def test_what_is_wrong_in_a_later_environment_only_is_shown(tmp_path: Path) -> None:
    file = tmp_path / "spec" / "spec.yaml"
    file.parent.mkdir()
    file.write_text(
        """\
project: {name: p, title: P}
environments: {production: {}, staging: {}}
severities: {critical: {rank: 1, title: C}}
receivers: {all: {webhook: [{url: "http://example.org"}]}}
routing:
  catch_all: all
  routes:
    - {matchers: ['a="b"'], receiver: all, except: [{in: staging, receiver: alll}]}
""",
        encoding="utf-8",
    )
    with Client(tmp_path) as client:
        client.open(file)
        found = client.diagnostics(file)
    assert [(one["code"], range_of(one)[0]) for one in found if one["severity"] == 1] == [
        ("reference/receiver", 7)
    ]


def test_a_dashboard_in_an_open_config_map_is_checked_beside_rules(rules: Path) -> None:
    held = rules.with_name("web.yaml")
    dashboard = '{"schemaVersion": 39, "panels": [{"id": 1, "targets": [{"expr": "up{job=~\\"$jobs\\"}"}]}]}'
    held.write_text(
        f"apiVersion: v1\nkind: ConfigMap\ndata:\n  web.json: |\n    {dashboard}\n", encoding="utf-8"
    )
    with Client(rules.parent) as client:
        client.open(held)
        (found,) = client.diagnostics(held)
    at = 4 + dashboard.index("$jobs")
    assert (found["code"], range_of(found)) == ("dashboard/variable", (4, at, 4, at + len("$jobs")))
