"""The files with notification templates that belong to a configuration are found and read, and no others."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from tocsin.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

CONFIGURATION = """\
global: {resolve_timeout: 5m}
route: {receiver: all}
receivers:
  - name: all
    slack_configs:
      - api_url: http://h.example/
        title: '{{ template "title" . }}'
"""
BROKEN = '{{ define "title" }}{{ .Receiver | upper }}{{ end }}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "work"
    (place / "templates").mkdir(parents=True)
    monkeypatch.chdir(place)
    return place


def _check(folder: Path, pattern: str, *more: str) -> str:
    text = f"{CONFIGURATION}templates: ['{pattern}']\n"
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["check", "alertmanager.yml", *more]).output


@pytest.mark.parametrize(
    "pattern",
    ["templates/*.tmpl", "./templates/a.tmpl", "/etc/alertmanager/templates/*.tmpl", "templates/**.tmpl"],
)
def test_a_pattern_leads_from_the_configuration_wherever_it_is_mounted(folder: Path, pattern: str) -> None:
    (folder / "templates" / "a.tmpl").write_text(BROKEN, encoding="utf-8")
    output = _check(folder, pattern)
    assert "error[notification/syntax]: Alertmanager cannot read this file with templates" in output
    assert "templates/a.tmpl:1:36" in output


def test_a_file_that_is_named_is_the_one_of_a_pattern_that_leads_elsewhere(folder: Path) -> None:
    (folder / "other.tmpl").write_text('{{ define "titel" }}x{{ end }}', encoding="utf-8")
    output = _check(folder, "/etc/alertmanager/*.tmpl", "other.tmpl")
    assert "nothing defines the template `title`" in output
    assert "did you mean `titel`?" in output


@pytest.mark.parametrize("pattern", ["*.tmpl", "/etc/alertmanager/*.tmpl"])
def test_a_pattern_finds_files_beside_the_configuration_in_the_working_directory(
    folder: Path, pattern: str
) -> None:
    (folder / "a.tmpl").write_text(BROKEN, encoding="utf-8")
    assert "a.tmpl:1:36" in _check(folder, pattern)


@pytest.mark.parametrize(
    ("body", "call"),
    [
        ("{{ .Labels.instance }}", '{{ template "title" . }}'),
        ("{{ .Labels.instance }}", '{{ range .Alerts }}{{ template "title" $ }}{{ end }}'),
        ("{{ .Receiver }}", '{{ range .Alerts }}{{ template "title" . }}{{ end }}'),
        ("{{ len .Firing }}", '{{ template "title" . }}'),
    ],
)
def test_a_call_that_is_written_as_the_help_says_gives_the_template_what_it_reads(
    folder: Path, body: str, call: str
) -> None:
    (folder / "a.tmpl").write_text(f'{{{{ define "title" }}}}{body}{{{{ end }}}}', encoding="utf-8")
    text = f"{CONFIGURATION}templates: [a.tmpl]\n".replace('{{ template "title" . }}', call)
    (folder / "alertmanager.yml").write_text(text, encoding="utf-8")
    said = CliRunner().invoke(main, ["check", "alertmanager.yml"], env={"COLUMNS": "300"}).output
    found = re.search(r"help: .*?`(\{\{.*\}\})`", re.sub(r"\n {9,}", " ", said))
    assert found is not None, said
    wrong = re.search(r"\{\{ template [^}]*\}\}", call)
    assert wrong is not None
    (folder / "alertmanager.yml").write_text(text.replace(wrong[0], found[1]), encoding="utf-8")
    assert "notification/field" not in CliRunner().invoke(main, ["check", "alertmanager.yml"]).output


def test_a_pattern_that_finds_nothing_says_nothing_of_what_is_defined(folder: Path) -> None:
    assert _check(folder, "nowhere/*.tmpl") == "alertmanager.yml: nothing found; alerts: 0, groups: 0\n"


@pytest.mark.parametrize("pattern", ["../secret/*", "{}/secret/*", "templates/link.tmpl"])
def test_nothing_outside_is_read(folder: Path, pattern: str) -> None:
    (folder.parent / "secret").mkdir()
    (folder.parent / "secret" / "key.tmpl").write_text("{{ hunter2 }}", encoding="utf-8")
    (folder / "templates" / "link.tmpl").symlink_to(folder.parent / "secret" / "key.tmpl")
    output = _check(folder, pattern.format(folder.parent))
    assert output == "alertmanager.yml: nothing found; alerts: 0, groups: 0\n"


def test_a_file_that_is_no_text_is_told(folder: Path) -> None:
    (folder / "templates" / "a.tmpl").write_bytes(b"\xff\xfe")
    assert "warning[file/unreadable]: byte 1 is not UTF-8" in _check(folder, "templates/*.tmpl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(folder: Path) -> None:
    (folder / "templates" / "a.tmpl").touch(mode=0)
    assert "warning[file/unreadable]: the file cannot be read" in _check(folder, "templates/*.tmpl")


def test_a_file_of_templates_alone_is_judged(folder: Path) -> None:
    (folder / "a.tmpl").write_text(BROKEN, encoding="utf-8")
    output = CliRunner().invoke(main, ["check", "a.tmpl"]).output
    assert "error[notification/syntax]" in output


def test_the_templates_of_each_configuration_are_judged_with_its_receivers(folder: Path) -> None:
    for name, text in (("one", '{{ define "title" }}x{{ end }}\n'), ("two", BROKEN)):
        (folder / name).mkdir()
        (folder / name / "a.tmpl").write_text(text, encoding="utf-8")
        configuration = f"{CONFIGURATION}templates: ['*.tmpl']\n".replace("5m", f"{len(text)}m")
        (folder / name / "alertmanager.yml").write_text(configuration, encoding="utf-8")
    output = CliRunner().invoke(main, ["check", "."]).output
    assert output.count("error[notification/syntax]") == 1
    assert "two/a.tmpl:1:36" in output
