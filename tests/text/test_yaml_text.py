"""What is written as YAML is read back as the same value, and looks as a person would have written it."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tocsin.text.yaml import yaml_text

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30) | st.sampled_from(
    [
        "",
        "yes",
        "No",
        "on",
        "null",
        "~",
        "1",
        "1_000",
        "0x1f",
        "12:30",
        "2024-01-01",
        ".5",
        "1e3",
        "=",
        "<<",
        "- a",
        "a: b",
        "a #b",
        "# a",
        "*a",
        "&a",
        "!a",
        "@a",
        "`a",
        "%a",
        "{a",
        "[a",
        "|",
        ">",
        "'",
        '"',
        "a\n",
        "a\n\n",
        "\na",
        " a\nb",
        "a \nb",
        "a\n\nb\n",
        "é: ",
        "🚨 a",
        "a\tb",
        "a:",
        "http://x/y#z",
        "{{ $value }}%",
        "\x85",
        "\ufeff",
        "\ta\nb",
        "\n",
        "a\n ",
        "---",
        "...",
        "---\na",
        "a\n---\nb",
        "-",
        "?",
        "? a",
        ":",
        ":a",
    ]
)
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_is_read_back(value: Any) -> None:
    text = yaml_text(value)
    assert yaml.safe_load(text) == value
    assert yaml.load(text, yaml.CSafeLoader) == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"alert": "Up", "for": "5m"}, "alert: Up\nfor: 5m\n"),
        ({"groups": [{"name": "a", "rules": []}]}, "groups:\n  - name: a\n    rules: []\n"),
        ({"expr": "sum(x)\n  / sum(y)"}, "expr: |-\n  sum(x)\n    / sum(y)\n"),
        ({"url": "https://a.example/x?y=1"}, "url: https://a.example/x?y=1\n"),
        ({"text": "Taxa: 5 % — São Paulo 🚨"}, 'text: "Taxa: 5 % — São Paulo 🚨"\n'),
        ({"say": "yes"}, 'say: "yes"\n'),
    ],
)
def test_it_reads_as_people_write(value: Any, text: str) -> None:
    assert yaml_text(value) == text


def test_a_heading_becomes_comments() -> None:
    assert (
        yaml_text({"a": 1}, heading="Generated.\n\nDo not edit.") == "# Generated.\n#\n# Do not edit.\na: 1\n"
    )
