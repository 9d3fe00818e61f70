"""The YAML writer: whatever is written is read back the same, and looks as people write it."""

from __future__ import annotations

import math
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tocsin.text.yaml import Commented, Folded, OnOneLine, yaml_text

_SIGNS = st.sampled_from("\n\n \t:#-?'\"%@`{}[],&*!|>~=<ab01.e+_é漢🔴\x07\x7f\x85\xa0\u2028\ufeff\ufffe\\")
_TEXTS = st.text(st.characters(codec="utf-8")) | st.text(_SIGNS)
_LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS
_VALUES: st.SearchStrategy[Any] = st.recursive(
    _LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=12,
)

MISREAD = (
    *(
        "",
        "yes",
        "No",
        "ON",
        "off",
        "y",
        "n",
        "true",
        "NULL",
        "~",
        "<<",
        "=",
        "|",
        "---",
        "...",
        ".inf",
        "nan",
    ),
    *(
        "12",
        "1_000",
        "0x1f",
        "0o17",
        "1e3",
        ".5",
        "-1",
        "+1",
        "12:30",
        "2001-12-14",
        "2001-12-14 21:59:43.10 -5",
    ),
    *("- a", "? a", "a: b", "a #b", " a", "a ", "a:", "#a", "*a", "&a", "!a", "%a", "@a", "`a", "{a", "[a"),
)


@given(_VALUES)
def test_any_value_is_read_back_the_same(value: Any) -> None:
    text = yaml_text(value)
    assert yaml.safe_load(text) == value
    assert yaml.load(text.encode(), yaml.CSafeLoader) == value


@given(_TEXTS, _TEXTS)
def test_any_heading_is_only_a_comment(heading: str, value: str) -> None:
    assert yaml.safe_load(yaml_text({"key": value}, heading=heading)) == {"key": value}


@pytest.mark.parametrize("text", MISREAD)
def test_a_text_that_some_reader_takes_for_something_else_is_quoted(text: str) -> None:
    assert yaml_text({"key": text}) == f'key: "{text}"\n'
    assert yaml.safe_load(yaml_text({text: 1})) == {text: 1}


@pytest.mark.parametrize(
    "text",
    [
        "5m",
        "1h30m",
        "Latência acima do limite",
        "https://example.org/a?b=c#d",
        'sum by (le) (rate(x{a="b"}[5m])) > 0.1',
        'severity="critical"',
        "/etc/alertmanager/secrets/slack",
        "node_load1 / on (instance) group_left count",
    ],
)
def test_a_plain_text_stands_without_quotes(text: str) -> None:
    assert yaml_text({"key": text}) == f"key: {text}\n"


def test_a_text_with_double_quotes_is_not_sown_with_backslashes() -> None:
    assert yaml_text({"text": '{{ template "a" . }}'}) == "text: '{{ template \"a\" . }}'\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a\nb", "|-\n  a\n  b\n"),
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\n\n", "|+\n  a\n\n"),
        ("# a\n\n    b\n", "|\n  # a\n\n      b\n"),
        (" a\nb", '" a\\nb"\n'),
        ("\ta\nb", '"\\ta\\nb"\n'),
        ("\na", '"\\na"\n'),
        ("a\r\nb", '"a\\r\\nb"\n'),
        ("a\n\x07", '"a\\n\\u0007"\n'),
        ("a\n\u2028", '"a\\n\\u2028"\n'),
    ],
)
def test_lines_are_a_literal_block_where_one_can_hold_them(text: str, written: str) -> None:
    assert yaml_text({"key": text}) == f"key: {written}"


def test_the_layout_is_the_one_people_write() -> None:
    value = {
        "groups": [{"name": "a", "rules": [{"expr": "up\n== 0", "labels": {"é": "🔴"}}], "none": []}],
        "lists": [["a", "b"], []],
        "numbers": (1, 2.5, 1e-7, True, None),
        "empty": {},
    }
    assert yaml_text(value, heading="Do not edit.\n\nReally.") == (
        "# Do not edit.\n#\n# Really.\n"
        "groups:\n"
        "  - name: a\n"
        "    rules:\n"
        "      - expr: |-\n"
        "          up\n"
        "          == 0\n"
        "        labels:\n"
        "          é: 🔴\n"
        "    none: []\n"
        "lists:\n"
        "  - - a\n"
        "    - b\n"
        "  - []\n"
        "numbers:\n"
        "  - 1\n"
        "  - 2.5\n"
        "  - 1.0e-07\n"
        "  - true\n"
        "  - null\n"
        "empty: {}\n"
    )


def test_numbers_without_an_end_are_read_back() -> None:
    read = yaml.safe_load(yaml_text([math.inf, -math.inf, math.nan]))
    assert read[:2] == [math.inf, -math.inf]
    assert math.isnan(read[2])


def test_nothing_is_anchored_when_a_value_stands_twice() -> None:
    labels = {"team": "web"}
    assert yaml_text([labels, labels]) == "- team: web\n- team: web\n"


def test_a_value_that_yaml_has_no_writing_for_is_refused() -> None:
    with pytest.raises(TypeError, match="object has no place in YAML"):
        yaml_text({"key": object()})


def test_comments_stand_above_a_key_or_dash_and_behind_its_line() -> None:
    value = {
        "a": Commented(
            {"b": Commented("x\ny", (), "block"), "c": Commented(1, ("above",), "behind")}, ("first",)
        ),
        "d": [
            Commented({"e": 1}, ("item",)),
            {"g": Commented(2, ("first key",))},
            Commented("f", (), "last"),
        ],
    }
    expected = """\
# first
a:
  b: |- # block
    x
    y
  # above
  c: 1 # behind
d:
  # item
  - e: 1
  # first key
  - g: 2
  - f # last
"""
    assert yaml_text(value) == expected
    assert yaml.safe_load(expected) == {"a": {"b": "x\ny", "c": 1}, "d": [{"e": 1}, {"g": 2}, "f"]}


def test_a_list_on_one_line() -> None:
    text = yaml_text({"spent": OnOneLine(("2% in 1h", "14.4x in 1h and 5m", "[x]"))})
    assert text == 'spent: [2% in 1h, 14.4x in 1h and 5m, "[x]"]\n'
    assert yaml.safe_load(text) == {"spent": ["2% in 1h", "14.4x in 1h and 5m", "[x]"]}


def test_a_long_text_is_folded_outside_of_templates() -> None:
    text = f"{'word ' * 19}{{{{ $labels.instance | reReplaceAll `a` `b` }}}} is full"
    lines = yaml_text({"description": Folded(text)}).splitlines()
    assert lines[0] == "description: >-"
    assert lines[2] == "  {{ $labels.instance | reReplaceAll `a` `b` }} is full"
    assert yaml.safe_load("\n".join(lines)) == {"description": text}


@given(
    st.text(st.sampled_from("ab{}  \n#-:é"), max_size=20),
    st.lists(st.text(st.sampled_from("abc{}#-:é \t"), max_size=60), min_size=2, max_size=8),
    st.sampled_from(["", " ", "\n", "\n\n"]),
)
def test_a_folded_text_is_read_back_the_same(start: str, words: list[str], end: str) -> None:
    text = start + " ".join(words) + end
    assert yaml.safe_load(yaml_text({"a": [Folded(text)], "b": Folded(text)})) == {"a": [text], "b": text}
