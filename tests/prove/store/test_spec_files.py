"""Proofs beside the generated rules: they hold there, and are known to be old when a rule has changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tocsin.plan.model import Engine, Rule
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.store.spec_files import is_proof, outdated_proofs, write_proofs
from tocsin.targets import TARGETS

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.files import File
    from tocsin.plan.model import Plan, RuleGroup


@pytest.fixture(scope="module")
def generated(shop_plan: Plan) -> list[File]:
    return [file for target in TARGETS.values() for file in target.emit(shop_plan)]


@pytest.fixture(scope="module")
def proven(shop_plan: Plan, generated: list[File], promtool: Program) -> list[File]:
    metrics = [one for one in proof_subjects(shop_plan) if one.group.engine is Engine.PROMETHEUS]
    found = write_proofs(prove(metrics, promtool), generated, promtool)
    assert found.refused == ()
    return list(found.files)


def test_the_proofs_hold_beside_the_generated_rules(
    proven: list[File], generated: list[File], promtool: Program, tmp_path: Path
) -> None:
    for file in [*generated, *proven]:
        (tmp_path / file.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file.path).write_bytes(file.content)
    tests = sorted(str(path) for path in (tmp_path / "prometheus/tests").iterdir())
    assert any(is_proof(f"prometheus/tests/{path.rsplit('/', 1)[-1]}") for path in tests)
    done = promtool.run(["test", "rules", *tests])
    assert done.returncode == 0, done.stderr
    (rules,) = (tmp_path / "prometheus/rules").glob("web.yaml")
    rules.write_text(rules.read_text(encoding="utf-8").replace(" > ", " < "), encoding="utf-8")
    assert promtool.run(["test", "rules", *tests]).returncode == 1


def test_what_does_not_hold_beside_the_other_rules_is_left_out(
    shop_plan: Plan, generated: list[File], promtool: Program
) -> None:
    metrics = [one for one in proof_subjects(shop_plan) if one.group.engine is Engine.PROMETHEUS]
    spoilt = [
        replace(file, content=file.content.replace(b"severity: warning", b"severity: other"))
        for file in generated
    ]
    found = write_proofs(prove(metrics, promtool), spoilt, promtool)
    assert any("(warning): fires" in line for line in found.refused)
    assert not any(b"(warning): fires" in file.content for file in found.files)


def test_proofs_of_today_are_up_to_date(shop_plan: Plan, proven: list[File]) -> None:
    assert outdated_proofs(shop_plan, proven) == []


def test_without_proofs_nothing_is_out_of_date(shop_plan: Plan) -> None:
    assert outdated_proofs(shop_plan, []) == []


def test_a_changed_and_a_new_and_a_lost_alert_are_named(shop_plan: Plan, proven: list[File]) -> None:
    subject = next(one for one in proof_subjects(shop_plan) if one.group.engine is Engine.PROMETHEUS)
    rule, group = subject.rule, subject.group
    at = shop_plan.rule_groups.index(group)
    changed = replace(rule, for_="17m")
    new = replace(rule, alert="Newcomer", key="Newcomer")
    title = f"{rule.alert} ({rule.severity})"

    def with_rules(rules: RuleGroup) -> Plan:
        groups = (*shop_plan.rule_groups[:at], rules, *shop_plan.rule_groups[at + 1 :])
        return replace(shop_plan, rule_groups=groups)

    others = tuple(one for one in group.rules if one is not rule)
    assert outdated_proofs(with_rules(replace(group, rules=(*others, changed))), proven) == [
        f"{title} has changed since it was proven"
    ]
    assert outdated_proofs(with_rules(replace(group, rules=others)), proven) == [
        f"{title} was proven and is gone"
    ]
    assert outdated_proofs(with_rules(replace(group, rules=(*group.rules, new))), proven) == [
        f"Newcomer ({rule.severity}) is not proven yet"
    ]


def test_a_change_of_the_texts_alone_makes_no_proof_old(shop_plan: Plan, proven: list[File]) -> None:
    groups = tuple(
        replace(
            group, rules=tuple(replace(r, annotations={}) if isinstance(r, Rule) else r for r in group.rules)
        )
        for group in shop_plan.rule_groups
    )
    assert outdated_proofs(replace(shop_plan, rule_groups=groups), proven) == []
