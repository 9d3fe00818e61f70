"""A factor, window, objective or operator of generated rules that is changed is noticed by the proofs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from tests.compile.burn.scenarios import checkout, plan_with
from tests.compile.burn.test_firing import INDICATORS, _measured_by
from tests.prove.objectives.rule_mistakes import Mistake, mistakes

from tocsin.plan.model import Recording, Rule
from tocsin.prove.promtool.run import CaseGroup
from tocsin.prove.promtool.verify import case_failures
from tocsin.prove.rule_values import recording_value, rule_value
from tocsin.prove.run import proof_subjects, prove
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.engines.program import Program
    from tocsin.prove.promtool.case import ProofCase

_THOROUGH = bool(os.environ.get("TOCSIN_THOROUGH"))
_FEW = 3
"""How many mistakes of each objective are tried by default, evenly chosen."""
_AS_A_WHOLE = ("gauge", "slices")
"""What is good or bad as a whole at each moment."""
_SAME = {"share": "CheckoutBudgetMissing warning: [5m] → [10m] in line 2"}
"""What changes nothing: a quotient is not there as soon as one of its sides is not."""
_SLOS = {
    "events": checkout(),
    **(
        {
            "floor": checkout("burn: {page: critical, ticket: warning, at_least: 5}"),
            "groups": checkout(objective="{default: 99.9%, by: shop, values: {b: 95%}}"),
            "other windows": checkout(
                "burn: {page: {severity: critical, spent: [5% in 45m and 3m, 10x in 2h]}, missing: none}"
            ),
            "waits": checkout("burn: {page: {severity: critical, for: 5m}, ticket: warning}", "99%"),
            **{name: _measured_by(indicator) for name, (indicator, _) in INDICATORS.items()},
        }
        if _THOROUGH
        else {}
    ),
}


@pytest.mark.parametrize("which", _SLOS)
def test_a_changed_rule_fails_a_proof(which: str, promtool: Program) -> None:
    plan = plan_with(_SLOS[which])
    verdicts = prove(proof_subjects(plan), promtool)
    cases = [(verdict.subject.rule, case) for verdict in verdicts for case in verdict.cases]
    found = [one for group in plan.rule_groups for one in mistakes(group.rules)]
    found = [one for one in found if one.what != _SAME.get(which)]
    if which in _AS_A_WHOLE:
        found = [one for one in found if not _cannot_show(one)]
    chosen = found if _THOROUGH else found[:: max(1, len(found) // _FEW)]
    assert chosen
    unnoticed = [one.what for one in chosen if not _is_noticed(promtool, cases, one)]
    assert unnoticed == []


def _is_noticed(promtool: Program, cases: list[tuple[Rule, ProofCase]], mistake: Mistake) -> bool:
    """Whether any case fails; the one that does is the first to be tried for the next mistake."""
    for number, (rule, case) in enumerate(cases):
        if isinstance(mistake.of, Rule) and mistake.of != rule:
            continue
        [[said]] = case_failures(promtool, [CaseGroup(_text(mistake.rules, rule), (case,))])
        if said is not None:
            cases.insert(0, cases.pop(number))
            return True
    return False


def _cannot_show(mistake: Mistake) -> bool:
    """Whether a threshold is another than before, and no case has a share of bad samples between the two.

    One of a few samples is bad in a window of minutes, or none: for a share between the two, samples would
    have to lie seconds apart. And 3x in 1d and 2h always hold with 1x in 3d and 6h, so that they may be more.
    """
    if mistake.threshold is None:
        return False
    window, is_higher = mistake.threshold
    return window in ("5m", "30m") or (window in ("1d", "2h") and is_higher)


def _text(rules: Sequence[Rule | Recording], of: Rule) -> str:
    """A rule file with the recordings and the one alert that is tested, as the proofs have it."""
    values = [
        recording_value(rule) if isinstance(rule, Recording) else rule_value(rule)
        for rule in rules
        if isinstance(rule, Recording) or (rule.alert, rule.severity) == (of.alert, of.severity)
    ]
    return yaml_text({"groups": [{"name": "proof", "rules": values}]})
