"""The rules of a plan, or of a share of it, as checks walk over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.plan_slice import Share, whole_plan
from tocsin.plan.model import Recording, Rule

if TYPE_CHECKING:
    from tocsin.plan.model import Plan, RuleGroup

    WrittenTexts = tuple[tuple[str, str], ...]


def rules_with_groups(of: Plan | Share) -> tuple[tuple[RuleGroup, Rule | Recording], ...]:
    """Every rule with its group, in the order of evaluation."""
    return of.rules if isinstance(of, Share) else whole_plan(of).rules


# Nearly every check walks over all of them.
@answered_once
def alerting_rules(of: Plan | Share) -> tuple[tuple[RuleGroup, Rule], ...]:
    """Every alerting rule with its group."""
    return tuple((group, rule) for group, rule in rules_with_groups(of) if isinstance(rule, Rule))


# The severities of an alert share their texts, and half a dozen checks read what people have written.
@answered_once
def written_annotations(of: Plan | Share) -> tuple[tuple[Rule, WrittenTexts], ...]:
    """Every alerting rule that has annotations of its author, with their names and texts."""
    each = (
        (rule, tuple([one for one in rule.annotations.items() if one[0] in rule.written.annotations]))
        for _, rule in alerting_rules(of)
    )
    return tuple((rule, texts) for rule, texts in each if texts)


@answered_once
def recording_rules(of: Plan | Share) -> tuple[tuple[RuleGroup, Recording], ...]:
    """Every recording rule with its group."""
    return tuple((group, rule) for group, rule in rules_with_groups(of) if isinstance(rule, Recording))
