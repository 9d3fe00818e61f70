"""Running checks: what is allowed and until when, what a broken check says, and the order of it all."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.checks.cases import Planned, planned

from tocsin.checking import check_plan
from tocsin.checks import CHECKS, FAMILIES
from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics import Diagnostic, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

SLOW = """\
groups:
  - name: slow
    interval: 1m
    rules:
      - alert: Down # tocsin: allow rule/for-interval until 2026-06-15: the job is slow
        expr: up == 0
        for: 30s
"""


def _planned(text: str) -> Planned:
    made = planned(text)
    assert made is not None
    return made


def _run(made: Planned, today: date) -> tuple[Diagnostic, ...]:
    return check_plan(made.plan, made.sources, list(CHECKS.values()), known=CHECKS, today=today)


def test_an_allowance_holds_to_the_end_of_its_last_day() -> None:
    made = _planned(SLOW)
    assert _run(made, date(2026, 6, 15)) == ()
    (found,) = _run(made, date(2026, 6, 16))
    assert found.id == "rule/for-interval"
    (note,) = found.related
    assert note.text == "was allowed until 2026-06-15: the job is slow"
    assert note.span.line == 5


def test_the_allowance_of_a_spec_holds_for_its_alert_and_its_check_only() -> None:
    alert = "{summary: s, description: d, expr: up == 0, severity: critical, for: 1s, per: [instance]"
    text = f"""\
groups:
  web:
    title: Web
    interval: 1m
    alerts:
      A: {alert}, allow: {{rule/for-interval: {{reason: slow, until: 2026-06-15}}}}}}
      B: {alert}}}
"""
    made = _planned(text)
    for day, lines in ((15, [7]), (16, [6, 7])):
        found = [one for one in _run(made, date(2026, 6, day)) if one.id == "rule/for-interval"]
        assert [one.span.line for one in found if one.span] == lines


def test_recording_rules_and_routes_of_a_spec_can_allow_too() -> None:
    made = _planned("""\
routing:
  catch_all: all
  routes:
    - {severity: critical, routes: [{receiver: all, allow: {a/b: r}}]}
recordings:
  r: {rules: [{record: a, promql: up, allow: {a/c: s}}]}
""")
    assert [(one.check, one.scope) for one in made.plan.allowances] == [
        ("a/c", ("recordings", "r", "rules", 0)),
        ("a/b", ("routing", "routes", 0, "routes", 0)),
    ]


def test_a_problem_of_a_plain_file_can_be_allowed_too() -> None:
    made = _planned("- alert: A # tocsin: allow file/refused-key: ours\n  expr: up == 0\n  owner: me\n")
    assert [one.id for one in made.diagnostics] == ["file/refused-key"]
    assert made.found(CHECKS.values()) == ()


def test_a_check_that_breaks_off_is_named_and_stops_no_other() -> None:
    @check("rule/broken", Level.INFO)
    def broken(plan: Plan) -> Iterator[Finding]:
        yield Finding("first", at=plan.rule_groups[0].place)
        raise KeyError("x")

    made = _planned(SLOW.replace("# tocsin: allow", "# "))
    found = check_plan(
        made.plan, made.sources, [broken, *CHECKS.values()], known=CHECKS, today=date(2026, 1, 1)
    )
    assert [one.id for one in found] == ["tocsin/crash", "rule/broken", "rule/for-interval"]
    assert "the check `rule/broken` broke off: KeyError" in found[0].message


def test_findings_come_by_place_and_each_once() -> None:
    @check("rule/twice", Level.INFO)
    def twice(plan: Plan) -> Iterator[Finding]:
        for rule in (*reversed(plan.rule_groups[0].rules), *plan.rule_groups[0].rules):
            yield Finding("found", at=rule.written.name)

    made = _planned("- alert: A\n  expr: up\n- alert: B\n  expr: up\n")
    found = check_plan(made.plan, made.sources, [twice], known=CHECKS, today=date(2026, 1, 1))
    assert [one.span.line for one in found if one.span] == [4, 6]


def test_the_ids_are_those_of_their_families() -> None:
    assert sorted({check.family for check in CHECKS.values()}) == sorted(FAMILIES)
