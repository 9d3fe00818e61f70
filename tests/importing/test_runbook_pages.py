"""Markdown pages about alerts become their runbooks, without a line lost."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tocsin.existing.input import read_input
from tocsin.importing.import_files import Imported, import_files
from tocsin.importing.rules.lifts import LIFTS
from tocsin.source.document import Document
from tocsin.targets import runbooks

RULES = """\
groups:
  - name: a
    rules:
      - alert: DiskFull
        expr: free < 5
        labels: {severity: critical}
        annotations: {summary: s, runbook_url: "https://wiki.example/books/disk.md"}
      - alert: NodeDown
        expr: up == 0
        labels: {severity: critical}
        annotations: {summary: s}
      - alert: Two
        expr: a > 1 and b > 2
        labels: {severity: critical}
        annotations: {summary: s, runbook_url: "https://wiki.example/two"}
      - alert: Two
        expr: a > 3 and c > 2
        labels: {severity: warning}
        annotations: {summary: s, runbook_url: "https://wiki.example/two"}
"""
PAGE = """\
---
weight: 3
---
# NodeDown

Read this first.

## Meaning

A node is *gone*, see [the map](https://map.example/x).

## Impact

Less capacity.

Perhaps none.

## Look at the console

```shell
# no heading
virsh list
```

### In the cloud

1. Open it.
2. Look.

## Mitigation

Start it.
"""


def run(pages: dict[str, str], *, lifts: tuple[str, ...] | None = None) -> Imported:
    file = read_input(Document("a.yaml", RULES), named=True)
    documents = [Document(name, text) for name, text in pages.items()]
    if lifts is None:
        return import_files([(file, "a.yaml")], None, pages=documents)
    return import_files([(file, "a.yaml")], None, lifts, pages=documents)


def runbook(made: Imported, alert: str) -> dict[str, Any] | None:
    assert made.files, made.diagnostics
    text = next(file.content.decode() for file in made.files if file.path == "rules/a.yaml")
    found: dict[str, Any] | None = yaml.safe_load(text)["groups"]["a"]["alerts"][alert].get("runbook")
    return found


def test_each_section_gets_the_key_that_its_heading_means() -> None:
    assert runbook(run({"books/node-down.md": PAGE}), "NodeDown") == {
        "description": "Read this first.\n\nA node is *gone*, see [the map](https://map.example/x).\n",
        "impact": ["Less capacity.\n\nPerhaps none."],
        "diagnosis": [
            {
                "title": "Look at the console",
                "text": "```shell\n# no heading\nvirsh list\n```\n\n"
                "### In the cloud\n\n1. Open it.\n2. Look.\n",
            }
        ],
        "actions": {"mitigation": {"title": "Mitigation", "text": "Start it."}},
    }


def test_the_generated_page_shows_every_line() -> None:
    made = run({"NodeDown.md": PAGE})
    assert made.spec is not None
    texts = {file.path: file.content.decode() for file in runbooks.emit(made.spec.plan)}
    for line in ("A node is *gone*, see [the map](https://map.example/x).", "virsh list", "1. Open it."):
        assert line in texts["runbooks/NodeDown.md"]


def test_a_page_is_found_by_the_address_and_its_links_lead_where_they_led() -> None:
    found = runbook(run({"books/disk.md": "# Disks\n\nSee [cleaning](../clean.md).\n"}), "DiskFull")
    assert found == {
        "url": "https://wiki.example/books/disk.md",
        "description": "See [cleaning](https://wiki.example/clean.md).",
    }


def test_the_name_of_a_file_says_more_than_a_title_that_was_copied() -> None:
    pages = {"NodeDown.md": "# NodeDown\n\nx\n", "Two.md": "# NodeDown\n\ny\n"}
    assert runbook(run(pages), "NodeDown") == {"description": "x"}
    assert runbook(run({"Other.md": "# NodeDown\n\nz\n", "a.md": "# NodeDown\n"}), "NodeDown") is None


def test_several_rules_of_one_alert_share_their_address() -> None:
    assert runbook(run({}), "Two") == {"url": "https://wiki.example/two"}


@pytest.mark.parametrize(
    "pages",
    [
        {"NodeDown.md": "# NodeDown\n\nSee [below](#more).\n\n## More\n\nx\n"},
        {"NodeDown.md": "# NodeDown\n\nSee [there](there.md).\n"},
        {"a/NodeDown.md": "# NodeDown\n\nx\n", "b/NodeDown.md": "# NodeDown\n\ny\n"},
        {"NodeDown.md": "# NodeDown\n"},
        {"Other.md": "# Other\n\nx\n"},
    ],
)
def test_what_would_not_be_the_same_is_left_where_it_is(pages: dict[str, str]) -> None:
    assert runbook(run(pages), "NodeDown") is None


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        (
            {"NodeDown.md": "# NodeDown\n\nSee [below](#more).\n\n## More\n\nx\n"},
            "- NodeDown.md: about `NodeDown`, but its link `#more` leads to one of its own headings",
        ),
        (
            {"NodeDown.md": "# NodeDown\n\nSee [there](there.md).\n"},
            "- NodeDown.md: about `NodeDown`, but its link `there.md` is relative",
        ),
        (
            {"NodeDown.md": '# NodeDown\n\n{{< figure src="a.png" >}}\n'},
            "- NodeDown.md: about `NodeDown`, but it has shortcodes",
        ),
        ({"NodeDown.md": "# NodeDown\n"}, "- NodeDown.md: about `NodeDown`, but it has no text"),
        (
            {"a/NodeDown.md": "# NodeDown\n\nx\n", "b/NodeDown.md": "# NodeDown\n\ny\n"},
            "- b/NodeDown.md: about `NodeDown`, as are others of its name or title",
        ),
        (
            {"NodeDown.md": "# NodeDown\n\nx\n", "copy.md": "# NodeDown\n\ny\n"},
            "- copy.md: about `NodeDown`, as is NodeDown.md",
        ),
        ({"Other.md": "# Other\n\nx\n"}, "No alert has the name or title of these"),
    ],
)
def test_the_report_names_the_pages_that_are_no_runbooks(pages: dict[str, str], said: str) -> None:
    report = next(file.content.decode() for file in run(pages).files if file.path == "IMPORT.md")
    assert said in report.partition("## Pages that stay where they are\n")[2]


def test_the_report_names_no_page_that_became_a_runbook() -> None:
    made = run({"NodeDown.md": PAGE})
    report = next(file.content.decode() for file in made.files if file.path == "IMPORT.md")
    assert "stay where they are" not in report


def test_pages_can_be_left_out() -> None:
    assert runbook(run({"NodeDown.md": PAGE}, lifts=tuple(LIFTS)), "NodeDown") is None


def test_a_page_that_would_lose_a_line_is_left_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runbooks, "emit", lambda _plan: iter(()))
    made = run({"NodeDown.md": PAGE})
    assert runbook(made, "NodeDown") is None
    assert runbook(made, "DiskFull") == {"url": "https://wiki.example/books/disk.md"}
    report = next(file.content.decode() for file in made.files if file.path == "IMPORT.md")
    assert "- NodeDown.md: about `NodeDown`, but the spec with it would lose a line of the page" in report


def test_no_secret_of_a_page_is_written() -> None:
    made = run({"NodeDown.md": "# NodeDown\n\nThe password is hunter2trustno1.\n"})
    assert "hunter2" not in str(runbook(made, "NodeDown"))


def test_front_matter_of_a_page_is_mentioned() -> None:
    made = run({"NodeDown.md": PAGE})
    (said,) = [one for one in made.diagnostics if one.id == "import/left-out"]
    assert said.message == "imported without the front matter of this page"
    assert said.span is not None
    assert said.span.line == 1
    without = run({"NodeDown.md": PAGE.partition("---\n")[2].partition("---\n")[2]})
    assert "import/left-out" not in {one.id for one in without.diagnostics}
