"""Labels that something outside of the rules adds to recorded metrics, as checks of a share ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.plan.outside_labels import asked_of_several, unrecorded_labels

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.plan.model import Recording, Rule


def _asked_of_several(parts: Iterable[frozenset[tuple[str, ...]]]) -> frozenset[str]:
    return asked_of_several((label, metric) for label, metric in all_words(parts))


@rules_index("labels from outside", _asked_of_several)
def labels_from_outside(share: Share) -> frozenset[tuple[str, ...]]:
    """The labels that rules ask of recorded metrics whose recording rules cannot return them."""
    flows = share.around.flows
    return frozenset(one for _, rule in share.rules for one in unrecorded_labels(rule, flows))


def asks_for_outside_label(rule: Rule | Recording, around: Surroundings) -> bool:
    """Whether a rule asks a recorded metric for a label that is added outside of the rules."""
    asked = dict.fromkeys(label for label, _ in unrecorded_labels(rule, around.flows))
    return any(around.has(labels_from_outside, label) for label in asked)
