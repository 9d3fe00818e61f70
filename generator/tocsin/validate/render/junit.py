"""A report as JUnit XML: a suite for each column, a case for each rule."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tocsin.text.visible import visible_line, xml_text
from tocsin.validate.verdicts import Column, State

if TYPE_CHECKING:
    from tocsin.validate.verdicts import ValidationReport


def render_junit(report: ValidationReport) -> str:
    """The XML, indented."""
    root = ET.Element("testsuites", name="tocsin validate")
    for column in Column:
        cells = [(row.key, row.cells[column]) for row in report.rows]
        counts = {state: sum(cell.state is state for _, cell in cells) for state in State}
        suite = ET.SubElement(
            root,
            "testsuite",
            name=column.value,
            tests=str(len(cells)),
            failures=str(counts[State.FAILED]),
            errors="0",
            skipped=str(counts[State.SKIPPED]),
        )
        for key, cell in cells:
            case = ET.SubElement(suite, "testcase", classname=column.value, name=visible_line(key.text))
            reason = xml_text(cell.reason)
            if cell.state is State.FAILED:
                ET.SubElement(case, "failure", message=reason).text = reason
            elif cell.state is State.SKIPPED:
                ET.SubElement(case, "skipped", message=reason)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
