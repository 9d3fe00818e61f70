import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.source import Document, MappingNode, ScalarNode, read_yaml, source_piece


def scalar(text: str) -> ScalarNode:
    reading = read_yaml(Document("a.yaml", text))
    assert reading.faults == ()
    node = reading.node
    if isinstance(node, MappingNode):
        (entry,) = node.entries.values()
        assert isinstance(entry.value, ScalarNode)
        return entry.value
    assert isinstance(node, ScalarNode)
    return node


def raw(node: ScalarNode, part: str) -> str:
    start = node.text.index(part)
    span = source_piece(node, start, start + len(part))
    return node.document.text[span.start : span.end]


@pytest.mark.parametrize(
    ("text", "decoded", "part", "written"),
    [
        ("a: plain text", "plain text", "text", "text"),
        ("a: one\n  two\n\n  thrée  # c", "one two\nthrée", "e", "e"),
        ("a: one\n  two\n\n  thrée", "one two\nthrée", "thrée", "thrée"),
        ("a: one \t\n  two", "one two", " ", " \t\n  "),
        ("a: 'it''s'", "it's", "'", "''"),
        ("a: 'it''s\n  här'", "it's här", "här", "här"),
        ('a: "x\\x41y"', "xAy", "A", "\\x41"),
        ('a: "x\\u00e9\\U0001F600\\ny"', "xé😀\ny", "é😀", "\\u00e9\\U0001F600"),
        ('a: "x\\\n    y \\\n  \\ z"', "xy  z", "y", "y"),
        ('a: "x\\\n\n   y"', "x\ny", "y", "y"),
        ('a: "x\r\n  y"', "x y", "y", "y"),
        ("a: |\n  one\n\ttwo\n  é\n", "", "", ""),
        ("a: |\n  one\n  \ttwo é\n  é!\n", "one\n\ttwo é\né!\n", "é!", "é!"),
        ("a: |2-  # c\n    x\n  y\n", "  x\ny", "x", "x"),
        ("a: |+\n\n  x\n\n\n", "\nx\n\n\n", "x", "x"),
        ("a: |\r\n  x\r\n  y\r\n", "x\ny\n", "x\ny", "x\r\n  y"),
        ("a: >\n  one\n  two\n\n  three\n    more\n  four\n", "one two\n\nthree", "", ""),
        ("a: >-\n  one\n  two\n\n  three\n    more\n  four\n", None, "more", "more"),
        ("a: >-\n  one\n  two\n\n  three\n    more\n  four\n", None, "two", "two"),
        ("a: >-\n  one\n  two\n\n  three\n    more\n  four", None, "four", "four"),
        ("--- >1\n   x\n y\n", None, "y", "y"),
    ],
)
def test_pieces(text: str, decoded: str | None, part: str, written: str) -> None:
    if not part:
        return
    node = scalar(text)
    assert decoded is None or node.text == decoded
    assert raw(node, part) == written


def test_an_empty_piece_is_a_point() -> None:
    node = scalar("a: 'bc'")
    assert [(span.start, span.end) for span in (source_piece(node, 0, 0), source_piece(node, 2, 2))] == [
        (4, 4),
        (6, 6),
    ]


def test_what_lies_outside_gives_the_whole_scalar() -> None:
    node = scalar("a: 'bc'")
    assert source_piece(node, 1, 9) == node.span
    assert source_piece(node, 2, 1) == node.span


def test_a_text_that_does_not_agree_gives_the_whole_scalar() -> None:
    node = ScalarNode(Document("a.yaml", "'bc'"), 0, 4, "single", "other", "other")
    assert source_piece(node, 0, 1) == node.span


_TEXT = st.text(
    st.characters(codec="utf-8", exclude_characters="\ufeff")
    | st.sampled_from("  \n\n\t:#'\"\\-é{}\u2028\x85\r\x07"),
    max_size=30,
)


@settings(max_examples=1200, deadline=None)
@given(
    _TEXT,
    st.sampled_from(["", "'", '"', "|", ">"]),
    st.integers(2, 60),
    st.booleans(),
    st.integers(2, 9),
    st.sampled_from(["\n", "\r\n"]),
)
def test_each_character_is_found_whatever_the_style(
    text: str, style: str, width: int, unicode: bool, indent: int, line_break: str
) -> None:
    dumped = yaml.dump(
        {"k": {"v": text}}, default_style=style, width=width, allow_unicode=unicode, indent=indent,
        line_break=line_break,
    )  # fmt: skip
    node = read_yaml(Document("a.yaml", dumped)).node
    if not isinstance(node, MappingNode):
        return
    inner = node.entries["k"].value
    assert isinstance(inner, MappingNode)
    value = inner.entries["v"].value
    assert isinstance(value, ScalarNode)
    for at, char in enumerate(value.text):
        span = source_piece(value, at, at + 1)
        found = dumped[span.start : span.end]
        assert span != value.span or len(value.text) == 1, "every scalar that PyYAML writes can be mapped"
        if char == " ":
            assert found in (" ", "\\ ") or re.fullmatch(r"[ \t]*(\r?\n|\x85)[ \t]*", found)
        elif char == "\n":
            assert found in ("\n", "\r\n", "\x85", "\\n") or found.isspace()
        else:
            assert found == char or (char == "'" and found == "''") or found.startswith("\\")
