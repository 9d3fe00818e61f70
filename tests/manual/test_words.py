"""What people read is written in the words of the page `words`, not in those that it has replaced."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import tocsin
from tocsin.manual import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(tocsin.__file__).parent
README = PACKAGE.parents[1] / "README.md"

RETIRED = {
    r"(?<!there )(?<!here )\b(?:is|are) no (?!longer\b|more\b)": "is not a …, is not a valid …",
    r"\bis none of\b": "is not one of",
    r"\bsuch that\b": "so that, or which",
    r"\bsuch as do\b": "which do",
    r"\b(?:is|are|was|were|be|been|being|nobody|somebody|anybody) told\b": "notified, or reported",
    r"\btells? (?:who|nobody|somebody|anybody)\b": "show who is notified",
    r"\bmend(?:s|ed|ing)?\b": "fix",
    r"\bmoments?\b": "time",
    r"\bempty text\b": "empty string",
    r"\bput to promtool\b": "run with promtool",
    r"\bwritten small\b": "lower case",
    r"\bone (?:value|line|file) a (?:series|line|alert)\b": "one per",
}
"""Each retired word or phrase, and what stands in its place."""

ALLOWED = (
    "cannot be distinguished",
    "can be told apart",
    "neste momento",
    "naquele momento",
    "at the moment",
)
"""Phrases in which the word is the right one, or is not English."""


def _messages(module: Path) -> Iterator[tuple[int, str]]:
    """The strings of a module that people may read: messages, help texts, and the manuals in docstrings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    is_shown = "catalogue" in module.parts or "checks" in module.parts or "cli" in module.parts
    hidden: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            hidden.add(node.value)
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and is_shown and node.decorator_list:
            text = ast.get_docstring(node)
            if text is not None:
                yield node.lineno, text
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in hidden:
            yield node.lineno, node.value


def _findings(where: str, line: int, text: str) -> Iterator[str]:
    said = " ".join(text.split())
    for phrase in ALLOWED:
        said = said.replace(phrase, "")
    for pattern, instead in RETIRED.items():
        for found in re.finditer(pattern, said, re.IGNORECASE):
            around = said[max(0, found.start() - 40) : found.end() + 30]
            yield f"{where}:{line}: …{around}… (write: {instead})"


@pytest.mark.parametrize("area", sorted(child.name for child in PACKAGE.iterdir() if child.is_dir()))
def test_messages_use_our_words(area: str) -> None:
    found = [
        one
        for module in sorted((PACKAGE / area).rglob("*.py"))
        for line, text in _messages(module)
        if " " in text
        for one in _findings(str(module.relative_to(PACKAGE)), line, text)
    ]
    assert found == []


@pytest.mark.parametrize("page", [README, *sorted(FOLDER.rglob("*.md"))], ids=lambda page: page.stem)
def test_pages_use_our_words(page: Path) -> None:
    found = [
        one
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1)
        for one in _findings(page.name, number, line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("`x` is no date", 1),
        ("there is no date, which is no longer there", 0),
        ("nobody is told at this moment", 2),
        ("no one is notified at this time", 0),
    ],
)
def test_retired_words_are_found(text: str, count: int) -> None:
    assert len(list(_findings("x", 1, text))) == count
