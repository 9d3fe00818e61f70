"""Which alerts of the rules a difference can meet, by the labels that they have, may have and cannot have."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import chain, repeat
from typing import TYPE_CHECKING

from tocsin.diff.classes import TooManyError
from tocsin.diff.enumerate_values import by_value, only_possible, restrict_node

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diff.build_dag import Trees
    from tocsin.diff.classes import Comparison, Pair
    from tocsin.routing.alert_labels import AlertLabels


@dataclass(slots=True)
class Hits:
    """The alerts that one class meets, each with labels that show it."""

    sure: dict[str, dict[str, str]] = field(default_factory=dict)
    """By labels that their rules set or their queries name."""
    perhaps: dict[str, dict[str, str]] = field(default_factory=dict)
    """By labels that nothing names, but that the samples may have."""
    lone: dict[str, dict[str, str]] = field(default_factory=dict)
    """Alerts that only one side has, by either: of these nobody is notified otherwise than before."""


def affected_alerts(
    trees: Trees, comparison: Comparison, alerts: Iterable[AlertLabels], lone: Iterable[AlertLabels]
) -> tuple[dict[Pair, Hits], frozenset[str]]:
    """For each class the alerts that are or can be in it; and those for which there was too much to try.

    Only one side has the alerts that are `lone`.
    """
    found: dict[Pair, Hits] = {}
    unlisted: set[str] = set()
    for alert, is_lone in chain(zip(alerts, repeat(False)), zip(lone, repeat(True))):
        known = alert.known
        old, new = restrict_node(trees, trees.old, known), restrict_node(trees, trees.new, known)
        if old is new:
            continue
        asked = (old.inner | new.inner) - alert.rule.labels.keys() - known.keys()
        unnamed = {label: "" for label in asked if not alert.is_named(label)}
        missing = {label: "" for label in asked if alert.is_missing(label)}
        for absent, where in (({**unnamed, **missing}, "sure"), (missing, "perhaps")):
            both = (restrict_node(trees, old, absent), restrict_node(trees, new, absent))
            both = only_possible(trees, both, alert)
            for (left, right), chosen in by_value(trees, both, alert):
                try:
                    classes = comparison.classes(left, right)
                except TooManyError:
                    unlisted.add(alert.rule.alert)
                    continue
                for pair, one in classes.items():
                    labels = {values.label: values.example for values in one.cases[0]}
                    kept = found.setdefault(pair, Hits())
                    if alert.rule.alert not in kept.sure:
                        hits = kept.lone if is_lone else getattr(kept, where)
                        hits.setdefault(alert.rule.alert, {**labels, **chosen, **known})
    return found, frozenset(unlisted)
