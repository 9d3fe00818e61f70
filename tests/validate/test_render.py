"""A report as a table, as JSON and as JUnit."""

from __future__ import annotations

import json
from xml.etree import ElementTree as ET

from tocsin.validate.render import RENDERERS
from tocsin.validate.verdicts import Column, RuleKey, ValidationReport, ValidationRow, failed, proven, skipped

DOWN = ValidationRow(RuleKey("Down", "critical"), dict.fromkeys(Column, proven()))
SLOW = ValidationRow(
    RuleKey("Slow", "warning"),
    {
        Column.LOADS: proven(),
        Column.FIRES: failed("its query returns 0.2 & it fires at > 5"),
        Column.ARRIVES: skipped("it did not fire"),
        Column.INHIBITS: skipped("it did not fire"),
        Column.OPENS: proven(),
    },
)
REPORT = ValidationReport((DOWN, SLOW), ("prometheus",), {"grafana": "no image"})


def test_the_table_names_what_failed_and_what_was_left_out() -> None:
    assert RENDERERS["text"](REPORT, False, 80) == (
        "alert  severity  loads  fires  arrives  inhibits  opens\n"
        "Down   critical    ✓      ✓       ✓        ✓        ✓  \n"
        "Slow   warning     ✓      ✗       –        –        ✓  \n"
        "\n"
        "Failed\n"
        "  its query returns 0.2 & it fires at > 5\n"
        "      fires: Slow (warning)\n"
        "\n"
        "Skipped\n"
        "  it did not fire\n"
        "      arrives, inhibits: Slow (warning)\n"
        "\n"
        "Not run\n"
        "  grafana: no image\n"
        "\n"
        "2 rules: 7 proven, 1 failed, 2 skipped; the run was incomplete: grafana did not \n"
        "run\n"
    )


def test_json_has_an_object_for_each_rule() -> None:
    rows = json.loads(RENDERERS["json"](REPORT, False, 80))
    assert rows[1] == {
        "alert": "Slow",
        "severity": "warning",
        "loads": "proven",
        "fires": "failed",
        "arrives": "skipped",
        "inhibits": "skipped",
        "opens": "proven",
        "reason": "fires: its query returns 0.2 & it fires at > 5; arrives: it did not fire; "
        "inhibits: it did not fire",
    }


def test_junit_counts_failures_and_skips() -> None:
    root = ET.fromstring(RENDERERS["junit"](REPORT, False, 80))
    suites = {suite.get("name"): suite for suite in root}
    assert (suites["fires"].get("tests"), suites["fires"].get("failures")) == ("2", "1")
    assert suites["arrives"].get("skipped") == "1"
    failure = suites["fires"].find("testcase[@name='Slow (warning)']/failure")
    assert failure is not None
    assert failure.get("message") == "its query returns 0.2 & it fires at > 5"
    left_out = {
        (suite.get("name"), case.get("name"), left.get("message"))
        for suite in root
        for case in suite
        for left in case.iter("skipped")
    }
    assert left_out == {(name, "Slow (warning)", "it did not fire") for name in ("arrives", "inhibits")}
