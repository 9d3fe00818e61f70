"""Rules are tested side by side only where neither can notice the other, and then have the same verdicts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.prove.promtool.batches import pack_batches
from tocsin.prove.promtool.case import Moment, ProofCase
from tocsin.prove.promtool.isolation import Footprint, footprint_of
from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.verify import case_failures, verify_cases
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from tocsin.engines.program import Program


def _rules(alert: str, expr: str, **annotations: str) -> str:
    rule = {"alert": alert, "expr": expr, "annotations": annotations}
    return yaml_text({"groups": [{"name": "proof", "rules": [rule]}]})


def _case_group(
    alert: str, expr: str, series: dict[str, str], *, firing: bool, **annotations: str
) -> CaseGroup:
    moments = (Moment(300, firing=firing),)
    case = ProofCase(alert, "fires", "", 60, tuple(series.items()), moments)
    return CaseGroup(_rules(alert, expr, **annotations), (case,))


@pytest.mark.parametrize(
    "expr",
    [
        '{job="x"} > 1',
        'a and{job="x"} > 1',
        'sum by (job) ({job="x"})',
        '{__name__=~"b.*"} > 1',
        'a or\n{job="x"}',
        'a # b\n + {job="x"}',
        'ALERTS{alertname="B"}',
    ],
)
def test_what_may_read_any_series_stands_alone(expr: str) -> None:
    assert footprint_of(_rules("A", expr), "A", ["a"]).reads is None


def test_a_template_that_asks_stands_alone() -> None:
    text = '{{ printf "%s > 0" "b" | query | len }}'
    assert footprint_of(_rules("A", "a > 1", summary=text), "A", ["a"]).reads is None
    assert footprint_of(_rules("A", "a > 1", summary="a slow query"), "A", ["a"]).reads is not None


@pytest.mark.parametrize(
    ("expr", "other"),
    [
        ("a > 1", 'a{job="x"}'),
        ("sum(rate(a[5m])) / on () group_left b > 1", "b"),
        # The writer of YAML escapes what is not printable, and `\\nb` is no word.
        ("a > 1\r\nb", "b"),
    ],
)
def test_rules_that_share_a_metric_do_not_stand_together(expr: str, other: str) -> None:
    one = footprint_of(_rules("A", expr), "A", ["a"])
    two = footprint_of(_rules("B", "c > 1"), "B", [other])
    assert not one.is_independent_of(two)
    assert not two.is_independent_of(one)


def test_rules_of_one_name_do_not_stand_together() -> None:
    one, two = footprint_of(_rules("A", "a > 1"), "A", ["a"]), footprint_of(_rules("A", "b > 1"), "A", ["b"])
    assert not one.is_independent_of(two)


def test_what_a_recording_rule_makes_is_brought_as_well() -> None:
    rules = [{"record": "c", "expr": "a"}, {"alert": "A", "expr": "c > 1"}]
    one = footprint_of(yaml_text({"groups": [{"name": "proof", "rules": rules}]}), "A", ["a"])
    two = footprint_of(_rules("B", "c > 1 or b > 1"), "B", ["b"])
    assert not one.is_independent_of(two)


def test_each_case_is_heard_once_and_side_by_side() -> None:
    case_groups = [_case_group(f"A{n}", f"m{n} > 1", {f"m{n}": "2x10"}, firing=True) for n in range(10)]
    cases = [(*case_group.cases, replace(case_group.cases[0], step=120)) for case_group in case_groups]
    found = pack_batches(cases, [case_group.rules for case_group in case_groups])
    seats = [seat for sitting in found for test in sitting.tests for seat in test]
    assert sorted(seats) == [(number, index) for number in range(10) for index in range(2)]
    assert len(found) == 2
    assert all(
        cases[a][b].step == sitting.step for sitting in found for test in sitting.tests for a, b in test
    )


def test_the_verdict_on_a_case_is_its_own_whoever_stands_beside_it(promtool: Program) -> None:
    two = {'n{x="1"}': "1x10", 'o{x="1",y="1"}': "1x10", 'o{x="1",y="2"}': "1x10"}
    case_groups = [
        _case_group("Fires", "a > 1", {'a{job="x"}': "2x10"}, firing=True, summary="{{ $labels.job }}"),
        _case_group("Silent", "b > 1", {"b": "0x10"}, firing=False),
        _case_group("Loud", "c > 1", {"c": "2x10"}, firing=False),
        _case_group("Dumb", "d > 1", {"d": "0x10"}, firing=True),
        _case_group("Fails", "n * on (x) o > 0", two, firing=True),
        _case_group("Refused", "0.9 * on (pod) e > 1", {"e": "2x10"}, firing=True),
    ]
    for together in (case_groups, case_groups[:5], case_groups[:4]):
        judged = [one[0] for one in verify_cases(promtool, together)]
        assert [one.refusal is None for one in judged] == [True, True, False, False, False, False][
            : len(together)
        ]
        assert judged[0].case.moments[0].expected == (((("job", "x"),), (("summary", "x"),)),)
        assert judged[2].refusal == "it fires after 5m of the test, and was expected to be silent"
        assert judged[3].refusal == "it is silent after 5m of the test, and was expected to fire"
        for one, alone in zip(judged, case_groups, strict=False):
            by_itself = verify_cases(promtool, [alone])[0][0]
            assert one.case == by_itself.case
            assert (one.refusal or "")[1:20] == (by_itself.refusal or "")[1:20]
        said = case_failures(
            promtool,
            [
                replace(case_group, cases=(judged[0].case,)) if n == 0 else case_group
                for n, case_group in enumerate(together)
            ],
        )
        assert [one[0] is None for one in said[:4]] == [True, True, False, True]


def test_the_same_samples_serve_two_rules_that_both_read_them() -> None:
    one = Footprint("A", {"m": "1x5"}, frozenset({"m"}))
    assert one.is_independent_of(Footprint("B", {"m": "1x5"}, frozenset({"m"})))
    assert not one.is_independent_of(Footprint("B", {"m": "0x5"}, frozenset({"m"})))
    assert not one.is_independent_of(Footprint("B", {}, frozenset({"m"})))
    assert one.is_independent_of(Footprint("B", {}, frozenset({"n"})))
