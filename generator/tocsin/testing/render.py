"""The outcomes of tests as a report for people, as JSON and as JUnit XML."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import click
import orjson

from tocsin.testing.outcome import Kind, Result
from tocsin.text.visible import escape_invisible, visible_line, xml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.testing.outcome import TestOutcome


def render_text(outcomes: Sequence[TestOutcome], colour: bool = False) -> str:
    """Each test that failed with its reason, what did not run, and the numbers in the last line."""
    return "".join(f"{line}\n" for line in _lines(outcomes, colour))


def _lines(outcomes: Sequence[TestOutcome], colour: bool) -> Iterator[str]:
    for one in outcomes:
        if one.result is Result.FAILED:
            word = click.style("failed", fg="red", bold=True) if colour else "failed"
            yield f"{word}: {visible_line(one.name)}"
            yield f" --> {visible_line(place_of(one))}"
            yield from (f"  {visible_line(line)}" for line in one.details)
            yield ""
    waiting = Counter(one.details for one in outcomes if one.result is Result.NOT_RUN)
    for details, count in waiting.items():
        yield f"not run: {_count(count)}: {visible_line(' '.join(details))}"
    found = Counter(one.result for one in outcomes)
    rest = ", ".join(f"{found[result]} {result.value}" for result in Result if found[result])
    yield f"{_count(len(outcomes))}: {rest or 'none was found'}"


def _count(number: int) -> str:
    return f"{number} test" if number == 1 else f"{number} tests"


def place_of(one: TestOutcome) -> str:
    """The file and the line of a test."""
    return f"{one.span.document.name}:{one.span.line}"


def render_json(outcomes: Sequence[TestOutcome]) -> str:
    """A list with an object for each test: `kind`, `name`, `file`, `line`, `result`, `details`, `alerts`."""
    rows = [
        {
            "kind": one.kind.value,
            "name": escape_invisible(one.name),
            "file": one.span.document.name,
            "line": one.span.line,
            "result": one.result.value,
            "details": [escape_invisible(line) for line in one.details],
            "alerts": list(one.alerts),
        }
        for one in outcomes
    ]
    return orjson.dumps(rows, option=orjson.OPT_INDENT_2).decode() + "\n"


def render_junit(outcomes: Sequence[TestOutcome]) -> str:
    """A suite for each kind of test, with a case for each test."""
    root = ET.Element("testsuites", name="tocsin test")
    for kind in Kind:
        here = [one for one in outcomes if one.kind is kind]
        if not here:
            continue
        found = Counter(one.result for one in here)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=kind.value,
            tests=str(len(here)),
            failures=str(found[Result.FAILED]),
            errors="0",
            skipped=str(found[Result.NOT_RUN]),
        )
        for one in here:
            place = {"file": one.span.document.name, "line": str(one.span.line)}
            case = ET.SubElement(
                suite, "testcase", {"classname": kind.value, "name": visible_line(one.name), **place}
            )
            said = xml_text("\n".join(one.details))
            if one.result is Result.FAILED:
                ET.SubElement(case, "failure", message=said.partition("\n")[0]).text = said
            elif one.result is Result.NOT_RUN:
                ET.SubElement(case, "skipped", message=said)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


RENDERERS: dict[str, Callable[[Sequence[TestOutcome], bool], str]] = {
    "text": render_text,
    "json": lambda outcomes, _: render_json(outcomes),
    "junit": lambda outcomes, _: render_junit(outcomes),
}
"""From the name of a form to a function of the outcomes and whether to use colour."""
