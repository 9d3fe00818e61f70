"""What `prove` holds for impossible, or possible on paper only, `check` has a finding of, and the reverse."""

from __future__ import annotations

import os
import random
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.checks.cases import cases, planned

from tocsin.checks import CHECKS
from tocsin.checks.framework.collect import run_each
from tocsin.existing.files import read_existing
from tocsin.lang.errors import LangError
from tocsin.lang.promql.ast import Binary, Call, Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine
from tocsin.plan.query_flows import recordings_in
from tocsin.plan_outputs import PlanOutputs
from tocsin.prove.run import proof_subjects, prove
from tocsin.prove.verdict import Status
from tocsin.workspace.inputs import read_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan
    from tocsin.prove.verdict import Verdict

PAGES = Path(__file__).parents[1] / "checks"
PAGES_OF_NEVER = (
    *("query/empty", "query/empty-by-name", "query/scraped-join", "query/integer-bucket", "query/always"),
    *("query/unit", "query/dead-part", "rule/for-lasting", "group/interval"),
)
RULES = (
    Path(os.environ.get("TOCSIN_CORPORA", Path(__file__).parents[3] / "shared" / "corpora")) / "prom_rules"
)
FILES = 60 if os.environ.get("TOCSIN_THOROUGH") else 12

NEVER = frozenset({"query/empty", "query/empty-by-name", "query/scraped-join", "rule/for-lasting"})
"""Whoever has one of these is not shown to fire, but for an `or` or an `unless`, which leave another way."""
EXPLAINING = NEVER | {
    *("query/integer-bucket", "query/range", "query/rate-of-gauge", "query/dead-part"),
    *("slo/never-pages", "slo/unreachable"),
}
"""Whoever fires never, or on paper only, has one of these."""
OF_GROUPS = "group/interval"


def _findings(plan: Plan) -> dict[object, set[str]]:
    """The ids of findings by the place that they are about, of a rule or a group."""
    wanted = [CHECKS[one] for one in sorted({*EXPLAINING, OF_GROUPS})]
    found: dict[object, set[str]] = defaultdict(set)
    for check, outcome in zip(wanted, run_each(wanted, plan, PlanOutputs(plan)), strict=True):
        assert outcome.broke_off is None
        for finding in outcome.findings:
            found[finding.about].add(check.id)
    return found


def _disagreements(plan: Plan, promtool: Program) -> Iterable[str]:
    told = _findings(plan)
    rarely = any(OF_GROUPS in ids for ids in told.values())
    explained = _explained(plan, told)
    subjects = [one for one in proof_subjects(plan) if one.group.engine is Engine.PROMETHEUS]
    for verdict in prove(subjects, promtool):
        ids = told.get(verdict.subject.rule.place, set())
        never = verdict.fires in (Status.IMPOSSIBLE, Status.ON_PAPER)
        # `vector(1) == 0` shows that the rules are loaded: `check` takes it as it is meant.
        read = not explained.isdisjoint(_read_by(verdict.subject.rule.expr))
        if never and not (ids & EXPLAINING or rarely or read) and _asks(verdict):
            yield _said(verdict, "no finding")
        if verdict.fires is Status.PROVEN and ids & NEVER and not _has_another_way(verdict):
            yield _said(verdict, f"findings {sorted(ids & NEVER)}")


def _explained(plan: Plan, told: Mapping[object, set[str]]) -> set[str]:
    """The metrics that a rule with such a finding records, and what is recorded of them: it is told once."""
    recordings = recordings_in(plan.rule_groups)
    found = {one.record for one in recordings if told.get(one.place, set()) & EXPLAINING}
    while more := {one.record for one in recordings if not found.isdisjoint(_read_by(one.expr))} - found:
        found |= more
    return found


def _read_by(expr: str) -> set[str]:
    try:
        tree = parse_promql(expr)
    except LangError:
        # It asks Loki.
        return set()
    return {node.name for node in walk(tree) if isinstance(node, Selector) and node.name}


def _asks(verdict: Verdict) -> bool:
    tree = parse_promql(verdict.subject.rule.expr)
    return any(
        isinstance(node, Selector) or (isinstance(node, Call) and node.function != "vector")
        for node in walk(tree)
    )


def _has_another_way(verdict: Verdict) -> bool:
    tree = parse_promql(verdict.subject.rule.expr)
    return any(isinstance(node, Binary) and node.op in ("or", "unless") for node in walk(tree))


def _said(verdict: Verdict, but: str) -> str:
    rule = verdict.subject.rule
    return f"{rule.alert}: {rule.expr!r} for {rule.for_} fires {verdict.fires}, {but}: {verdict.reasons}"


@pytest.mark.parametrize("page", PAGES_OF_NEVER)
def test_on_the_pages_of_checks_both_agree(promtool: Program, page: str) -> None:
    wrong: list[str] = []
    for case in cases(PAGES / f"{page}.md"):
        made = planned(case.text)
        assert made is not None
        wrong += _disagreements(made.plan, promtool)
    assert wrong == []


def test_on_rules_of_others_both_agree(
    promtool: Program, record_property: Callable[[str, object], None]
) -> None:
    if not RULES.is_dir():
        pytest.skip(f"there are no rules of others in {RULES}")
    files = random.Random(15).sample(sorted(path for path in RULES.rglob("*.y*ml")), FILES)
    plan = read_existing(read_inputs(files).files, ()).plan
    record_property("rule groups", len(plan.rule_groups))
    assert list(_disagreements(plan, promtool)) == []
