"""Every check finds the marked lines of its case page, and nothing else."""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import PAGES, Case, Planned, cases, every_case, pages, planned

from tocsin.checks import CHECKS
from tocsin.diagnostics import Level
from tocsin.diagnostics.manual import manual
from tocsin.diagnostics.render import render_text

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.diagnostics import Diagnostic

_CASES = list(every_case())
_UPDATE = bool(os.environ.get("TOCSIN_UPDATE_SNAPSHOTS"))


def _name(case: Case) -> str:
    return f"{case.check}:{case.line}"


@pytest.mark.parametrize("case", _CASES, ids=_name)
def test_the_marked_lines_are_found_and_no_other(case: Case) -> None:
    made = planned(case.text)
    assert made is not None, "this spec cannot become a plan"
    assert made.lines(_found(case, made)) == case.marks()


@pytest.mark.parametrize("case", [case for case in _CASES if case.snapshot is not None], ids=_name)
def test_the_rendering_is_that_of_the_page(case: Case) -> None:
    text = _rendered(case)
    if _UPDATE:
        whole = case.page.read_text(encoding="utf-8")
        start = whole.index(case.text)
        end = whole.index("```snapshot\n", start) + len("```snapshot\n")
        rest = whole[end:][len(case.snapshot or "") :]
        case.page.write_text(whole[:end] + text + rest, encoding="utf-8")
    else:
        assert text == case.snapshot


def _rendered(case: Case) -> str:
    made = planned(case.text)
    assert made is not None
    return render_text(_found(case, made), colour=False, width=80)


def _found(case: Case, made: Planned) -> list[Diagnostic]:
    """What the check of the page finds; allowances can only be judged when everything runs."""
    check = CHECKS[case.check]
    checks = CHECKS.values() if check.family == "allow" else [check]
    return [one for one in made.found(checks) if one.id == check.id]


@pytest.mark.parametrize("id_", CHECKS)
def test_each_check_has_a_page_with_enough_cases_and_one_rendering(id_: str) -> None:
    page = PAGES / f"{id_}.md"
    assert page.exists(), f"write {page}"
    all_cases = cases(page)
    guilty = sum(case.counts()[0] for case in all_cases)
    silent = sum(case.counts()[1] for case in all_cases)
    snapshots = sum(case.snapshot is not None for case in all_cases)
    assert (guilty >= 3, silent >= 3, snapshots) == (True, True, 1), (guilty, silent, snapshots)
    assert {id_ for case in all_cases for _, _, id_ in case.marks()} == {id_}


def test_every_page_is_about_a_check() -> None:
    assert [
        f"{page.parent.name}/{page.stem}"
        for page in pages()
        if f"{page.parent.name}/{page.stem}" not in CHECKS
    ] == []


@pytest.mark.parametrize("id_", CHECKS)
def test_the_examples_of_the_manual_are_cases(id_: str) -> None:
    said = manual(CHECKS[id_].doc)
    for text, expected in ((said.bad, {id_}), (said.good, set())):
        made = planned(text)
        assert made is not None, text
        found = made.found(CHECKS.values())
        assert {one.id for one in found if one.id == id_ or one.level is not Level.INFO} == expected


@pytest.mark.parametrize("id_", CHECKS)
def test_the_manual_can_be_read(id_: str) -> None:
    said = manual(CHECKS[id_].doc)
    assert re.fullmatch(r"[A-Z`][^\n]{15,110}\.", said.claim), said.claim
    assert said.why
    assert said.fix
    assert all(len(line) <= 76 for line in f"{said.bad}{said.good}".split("\n"))


_RECEIVERS = "\nreceivers: [{name: a}, {name: }, 5]\n"
_AWKWARD = {
    "an expression that cannot be read": "- alert: A\n  expr: sum(\n- record: a\n  expr: ')'\n",
    "a rule without an expression": "- alert: A\n- record: b\n",
    "a group without rules": "groups:\n- name: a\n  rules: []\n- name: b\n",
    "no groups": "groups: []\n",
    "nothing": "",
    "a route without a receiver": "route: {}" + _RECEIVERS,
    "routes of no form": "route: {routes: [{match: {a: }}, {matchers: ['=']}, 5]}" + _RECEIVERS,
    "inhibitions of nothing": "route: {receiver: a}\ninhibit_rules: [{}, {equal: [a]}]" + _RECEIVERS,
    "odd labels": "- alert: A\n  expr: up\n  labels: {severity: , '': a, é: '{{', b: '{{ $labels.x'}\n",
    "odd annotations": "- alert: A\n  expr: up\n  annotations: {a: , summary: '{{ $value | }}'}\n",
    "logs": "- alert: A\n  expr: 'sum(rate({a=\"b\"} |= `x` | json [5m])) > 1'\n",
    "logs that cannot be read": "- alert: A\n  expr: 'rate({a=`b`} |= `x` [5m])'\n- record: b\n  expr: '{a='",
    "durations of no form": "groups:\n- {name: g, interval: x, rules: [{alert: A, expr: up, for: y}]}\n",
    "an empty policy": "policy: {}\n---\n- alert: A\n  expr: up\n",
}


@pytest.mark.parametrize("text", _AWKWARD.values(), ids=_AWKWARD)
def test_no_check_breaks_off_on_an_awkward_plan(text: str) -> None:
    made = planned(text)
    assert made is not None
    assert [one.message for one in made.found(CHECKS.values()) if one.id == "tocsin/crash"] == []


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_no_check_breaks_off_on_a_case_that_is_cut_at_random(page: Path) -> None:
    chance = random.Random(page.stem)
    for case in cases(page):
        cut = chance.randrange(len(case.text) + 1)
        for text in (case.text[:cut], case.text[:cut] + case.text[cut + chance.randrange(1, 20) :]):
            made = planned(text)
            if made is not None:
                found = made.found(CHECKS.values())
                assert [one.message for one in found if one.id == "tocsin/crash"] == [], text


def test_recall_and_precision(capsys: pytest.CaptureFixture[str]) -> None:
    marked: Counter[str] = Counter()
    found: Counter[str] = Counter()
    right: Counter[str] = Counter()
    near: Counter[str] = Counter()
    for case in _CASES:
        made = planned(case.text)
        assert made is not None
        lines = made.lines(_found(case, made))
        marked[case.check] += len(case.marks())
        found[case.check] += len(lines)
        right[case.check] += len(lines & case.marks())
        near[case.check] += case.counts()[1]
    families = sorted({id_.partition("/")[0] for id_ in marked})
    groups = [
        *((f"`{id_}`", [id_]) for id_ in sorted(marked)),
        *((f"`{name}/*`", [id_ for id_ in marked if id_.startswith(f"{name}/")]) for name in families),
        ("all", list(marked)),
    ]
    rows = ["| checks | | marked | found | near misses | recall | precision |", "| --- |" + " ---: |" * 6]
    for name, ids in groups:
        marks, told, silent, hit = (sum(one[id_] for id_ in ids) for one in (marked, found, near, right))
        shares = f"{hit / (marks or 1):.0%} | {hit / (told or 1):.0%}"
        rows.append(f"| {name} | {len(ids)} | {marks} | {told} | {silent} | {shares} |")
    with capsys.disabled():
        print("\n" + "\n".join(rows))
    assert right == marked == found
