"""What stands apart from something that is not YAML is read, at its own places."""

from __future__ import annotations

from typing import Any

import pytest

from tocsin.source.document import Document
from tocsin.source.node import plain_data
from tocsin.source.yaml import Stream, read_stream, read_yaml

RULES = """
groups:
  - name: one
    rules:
      - alert: A
        expr: a
      - alert: B
        expr: b
  - name: two
    rules:
      - alert: C
        expr: c
"""


def _data(text: str) -> list[Any]:
    return [plain_data(node) for node in _read(text).nodes]


def _read(text: str) -> Stream:
    return read_stream(Document("f.yaml", text), in_parts=True)


def _names(text: str) -> dict[str, list[str]]:
    """The alerts of each group that is left."""
    (data,) = _data(text)
    return {group["name"]: [rule["alert"] for rule in group["rules"]] for group in data["groups"]}


@pytest.mark.parametrize(
    ("old", "new", "left"),
    [
        ("        expr: a", "\texpr: a", {"one": ["B"], "two": ["C"]}),
        ("        expr: b", '        expr: "b', {"one": ["A"], "two": ["C"]}),
        ("        expr: c", "        expr: {c", {"one": ["A", "B"]}),
        ("    rules:\n      - alert: A", "    rules\n      - alert: A", {"two": ["C"]}),
        (
            "        expr: b",
            "<<<<<<< a\n        expr: b\n=======\n>>>>>>> b",
            {"one": ["A"]},
        ),
    ],
    ids=["tab", "quote", "brace", "colon", "conflict"],
)
def test_rules_and_groups_around_a_fault_are_read(old: str, new: str, left: dict[str, list[str]]) -> None:
    text = RULES.replace(old, new)
    assert _names(text).items() >= left.items()
    stream = _read(text)
    assert len(stream.faults) == 1
    assert stream.broken
    # What is left stands where the author wrote it.
    (part,) = stream.unread
    assert part.section == "groups"
    assert part.span.line <= stream.faults[0].span.line < part.span.end_line
    (node,) = stream.nodes
    assert node.document.text is text


def test_each_section_has_its_own_fault() -> None:
    stream = _read('a: "1\nb: 2\nc: [3\nd: 4\n')
    assert [fault.span.line for fault in stream.faults] == [1, 3]
    assert [plain_data(node) for node in stream.nodes] == [{"b": 2, "d": 4}]


def test_documents_stand_by_themselves() -> None:
    stream = _read("a: 1\n---\nkind: X\nspec: 'no end\n---\nb: 2\n")
    assert [plain_data(node) for node in stream.nodes] == [{"a": 1}, {"kind": "X"}, {"b": 2}]


def test_a_resource_is_read_without_groups_but_not_without_its_specification() -> None:
    head = "apiVersion: v1\nkind: PrometheusRule\nspec:\n"
    rules = "  groups:\n    - name: a\n      rules: []\n    - name: 'b\n      rules: []\n"
    (data,) = _data(head + rules)
    assert data["spec"] == {"groups": [{"name": "a", "rules": []}]}
    assert _read(head + "  groups: '\n").nodes == ()


@pytest.mark.parametrize(
    "text",
    [
        'a: "1',
        "- a\n- 'b\n",
        "a: &x 'open\nb: *x\n",
        '{\n"a": 1,\n"b": [\n}',
        "<<<<<<< a\na: 1\n=======\na: 2\n>>>>>>> b\n",
    ],
)
def test_nothing_is_made_of_what_has_no_parts(text: str) -> None:
    assert _read(text).nodes == ()
    assert read_yaml(Document("f.yaml", text), in_parts=True).node is None
    assert len(_read(text).faults) == 1


@pytest.mark.parametrize("line", [" b:\n   x: 1\n", "\tb:\n  x: 1\n"])
def test_what_follows_a_line_further_left_may_belong_elsewhere(line: str) -> None:
    """The header of the next section is what cannot be read: its entries are none of the section before."""
    stream = _read(f"teams:\n  a: {{}}\n  c: [\n{line}  d: {{}}\nlast: 1\n")
    (node,) = stream.nodes
    assert plain_data(node) == {"teams": {"a": {}}, "last": 1}


def test_a_text_in_a_literal_stays_as_it_is() -> None:
    text = "a:\n  run: |\n    one\n\n    two\nb: 'open\nc: |\n  three\n"
    (node,) = _read(text).nodes
    assert plain_data(node) == {"a": {"run": "one\n\ntwo\n"}, "c": "three\n"}
