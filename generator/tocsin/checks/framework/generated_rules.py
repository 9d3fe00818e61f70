"""Groups of rules that Sloth or Pyrra has generated from an objective: their layout is not their owner's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.plan.model import Recording

if TYPE_CHECKING:
    from tocsin.plan.model import Rule, RuleGroup

_OF_PYRRA = re.compile(r":(?:increase|burnrate)[0-9]+[smhdwy]")


# Asked for each rule of a group.
@answered_once
def is_generated(group: RuleGroup) -> bool:
    """Whether a rule of the group has the labels or the name that one of the generators gives."""
    return any(map(_is_of_generator, group.rules))


def _is_of_generator(rule: Rule | Recording) -> bool:
    labels = rule.labels
    if "sloth_id" in labels or "sloth_slo" in labels:
        return True
    if isinstance(rule, Recording):
        return "slo" in labels and _OF_PYRRA.search(rule.record) is not None
    return {"slo", "long", "short"} <= labels.keys()
