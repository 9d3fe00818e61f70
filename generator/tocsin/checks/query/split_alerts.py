"""Alerts that are written twice, for what a pattern matches and for the rest, where nothing is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.plan_slice import whole_plan
from tocsin.checks.framework.surroundings import plan_index
from tocsin.checks.query.nodes_by_kind import parts_of
from tocsin.plan.model import Rule

if TYPE_CHECKING:
    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.plan.model import Plan, Recording

EVERYTHING = frozenset({".*", "^.*$", "(.*)"})
"""Regular expressions that match any value."""


@plan_index("alerts split by a pattern for everything")
def _split(plan: Plan) -> frozenset[tuple[str, ...]]:
    by_half: dict[str, set[tuple[str, str, str]]] = {"=~": set(), "!~": set()}
    for rule, matcher in parts_of(whole_plan(plan)).matchers:
        if matcher.op in by_half and matcher.value in EVERYTHING and isinstance(rule, Rule):
            by_half[matcher.op].add((rule.alert, matcher.name, matcher.value))
    return frozenset(by_half["=~"] & by_half["!~"])


def splits_by_everything(rule: Rule | Recording, name: str, value: str, around: Surroundings) -> bool:
    """Whether a pattern of a rule is a setting that its alert is split by, and was left at everything.

    kube-prometheus has such a pair: for critical integrations of Alertmanager, and for the others.
    """
    return isinstance(rule, Rule) and around.has(_split, (rule.alert, name, value))
