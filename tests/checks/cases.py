"""Case pages: Markdown in which every YAML fence is a case and a comment marks each guilty line.

A fence holds documents parted by `---`: rules of a group (a list), a rule file, an Alertmanager
configuration, a file of notification templates (it begins with braces),
a Markdown file (its path stands in a comment at its top), a `policy`, parts of a spec, to
which what a spec must have is added, or parts of one alert of a spec, which becomes `Errors` in the group
`web`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from tocsin.checking import check_plan
from tocsin.checks import CHECKS
from tocsin.compile import build
from tocsin.compile.policy import policy as planned_policy
from tocsin.detect.kinds import DocumentKind, document_parts
from tocsin.diagnostics.catalogue import MESSAGES
from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.existing.markdown import Markdown
from tocsin.existing.templates import Templates, template_patterns
from tocsin.source import Document, read_stream
from tocsin.source.json import json_as_yaml
from tocsin.spec.load import load_documents
from tocsin.spec.policy_file import load_policy

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from tocsin.checks.framework.check import Check
    from tocsin.diagnostics import Diagnostic
    from tocsin.plan.model import Plan, Policy
    from tocsin.source import Sources

PAGES = Path(__file__).parent
TODAY = date(2026, 6, 15)
_FENCE = re.compile(r"^```(?P<kind>yaml|snapshot)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
_MARK = re.compile(
    r"(?:#|\{\{/\*)\s*(?P<level>error|warning|info): (?P<id>[a-z0-9-]+/[a-z0-9-]+)\s*(?:\*/\}\})?$"
)
_ITEM = re.compile(r"^(?=- )", re.MULTILINE)
_SPEC = {
    "project": "project: {name: p, title: P}\n",
    "severities": "severities: {critical: {rank: 1, title: C}, warning: {rank: 2, title: W}}\n",
    "receivers": 'receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}\n',
    "routing": "routing: {catch_all: all}\n",
}
_ALERT = """\
groups:
  web:
    title: Web
    alerts:
      Errors:
        summary: errors
        description: too many
"""
_OF_ALERT = {
    "query": "        promql: sum(rate(errors_total[5m]))\n",
    "thresholds": "        thresholds: {warning: {above: 1}}\n",
}

_PARTS = frozenset(
    {"promql", "logql", "expr", "thresholds", "severity", "labels", "annotations", "panel", "per", "runbook"}
    | {"unit", "team", "related", "tests", "allow", "for_each", "rules"}
)


@dataclass(frozen=True)
class Case:
    """One fence: its text, and the rendering that stands behind it, if any."""

    page: Path
    line: int
    text: str
    snapshot: str | None

    @property
    def check(self) -> str:
        """The check that the page is about."""
        return f"{self.page.parent.name}/{self.page.stem}"

    def marks(self) -> set[tuple[str, int, str]]:
        """Level, line of the fence, and check of each mark."""
        return {
            (found["level"], number, found["id"])
            for number, line in enumerate(self.text.split("\n"), 1)
            if (found := _MARK.search(line))
        }

    def counts(self) -> tuple[int, int]:
        """How many marks and how many near misses it holds: each rule of a list is a case of its own."""
        rules = [item for part in re.split(r"^---\n", self.text, flags=re.M) for item in _items(part)]
        pieces = rules or [self.text]
        silent = sum(not any(_MARK.search(line) for line in piece.split("\n")) for piece in pieces)
        return len(self.marks()), silent


def _items(part: str) -> list[str]:
    start = part.find("- ") if re.match(r"(?:\s*#.*\n|\s*\n)*- ", part) else -1
    return _ITEM.split(part[start:])[1:] if start >= 0 else []


def pages() -> list[Path]:
    """All case pages, in order."""
    return sorted(PAGES.glob("*/*.md"))


def cases(page: Path) -> list[Case]:
    """The cases of a page."""
    text = page.read_text(encoding="utf-8")
    found: list[Case] = []
    for fence in _FENCE.finditer(text):
        if fence["kind"] == "yaml":
            found.append(Case(page, text.count("\n", 0, fence.start()) + 2, fence["text"], None))
        else:
            found[-1] = replace(found[-1], snapshot=fence["text"])
    return found


@dataclass(frozen=True)
class Planned:
    """A plan made of the text of a case, with where everything is written."""

    plan: Plan
    sources: Sources
    diagnostics: tuple[Diagnostic, ...]
    first_lines: dict[str, int]
    """By the name of a document: how many lines of the fence stand before it, less those put into it."""

    def found(self, checks: Iterable[Check]) -> tuple[Diagnostic, ...]:
        """What the checks find."""
        known = {*CHECKS, *MESSAGES}
        found = self.diagnostics
        return check_plan(self.plan, self.sources, list(checks), known=known, today=TODAY, found=found)

    def lines(self, found: Iterable[Diagnostic]) -> set[tuple[str, int, str]]:
        """Level, line of the fence, and check of each finding."""
        return {
            (one.level.value, one.span.line + self.first_lines[one.span.document.name], one.id)
            for one in found
            if one.span is not None
        }


def planned(text: str) -> Planned | None:
    """The plan of a case's text; None when it is that of a spec which cannot become one."""
    policy: Policy | None = None
    plain: list[Document] = []
    templates: list[Document] = []
    files: dict[str, Document | None] = {}
    spec: list[Document] = []
    first_lines: dict[str, int] = {}
    before = 0
    for part in re.split(r"^---\n", text, flags=re.MULTILINE):
        name, shown, added = _document(part, first_lines)
        document = Document(name, shown)
        first_lines[shown.split()[1] if name.startswith("markdown") else name] = before - added
        before += part.count("\n") + 1
        if name.startswith("policy"):
            loaded = load_policy(document)
            policy = planned_policy(loaded.policy) if loaded.policy else None
        elif name.startswith("markdown"):
            path = shown.split()[1]
            files[path] = Document(path, shown)
        elif name.startswith("templates"):
            templates.append(document)
        elif name.startswith("spec"):
            spec.append(document)
        else:
            plain.append(document)
    if spec:
        made = _of_spec(spec, first_lines)
        return (
            made if made is None or policy is None else replace(made, plan=replace(made.plan, policy=policy))
        )
    inputs = [Input(document, read_stream(document), True) for document in plain]
    found = tuple(templates)
    named = template_patterns((file.document.name, part) for file in inputs for part in file.parts())
    by_pattern = {one: found for one in (named[1] if named else ()) if found}
    adopted = read_existing(
        inputs,
        templates=Templates(by_pattern, () if by_pattern else found),
        markdown=Markdown(files, ("github.com/shop/alerting",)),
    )
    plan = replace(adopted.plan, policy=policy)
    return Planned(plan, adopted.sources, adopted.diagnostics, first_lines)


