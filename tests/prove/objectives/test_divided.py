"""Proofs of rules that are for some groups of an objective: their own promise, and silence for all others."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.compile.test_branches import planned

from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status

if TYPE_CHECKING:
    from tocsin.engines.program import Program
    from tocsin.prove.verdict import Subject, Verdict

PAGE = {"page": {"severity": "critical", "spent": ["14.4x in 1h"]}}


def _subjects(exceptions: list[dict[str, Any]], **project: Any) -> list[Subject]:
    slo = {
        "title": "Paid",
        "objective": "99.9%",
        "window": "30d",
        "ratio": {"bad": "sum by (shop) (rate(bad[30d]))", "total": "sum by (shop) (rate(all[30d]))"},
        "burn": PAGE,
        "except": exceptions,
    }
    text = yaml.safe_dump(
        {
            "project": {"name": "shop", "title": "Shop", **project},
            "severities": {"critical": {"rank": 1, "title": "Critical"}},
            "teams": {"web": {"title": "Web"}},
            "receivers": {"all": {}},
            "routing": {"catch_all": "all"},
            "slos": {"paid": slo},
        },
        sort_keys=False,
        allow_unicode=True,
    )
    return list(proof_subjects(planned(text)))


def _proven(subjects: list[Subject], promtool: Program) -> dict[tuple[str, str], Verdict]:
    found = prove(subjects, promtool)
    return {(one.subject.rule.alert, one.subject.rule.selected): one for one in found}


BURN, MISSING = "PaidBudgetBurn", "PaidBudgetMissing"
REST, LISBON, QUOTED = 'shop!~"lisbon|say \\"x\\"|x\\\\|y"', 'shop="lisbon"', 'shop=~"say \\"x\\"|x\\\\|y"'


def test_each_part_is_proven_by_itself(promtool: Program) -> None:
    own = {"page": {"severity": "critical", "spent": ["3x in 2h"]}}
    exceptions: list[dict[str, Any]] = [
        {"where": {"shop": "lisbon"}, "objective": "95%", "burn": own},
        {"where": {"shop": ["x|y", 'say "x"']}, "team": "web"},
    ]
    found = _proven(_subjects(exceptions), promtool)
    assert {one: (said.fires, said.silent, said.refused, said.reasons) for one, said in found.items()} == {
        (alert, part): (Status.PROVEN, Status.PROVEN, (), ())
        for alert in (BURN, MISSING)
        for part in (REST, LISBON, QUOTED)
    }
    names = {part: {case.name for case in found[BURN, part].cases} for part in (REST, LISBON, QUOTED)}
    assert all({"fires", "silent", "silent for others", "one of two"} <= one for one in names.values())
    # Each has its own pairs, and where the objective is another one that and its budget are looked at.
    assert {"just inside 3x in 2h and 10m", "recorded 30d"} <= names[LISBON]
    assert {"just inside 14.4x in 1h and 5m", "recorded"} <= names[REST]
    assert "just inside 14.4x in 1h and 5m" in names[QUOTED]
    fires = next(case for case in found[BURN, QUOTED].cases if case.name == "fires")
    [expected] = {dict(labels)["shop"] for moment in fires.moments for labels, _ in moment.expected}
    assert expected in ("x|y", 'say "x"')


def test_groups_that_an_exception_of_the_project_tells_apart_are_proven(promtool: Program) -> None:
    exceptions = [{"where": {"shop": "lisbon"}, "off": "closed"}, {"where": {"shop": ""}, "objective": "99%"}]
    moved = {"except": [{"where": {"shop": ["porto", "lisbon"]}, "labels": {"place": "south"}}]}
    found = _proven(_subjects(exceptions, **moved), promtool)
    assert {part for _, part in found} == {
        'shop!~"|lisbon", shop!~"lisbon|porto"',
        'shop!~"|lisbon", shop=~"lisbon|porto"',
        'shop="", shop!~"lisbon|porto"',
    }
    for (alert, part), said in found.items():
        assert (said.fires, said.silent, said.refused) == (Status.PROVEN, Status.PROVEN, ()), (alert, part)


def test_where_groups_without_a_label_are_excepted_the_absence_of_all_is_still_looked_at(
    promtool: Program,
) -> None:
    subjects = _subjects([{"where": {"shop": ""}, "off": "closed"}])
    found = _proven(subjects, promtool)[MISSING, 'shop!=""']
    assert (found.fires, found.silent, found.refused) == (Status.PROVEN, Status.PROVEN, ())
    assert any(moment.firing for case in found.cases if case.name == "no data" for moment in case.moments)
    lost = [
        replace(one, rule=replace(one.rule, expr=one.rule.expr.partition("\nor\n")[0])) for one in subjects
    ]
    assert _proven(lost, promtool)[MISSING, 'shop!=""'].refused


@pytest.mark.parametrize("wrong", ["", 'shop!="lisbon",'])
def test_a_rule_that_is_for_other_groups_as_well_is_not_proven(wrong: str, promtool: Program) -> None:
    def mistaken(subject: Subject) -> Subject:
        expr = re.sub(r'shop="lisbon",?', wrong, subject.rule.expr)
        assert expr != subject.rule.expr or subject.rule.selected != LISBON
        return replace(subject, rule=replace(subject.rule, expr=expr))

    subjects = _subjects([{"where": {"shop": "lisbon"}, "objective": "95%", "team": "web"}])
    found = _proven([mistaken(one) for one in subjects if one.rule.alert == BURN], promtool)
    assert found[BURN, LISBON].refused
    assert not found[BURN, 'shop!="lisbon"'].refused
