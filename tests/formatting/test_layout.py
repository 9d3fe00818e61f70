"""The layout of a spec's files: what moves, what stays as written."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

import tocsin
from tocsin.formatting import format_spec_file
from tocsin.source.document import Document
from tocsin.source.node import plain_data
from tocsin.source.yaml import read_yaml

PACKAGE = Path(tocsin.__file__).parent
OWN = [*(PACKAGE / "starter").glob("*.yaml"), *(PACKAGE.parents[1] / "spec").rglob("*.yaml")]


def laid_out(text: str) -> str:
    made = format_spec_file(Document("spec/x.yaml", text))
    assert (made.faults, made.left) == ((), None)
    again = format_spec_file(Document("spec/x.yaml", made.text))
    assert again.text == made.text
    return made.text


def test_keys_come_in_the_order_of_the_manual_with_their_comments() -> None:
    text = """\
    # The web.
    groups:
        web:
            # All of them.
            alerts:
                Slow:
                    # Long enough for a deployment.
                    for: 10m  # minutes
                    expr: up == 0


                    runbook:
                      actions: {}
                      # Nothing is known yet.
                    summary:   "It's slow"
                    tests: []
            title: Web

    # the end
    """
    assert laid_out(dedent(text)) == dedent("""\
    # The web.
    groups:
      web:
        title: Web
        # All of them.
        alerts:
          Slow:
            summary:   "It's slow"
            expr: up == 0
            # Long enough for a deployment.
            for: 10m  # minutes
            tests: []

            runbook:
              actions: {}
              # Nothing is known yet.

    # the end
    """)


def test_names_and_what_no_model_knows_keep_their_order() -> None:
    text = "teams:\n  b: {title: B}\n  a: {title: A}\nseverities: {}\nx-notes:\n  z: 1\n  a: 2\n"
    assert laid_out(text) == text


def test_a_list_is_indented_and_its_comments_stay_above_their_items() -> None:
    text = """\
    routing:
      routes:
      # First.
      - receiver: desk
        # whose
        team: web
      -   team: db   # second
    """
    assert laid_out(dedent(text)) == dedent("""\
    routing:
      routes:
        # First.
        # whose
        - team: web
          receiver: desk
        - team: db   # second
    """)


@pytest.mark.parametrize(
    "value",
    [
        "|\n            one\n              two\n\n            three\n",
        "|2\n                indented\n              not\n",
        "|+\n            one\n\n\n",
        ">-\n            one\n            two\n",
        '"one\n            two"\n',
        "one\n            two # three\n",
        "[one,\n               two]\n",
    ],
    ids=["literal", "indicator", "keep", "folded", "quoted", "plain", "flow"],
)
def test_a_value_of_several_lines_says_the_same(value: str) -> None:
    head = "groups:\n    web:\n        alerts:\n          X:\n            expr: up\n            summary: "
    text = head + value.replace("\n            ", "\n                ")
    made = laid_out(text)
    before, after = (read_yaml(Document("", one)).node for one in (text, made))
    assert before is not None
    assert after is not None
    assert plain_data(before) == plain_data(after)
    assert made.startswith("groups:\n  web:\n    alerts:\n      X:\n        summary: ")


def test_an_alias_stays_where_it_is() -> None:
    text = (
        "groups:\n    a: &a\n        alerts: {}\n        title: A\n    b: *a  # same\nx:\n- &y {z: 1}\n- *y\n"
    )
    assert laid_out(text) == (
        "groups:\n  a: &a\n    title: A\n    alerts: {}\n  b: *a  # same\nx:\n  - &y {z: 1}\n  - *y\n"
    )


def test_an_item_below_its_dash_stays_there_with_its_comment() -> None:
    text = "teams:\n    a:\n        members:\n        -\n            # the first\n            name: A\n"
    assert laid_out(text) == ("teams:\n  a:\n    members:\n      -\n        # the first\n        name: A\n")


def test_the_ends_of_lines_stay_those_of_the_file() -> None:
    assert laid_out("teams:\r\n    a:\r\n        title: A\r\n") == "teams:\r\n  a:\r\n    title: A\r\n"


def test_a_file_that_is_no_yaml_stays_as_it_is() -> None:
    made = format_spec_file(Document("x.yaml", "a: [\n"))
    assert made.text == "a: [\n"
    assert [fault.span.line for fault in made.faults] == [1]


@pytest.mark.parametrize(
    "text", ["a: &x {b: 1}\nc:\n  <<: *x\n  d: 2\n", "? [a, b]\n: 1\n", "- - a\n  - b\n"]
)
def test_forms_that_are_not_moved_stay_as_they_are(text: str) -> None:
    assert format_spec_file(Document("x.yaml", text)).text == text


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_the_specs_of_this_project_are_laid_out(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert laid_out(text) == text


SCALARS = st.sampled_from(
    [
        "1",
        "0.10",
        '"a # b"',
        "'x: y'",
        "5m",
        "|\nL1\n\n  L2",
        ">-\nL1\nL2",
        "|+\nL1\n\n",
        "[a,\n b] # c",
        "{a: 1}",
        "",
    ]
)
KEYS = st.sampled_from(["title", "alerts", "for", "expr", "x", "a-b", '"q"', "team", "runbook", "groups"])
TREES = st.recursive(
    SCALARS,
    lambda inner: (
        st.dictionaries(KEYS, inner, min_size=1, max_size=4) | st.lists(inner, min_size=1, max_size=3)
    ),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4), st.integers(1, 5), st.booleans())
def test_whatever_the_layout_was_it_says_the_same_afterwards(
    tree: dict[str, object], step: int, flush: bool
) -> None:
    lines = _written(tree, 0, step, flush)
    text = "\n".join(lines) + "\n"
    before = read_yaml(Document("", text))
    if before.faults or before.node is None:
        return
    made = format_spec_file(Document("", text))
    if made.left is not None:
        # Only what stands on one line with a dash of another list.
        assert "list" in made.left or "block" in made.left
        return
    after = read_yaml(Document("", made.text))
    assert after.node is not None
    assert plain_data(before.node) == plain_data(after.node)
    assert format_spec_file(Document("", made.text)).text == made.text


def _written(value: object, indent: int, step: int, flush: bool) -> list[str]:
    """A tree as block YAML, with scalars of several lines indented below their keys."""
    space = " " * indent
    lines: list[str] = []
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, str):
                first, *rest = inner.split("\n")
                lines += [
                    f"{space}{key}: {first}",
                    *(space + " " * step + one if one else "" for one in rest),
                ]
            else:
                deeper = indent if flush and isinstance(inner, list) else indent + step
                lines += [f"{space}# {key}", f"{space}{key}:", *_written(inner, deeper, step, flush)]
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, str):
                first, *rest = inner.split("\n")
                lines += [
                    f"{space}- {first}",
                    *(space + " " * (step + 1) + one if one else "" for one in rest),
                ]
            else:
                below = _written(inner, indent + 2, step, flush)
                while below and below[0].lstrip().startswith("#"):
                    lines.append(space + below.pop(0).lstrip())
                lines += [f"{space}- {below[0].lstrip()}", *below[1:]]
    return lines
