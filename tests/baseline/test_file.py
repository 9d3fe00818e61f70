"""The file of a baseline."""

from dataclasses import replace
from datetime import date

import pytest

from tocsin.baseline.entry import Entry
from tocsin.baseline.file import baseline_text, read_baseline
from tocsin.diagnostics.subject import Subject, subject_of_file
from tocsin.source.document import Document

DAY = date(2026, 3, 1)


def _entry(subject: Subject, check: str = "x/y", finding: str = "`a`: b", reason: str = "r") -> Entry:
    return Entry(check, subject, finding, 1, DAY, reason)


@pytest.mark.parametrize(
    "subject",
    [
        Subject("alert", "Errors", "web", "rules/a.yml"),
        Subject("alert", "yes", "", "rules/a.yml"),
        Subject("record", "errors:rate5m", "web", "rules/a.yml"),
        Subject("group", "web", "", "a.yml"),
        Subject("route", 'team="db", region=~"eu|us"', 'severity="page"', "am.yml"),
        Subject("route", "the root", "", "am.yml"),
        Subject("inhibition", "severity=page → severity=info", "", "am.yml"),
        Subject("panel", "12", "shop", "shop.json"),
        Subject("section", "routing", "", "spec/routing.yaml"),
        subject_of_file("rules/é: {x}.yml"),
    ],
)
def test_what_is_written_is_read_again(subject: Subject) -> None:
    entry = replace(_entry(subject, reason='said: "so"'), count=3)

    loaded = read_baseline(Document("b.yaml", baseline_text([entry])))

    assert loaded.diagnostics == ()
    (found,) = loaded.entries
    assert (found.check, found.subject, found.finding, found.count, found.date, found.reason) == (
        *(entry.check, subject, entry.finding),
        *(3, DAY, 'said: "so"'),
    )
    assert found.place is not None


def test_the_file_can_be_reviewed() -> None:
    first = _entry(
        Subject("alert", "Slow", "web", "a.yml"), "label/dropped", "uses `pod`", reason="until 2.0"
    )
    second = _entry(Subject("alert", "Errors", "web", "a.yml"))
    text = baseline_text([first, second, first, _entry(subject_of_file("b.yml"), "file/yaml", "broken")])
    body = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    assert (
        body
        == """\
accepted:
  - alert: Errors
    group: web
    file: a.yml
    check: x/y
    finding: "`a`: b"
    date: "2026-03-01"
    reason: r
  - alert: Slow
    group: web
    file: a.yml
    check: label/dropped
    finding: uses `pod`
    count: 2
    date: "2026-03-01"
    reason: until 2.0
  - file: b.yml
    check: file/yaml
    finding: broken
    date: "2026-03-01"
    reason: r"""
    )


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("accepted:\n  - {alert: A, check: x/y}\n", 2, "`file` is missing"),
        ("accepted:\n  - {file: a, chek: x/y, date: 2026-01-01, reason: r}\n", 2, "`chek`"),
        ("accepted:\n  - {file: a, check: x/y, date: soon, reason: r}\n", 2, "a date belongs here"),
        ("accepted: {a: b}\n", 1, "list"),
        ("- a\n", 1, "`accepted`"),
        ("accepted: [\n", 1, "not YAML"),
    ],
)
def test_a_mistake_in_the_file_is_reported_with_its_line(text: str, line: int, said: str) -> None:
    loaded = read_baseline(Document("b.yaml", text))

    assert loaded.entries == ()
    found = [one for one in loaded.diagnostics if said in one.message]
    assert found, loaded.diagnostics
    assert found[0].span is not None
    assert found[0].span.line == line
