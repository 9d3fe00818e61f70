"""The rules of a plan, or of a share of it, as checks walk over them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.framework.plan_slice import Share, whole_plan
from tocsin.identity_key import IdentityKey
from tocsin.plan.model import Recording, Rule

if TYPE_CHECKING:
    from tocsin.plan.model import Plan, RuleGroup


def rules_with_groups(of: Plan | Share) -> tuple[tuple[RuleGroup, Rule | Recording], ...]:
    """Every rule with its group, in the order of evaluation."""
    return of.rules if isinstance(of, Share) else whole_plan(of).rules


def alerting_rules(of: Plan | Share) -> tuple[tuple[RuleGroup, Rule], ...]:
    """Every alerting rule with its group."""
    return _alerting(IdentityKey(of))


def recording_rules(of: Plan | Share) -> tuple[tuple[RuleGroup, Recording], ...]:
    """Every recording rule with its group."""
    return _recording(IdentityKey(of))


# Nearly every check walks over all of them.
@lru_cache(maxsize=4)
def _alerting(key: IdentityKey[Plan | Share]) -> tuple[tuple[RuleGroup, Rule], ...]:
    return tuple((group, rule) for group, rule in rules_with_groups(key.one) if isinstance(rule, Rule))


@lru_cache(maxsize=4)
def _recording(key: IdentityKey[Plan | Share]) -> tuple[tuple[RuleGroup, Recording], ...]:
    return tuple((group, rule) for group, rule in rules_with_groups(key.one) if isinstance(rule, Recording))
