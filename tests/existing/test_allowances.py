"""Comments in plain files belong to what stands behind them, or around them."""

from __future__ import annotations

import pytest

from tocsin.existing.files import read_existing
from tocsin.existing.input import Input
from tocsin.source import Document, read_stream

TEXT = """\
# top
groups: # groups
  # above the group
  - name: g # group
    rules:
      # above the rule

      # and once more
      - alert: A # name
        expr: |
          # inside the query
          up == 0
        # inside the rule
        for: 30s
      # above the next
      - alert: B
        expr: up == 0
        labels:
          a: b # label
      # at the end
"""
RULE = ("groups", 0, "rules")


@pytest.mark.parametrize(
    ("comment", "scope"),
    [
        ("top", ()),
        ("groups", ()),
        ("above the group", ("groups", 0)),
        ("group", ("groups", 0)),
        ("above the rule", (*RULE, 0)),
        ("and once more", (*RULE, 0)),
        ("name", (*RULE, 0)),
        ("inside the query", (*RULE, 0)),
        ("inside the rule", (*RULE, 0)),
        ("above the next", (*RULE, 1)),
        ("label", (*RULE, 1)),
        ("at the end", (*RULE, 1)),
    ],
)
def test_a_comment_belongs_to_the_smallest_thing_that_it_is_about(comment: str, scope: tuple[object]) -> None:
    text = TEXT.replace(f"# {comment}\n", f"# tocsin: allow a/b: {comment}\n")
    document = Document("r.yml", text)
    adopted = read_existing([Input(document, read_stream(document), True)])
    (allowance,) = adopted.plan.allowances
    assert (allowance.scope, allowance.reason) == (("r.yml", *scope), comment)
    span = adopted.sources.locate(allowance.place)
    assert text[span.start : span.end] == f"# tocsin: allow a/b: {comment}"


def test_routes_can_allow_as_well() -> None:
    document = Document(
        "a.yml",
        "route:\n  receiver: a\n  routes:\n  # tocsin: allow a/b: x\n  - matchers: [a=b]\n"
        "receivers:\n- name: a\n---\ngroups: []\n",
    )
    (allowance,) = read_existing([Input(document, read_stream(document), True)]).plan.allowances
    assert allowance.scope == ("a.yml", 0, "route", "routes", 0)


@pytest.mark.parametrize(
    ("comment", "message"),
    [
        ("allow a/b", "this comment does not allow anything"),
        ("allow a/b:", "this comment does not allow anything"),
        ("allow: a/b", "this comment does not allow anything"),
        ("ignore a/b: x", "this comment does not allow anything"),
        (
            "allow a/b until tomorrow: x",
            "`tomorrow` is not a valid date; use ISO 8601, for example 2030-12-31",
        ),
        (
            "allow a/b until 2026-02-30: x",
            "`2026-02-30` is not a valid date; use ISO 8601, for example 2030-12-31",
        ),
    ],
)
def test_a_comment_that_says_nothing_is_told(comment: str, message: str) -> None:
    document = Document("r.yml", f"groups: # tocsin: {comment}\n- name: g\n  rules: []\n")
    adopted = read_existing([Input(document, read_stream(document), True)])
    assert [(one.id, one.message) for one in adopted.diagnostics] == [("file/comment", message)]
    assert adopted.plan.allowances == ()
