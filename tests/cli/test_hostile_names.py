"""What a terminal would obey in texts from files is shown as escapes, by every command and format."""

from __future__ import annotations

import json
import os
import pty
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main
from tocsin.text.visible import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Sequence

EVIL = "\x1b]0;title\x07\x1b[2J\x1b[31m\x1b[8m\x9b1m\u202e\u2066\r\x7f\n::error::forged"
"""A window's title, an empty screen, red, hidden text, text from right to left, a line for a CI system."""
ALERTMANAGER = """\
route:
  receiver: "chatEVIL"
  group_by: ["regionEVIL"]
  routes:
  - receiver: "pagerEVIL"
    matchers: ["team=\\"dbEVIL\\"", 'severity=~"critical|warning"']
    mute_time_intervals: ["nightEVIL"]
receivers:
- {name: "chatEVIL", webhook_configs: [{url: "http://x.example/"}]}
- {name: "pagerEVIL", webhook_configs: [{url: "http://x.example/"}]}
time_intervals:
- {name: "nightEVIL", time_intervals: [{weekdays: [monday]}]}
inhibit_rules:
- {source_matchers: ["team=\\"dbEVIL\\""], target_matchers: ["team=\\"webEVIL\\""], equal: ["regionEVIL"]}
"""
RULES = """\
groups:
- name: "groupEVIL"
  rules:
  - alert: "DownEVIL"
    expr: "up{instance=\\"aQUERY\\"} == 0"
    labels: {severity: critical, team: "dbEVIL"}
    annotations: {summary: "{{ $labels.gone }}EVIL", runbook_url: "http://x.example/EVIL"}
  - {alert: "DownEVIL", expr: "up{instance=\\"aQUERY\\"} == 0", labels: {severity: critical, team: "dbEVIL"}}
"""
BROKEN = 'route: {receiver: "aQUERY", "bEVIL": 1}\nreceivers: [{name: "cEVIL", "dEVIL": []}]\n'


@pytest.fixture(autouse=True)
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in (
        ("am.yml", ALERTMANAGER),
        ("rules.yml", RULES),
        (f"bad{EVIL.replace('/', '')}.yml", BROKEN),
    ):
        written = text.replace("EVIL", _escaped(EVIL)).replace("QUERY", _escaped(EVIL.replace("\n", "")))
        (tmp_path / name).write_text(written)
    new = (tmp_path / "am.yml").read_text().replace("pager", "phone").replace("night", "day")
    (tmp_path / "am2.yml").write_text(new)
    (tmp_path / "rules2.yml").write_text((tmp_path / "rules.yml").read_text().replace("== 0", "== 3"))
    monkeypatch.chdir(tmp_path)


def _escaped(text: str) -> str:
    return "".join(f"\\u{ord(char):04x}" for char in text)


def _down() -> str:
    return next(name for name in _alerts() if name.startswith("Down"))


def _alerts() -> list[str]:
    import yaml

    return [rule["alert"] for rule in yaml.safe_load(Path("rules.yml").read_text())["groups"][0]["rules"]]


BAD = "no\x1b]0;such\x07\u202e\x9b"
COMMANDS: list[Sequence[str]] = [
    *(
        ("check", "am.yml", "rules.yml", "--format", form)
        for form in ("text", "json", "sarif", "github", "junit")
    ),
    *(("check", "BROKEN", "--format", form) for form in ("text", "json", "sarif", "github", "junit")),
    *(
        ("route", "am.yml", "rules.yml", "--all", "--format", form)
        for form in ("text", "json", "mermaid", "svg")
    ),
    ("route", "am.yml"),
    ("route", "BROKEN"),
    ("route", "am.yml", "team=db", "--for", "8h"),
    ("route", "am.yml", "rules.yml", "--gaps"),
    ("route", "am.yml", "rules.yml", "--alert", "DOWN"),
    *(("diff", "am.yml", "am2.yml", "--format", form) for form in ("text", "json", "markdown")),
    *(("diff", "rules.yml", "rules2.yml", "--format", form) for form in ("text", "json", "markdown")),
    ("diff", "BROKEN", "am.yml"),
    ("explain", "DOWN", "am.yml", "rules.yml"),
    *(("prove", "rules.yml", "--format", form) for form in ("text", "json", "junit")),
    ("prove", "rules.yml", "--cases"),
    # What stands on the command line is shown again in messages.
    ("check", BAD),
    ("check", "--only", BAD),
    ("route", "am.yml", BAD),
    ("route", "am.yml", "rules.yml", "--alert", BAD),
    ("route", "am.yml", "--at", BAD),
    ("route", "am.yml", "--tz", BAD),
    ("route", "am.yml", "a=b", "--silence", BAD),
    ("diff", BAD, "am.yml"),
    ("explain", BAD, "rules.yml"),
    ("generate", BAD),
    ("validate", BAD),
    (BAD,),
]


def _arguments(command: Sequence[str]) -> list[str]:
    broken = next(path.name for path in Path().glob("bad*"))
    return [{"BROKEN": broken, "DOWN": _down()}.get(word, word) for word in command]


@pytest.mark.parametrize(
    "command", COMMANDS, ids=lambda command: " ".join(command)[:60].encode("unicode_escape")
)
def test_nothing_is_obeyed(command: Sequence[str]) -> None:
    result = CliRunner().invoke(main, _arguments(command))
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.output
    assert not HIDDEN.search(result.output)
    if "--format" not in command or "text" in command:
        # A runner of GitHub obeys such a line, whichever program printed it.
        assert not re.search(r"^\s*::[a-z]", result.output, re.MULTILINE)


def test_json_keeps_the_values() -> None:
    output = CliRunner().invoke(main, ["route", "am.yml", "team=db", "--format", "json"]).output
    assert json.loads(output)["receivers"][0].startswith("chat\x1b]0;title\x07\x1b[2J")


@pytest.mark.parametrize(
    "command", [("route", "am.yml"), ("check", "am.yml", "rules.yml"), ("explain", "DOWN")]
)
def test_a_terminal_sees_the_colours_of_the_commands_alone(
    command: Sequence[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w", buffering=1 << 20) as terminal:
        monkeypatch.setattr("sys.stdout", terminal)
        monkeypatch.setattr("sys.stderr", terminal)
        with pytest.raises(SystemExit):
            main(_arguments([*command, *(["rules.yml"] if command[0] == "explain" else [])]))
        monkeypatch.undo()
        seen = os.read(ours, 1 << 16).decode("utf-8", "replace").replace("\r\n", "\n")
    os.close(ours)
    assert "\x1b[1m" in seen or "\x1b[1;3" in seen or command[0] == "route"
    assert not HIDDEN.search(re.sub("\x1b\\[[0-9;]*m", "", seen))
    assert "\x1b[8m" not in seen
