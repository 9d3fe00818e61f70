"""What scripts replace in a configuration before Alertmanager reads it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """\
global: {{smtp_smarthost: "mail.example.org:587", smtp_from: "a@example.org"}}
route: {{receiver: all}}
receivers:
  - name: all
    slack_configs:
      - api_url: {value}
"""
MOUNTED = """\
services:
  alertmanager:
    image: prom/alertmanager
    volumes: ["./am/alertmanager.yml:/etc/alertmanager/config.in.yml:ro"]
    entrypoint:
      - sh
      - -c
      - >
        sed -e "s|$${{SLACK_URL}}|$$SLACK_URL|"
        /etc/alertmanager/config.in.yml > /tmp/config.yml && exec /bin/alertmanager
"""
WORKFLOW = """\
jobs:
  up:
    steps:
      - run: |
          envsubst < am/alertmanager.yml | kubectl apply -f -
"""


def _variables(folder: Path, value: str, scripts: dict[str, str]) -> list[int]:
    """The lines on which a variable is told that nobody replaces."""
    texts = {"am/alertmanager.yml": CONFIGURATION.format(value=value), **scripts}
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    said = CliRunner().invoke(main, ["check", str(folder), "--format", "json"]).stdout
    return [one["line"] for one in json.loads(said) if one["check"].startswith("alertmanager/v")]


@pytest.mark.parametrize(
    ("value", "name", "script"),
    [
        ("${SLACK_URL}", "start", "#!/bin/sh\nenvsubst < am/alertmanager.yml > am/done.yml\n"),
        ("${SLACK_URL}", "am/x.bash", "envsubst '${SLACK_URL} $B' < alertmanager.yml > out/alertmanager.yml"),
        ("${SLACK_URL}", "README.md", "Run `envsubst < am/alertmanager.yml | kubectl apply -f -` by hand."),
        ("${SLACK_URL}", "run.sh", "cat ./am/alertmanager.yml \\\n  | envsubst > /tmp/alertmanager.yml"),
        ("$SLACK_URL", "run.sh", 'IN="${DIR:-am}/alertmanager.yml"\nenvsubst < "$IN" > x.yml'),
        ("$SLACK_URL", "run.sh", 'for f in am/*.yml; do\n  envsubst < "$f" > "out/$f"\ndone'),
        ("$SLACK_URL", "run.sh", 'eval "echo \\"$(cat am/alertmanager.yml)\\"" > done.yml'),
        ("<SLACK_URL>", "Makefile", 'up:\n\tsed -i "s#<SLACK_URL>#$(URL)#" am/alertmanager.yml\n'),
        ("YOUR_SLACK_URL", "am/entry.sh", "sed 's|YOUR_SLACK_URL|'\"$U\"'|' /etc/alertmanager.yml > /a"),
        ("${SLACK_URL}", "docker-compose.yml", MOUNTED.format()),
        ("${SLACK_URL}", ".github/workflows/up.yml", WORKFLOW),
        ("${slack_url}", "main.tf", 'templatefile("${path.module}/am/alertmanager.yml", {slack_url = 1})'),
        ('\'{{ .Env.SLACK_URL }}\'', "run.sh", "gomplate -f am/alertmanager.yml -o am/done.yml"),
        ("${SLACK_URL}", "Dockerfile", "COPY am/alertmanager.yml /in.yml\nCMD envsubst < /in.yml > /a.yml"),
    ],
)  # fmt: skip
def test_what_a_script_replaces_is_no_literal(tmp_path: Path, value: str, name: str, script: str) -> None:
    assert _variables(tmp_path, value, {}) == [6], "nobody would have said anything"
    assert _variables(tmp_path, value, {name: script}) == []


@pytest.mark.parametrize(
    ("value", "name", "script"),
    [
        # It names the variables that it replaces, and this one is none of them.
        ("${SLACK_URL}", "run.sh", "envsubst '$MAIL_TO' < am/alertmanager.yml > am/done.yml"),
        ("${SLACK_URL}", "run.sh", 'sed "s|${MAIL_TO}|$TO|" am/alertmanager.yml > am/done.yml'),
        # What it writes is the configuration, which still has the variable.
        ("${SLACK_URL}", "run.sh", "envsubst < am/base.yml > am/alertmanager.yml"),
        ("${SLACK_URL}", "run.sh", "# envsubst < am/alertmanager.yml > am/done.yml"),
        ("${SLACK_URL}", "run.sh", "envsubst < prometheus/alertmanager.yml > done.yml"),
        ("${SLACK_URL}", "web/run.sh", "envsubst < alertmanager.yml > done.yml"),
        ("${SLACK_URL}", "run.sh", "docker run -v ./am/alertmanager.yml:/etc/am.yml prom/alertmanager"),
        # `envsubst` leaves what is no variable.
        ("<SLACK_URL>", "run.sh", "envsubst < am/alertmanager.yml > am/done.yml"),
        ("${SLACK_URL}", "README.md", "Run `envsubst < am/other.yml > am/done.yml` by hand."),
        ("${SLACK_URL}", "node_modules/x/run.sh", "envsubst < am/alertmanager.yml"),
    ],
)
def test_what_no_script_replaces_stays_told(tmp_path: Path, value: str, name: str, script: str) -> None:
    assert _variables(tmp_path, value, {name: script}) == [6]


def test_a_comment_of_the_file_says_how_it_is_filled_in(tmp_path: Path) -> None:
    text = "# usage: envsubst < alertmanager.yml | kubectl apply -f -\n" + CONFIGURATION
    (tmp_path / "alertmanager.yml").write_text(text.format(value="${SLACK_URL}"))
    said = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"]).stdout
    assert not [one for one in json.loads(said) if one["level"] != "info"]


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("KEY=" + "a" * 250_000, id="a long word"),
        pytest.param("envsubst '" + "$" * 250_000 + " alertmanager.yml", id="an open quote"),
        pytest.param(
            "a=" + "$a" * 1000 + "\nenvsubst " + "$a" * 1000 + " < alertmanager.yml",
            id="values of themselves",
        ),
    ],
)
def test_a_script_that_is_no_use_to_anybody_has_an_end(tmp_path: Path, script: str) -> None:
    (tmp_path / "alertmanager.yml").write_text(CONFIGURATION.format(value="http://${HOST}/x"))
    (tmp_path / "x.sh").write_text(script)
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--format", "json"])
    is_filled = "envsubst" in script
    assert ("alertmanager/variable" in result.stdout) is not is_filled