def _of_spec(documents: list[Document], first_lines: dict[str, int]) -> Planned | None:
    loaded = load_documents([*documents, rest_of_spec(documents)])
    if loaded.spec is None:
        return None
    built = build(loaded.spec, loaded.sources)
    if built.plan is None:
        return None
    return Planned(built.plan, loaded.sources, (), {**first_lines, "~rest.yaml": 0})


def rest_of_spec(documents: Iterable[Document]) -> Document:
    """A file with what a spec must have and the documents do not have."""
    written = {
        line.split(":")[0]
        for document in documents
        for line in document.text.split("\n")
        if re.match(r"[a-z]", line)
    }
    rest = "".join(text for key, text in _SPEC.items() if key not in written)
    return Document("~rest.yaml", rest)


def documents(text: str) -> list[Document]:
    """The documents of a case, each with what had to be put around it."""
    made: dict[str, Document] = {}
    for part in re.split(r"^---\n", text, flags=re.MULTILINE):
        name, shown, _ = _document(part, made)
        made[name] = Document(name, shown)
    return list(made.values())


def _document(part: str, taken: Collection[str]) -> tuple[str, str, int]:
    """A name, the whole text, and how many lines were put before it."""
    kind, text, added = _kind(part)
    number = sum(name.startswith(kind) for name in taken)
    return f"{kind}{number or ''}.yaml", text, added


def _kind(part: str) -> tuple[str, str, int]:
    if part.startswith("<!--"):
        return "markdown", part, 0
    if re.match(r'\{\s*"', part):
        return "dashboard", json_as_yaml(part), 0
    if part.startswith("{{"):
        return "templates", part, 0
    if _items(part):
        header = "groups:\n  - name: example\n    rules:\n"
        body = "".join(f"      {line}\n" for line in part.rstrip("\n").split("\n"))
        return "rules", header + body, 3
    keys = set(re.findall(r"^([a-z_A-Z]+):", part, re.MULTILINE))
    if keys == {"policy"}:
        return "policy", part, 0
    if keys and keys <= _PARTS:
        header = _ALERT
        if not keys & {"promql", "logql", "expr", "rules"}:
            header += _OF_ALERT["query"]
        if not keys & {"thresholds", "severity", "rules"}:
            header += _OF_ALERT["thresholds"]
        body = "".join(f"        {line}\n" for line in part.rstrip("\n").split("\n"))
        return "spec", header + body, header.count("\n")
    kinds = {
        found.kind for node in read_stream(Document("", part)).nodes for found in document_parts(node, ())
    }
    if DocumentKind.SPEC in kinds:
        return "spec", part, 0
    if DocumentKind.ALERTMANAGER in kinds:
        return "alertmanager", part, 0
    if DocumentKind.PROMETHEUS in kinds:
        return "prometheus", part, 0
    return "rules", part, 0


def every_case() -> Iterator[Case]:
    """The cases of all pages."""
    for page in pages():
        yield from cases(page)
