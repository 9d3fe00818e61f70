"""Labels that something outside of the rules adds to recorded metrics, as checks of a share ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.surroundings import plan_index
from tocsin.plan.outside_labels import outside_labels, unrecorded_labels

if TYPE_CHECKING:
    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.plan.model import Plan, Recording, Rule


@plan_index("labels from outside")
def labels_from_outside(plan: Plan) -> frozenset[str]:
    """The labels that the rules ask of several recorded metrics, though no recording rule returns them."""
    return outside_labels(plan)


def asks_for_outside_label(rule: Rule | Recording, around: Surroundings) -> bool:
    """Whether a rule asks a recorded metric for a label that is added outside of the rules."""
    asked = dict.fromkeys(label for label, _ in unrecorded_labels(rule, around.flows))
    return any(around.has(labels_from_outside, label) for label in asked)
