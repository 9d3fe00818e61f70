"""Findings as a JUnit report, which CI systems show as tests: one for each check."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from tocsin.diagnostics.model import Level
from tocsin.diagnostics.render.text import render_text
from tocsin.text.visible import escape_invisible

if TYPE_CHECKING:
    from tocsin.diagnostics.model import Diagnostic
    from tocsin.diagnostics.report import Report

_WIDTH = 100
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render_junit(report: Report) -> str:
    """One suite; a check fails when it found an error or a warning, and what is only a note is its output."""
    by_check: dict[str, list[Diagnostic]] = {one.id: [] for one in report.sought}
    for diagnostic in report.open():
        by_check.setdefault(diagnostic.id, []).append(diagnostic)
    failed = sum(any(one.level is not Level.INFO for one in found) for found in by_check.values())
    counts = {"tests": str(len(by_check)), "failures": str(failed), "errors": "0"}
    root = Element("testsuites", {"name": "tocsin", **counts})
    suite = SubElement(root, "testsuite", {"name": "tocsin check", **counts, "skipped": "0", "time": "0"})
    for id_, found in by_check.items():
        _case(suite, id_, found)
    indent(root)
    text = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _case(suite: Element, id_: str, found: list[Diagnostic]) -> None:
    attributes = {"classname": f"tocsin.{id_.split('/')[0]}", "name": id_, "time": "0"}
    serious = [one for one in found if one.level is not Level.INFO]
    notes = [one for one in found if one.level is Level.INFO]
    if serious and serious[0].span is not None:
        # GitLab leads from the test to this file.
        attributes["file"] = _safe(serious[0].span.document.name)
    case = SubElement(suite, "testcase", attributes)
    if serious:
        more = f" (and {len(serious) - 1} more)" if len(serious) > 1 else ""
        failure = SubElement(
            case, "failure", {"type": serious[0].level.value, "message": _safe(serious[0].message + more)}
        )
        failure.text = _text(serious)
    if notes:
        SubElement(case, "system-out").text = _text(notes)


def _text(found: list[Diagnostic]) -> str:
    return _safe(render_text(found, colour=False, width=_WIDTH))


def _safe(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", escape_invisible(text))
