"""Rules that are for some groups of an objective only: what it is for them, and a group on either side."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.listed_labels import EVERY_VALUE, in_both_label_sets, matchers_text, values_of
from tocsin.lang.promql.listed_matchers import listed_label_sets
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.lang.listed_labels import LabelSets, ListedValues
    from tocsin.plan.model import Rule
    from tocsin.plan.slo import Slo


@value_object
class Divided:
    """An objective as it is for the groups of one rule."""

    slo: Slo
    sets: LabelSets
    """The groups; all where no label is named."""
    is_of_all: bool
    """Whether it is the rule that has to tell that nothing is measured at all."""

    @property
    def general(self) -> LabelSets:
        """Those that have no objective of their own."""
        by = self.slo.by
        if by is None:
            return self.sets
        own = values_of(one.value for one in self.slo.objectives)
        return {**self.sets, by: self.sets.get(by, EVERY_VALUE).without(own)}


def divided(slo: Slo, rule: Rule) -> Divided | None:
    """The objective for the groups of a rule; None where nothing is promised of them."""
    sets = listed_label_sets(rule.selected) if rule.selected else {}
    for promise in slo.promises:
        if any(in_both_label_sets(part, sets) is not None for part in promise.parts):
            own = replace(
                slo,
                objective=promise.objectives[0],
                by=promise.by,
                objectives=promise.groups,
                burn=promise.burn,
                exceptions=(),
            )
            return Divided(own, sets, _is_of_all(slo, rule))
    return None


def _is_of_all(slo: Slo, rule: Rule) -> bool:
    """Of the first groups without an exception of the objective; those around it are for alerts by label."""
    first = matchers_text(slo.parts[0])
    if not rule.selected.startswith(first):
        return False
    around = listed_label_sets(rule.selected[len(first) :].lstrip(", "))
    return all(values.allows("") for values in around.values())


def group_in(sets: LabelSets, labels: Mapping[str, str]) -> Mapping[str, str] | None:
    """The labels of a group, changed so that it is among others; None where these lack a label for that.

    An empty value is that of a label that is missing.
    """
    found = dict(labels)
    for label, values in sets.items():
        if values.allows(found.get(label, "")):
            continue
        if label not in found:
            return None
        text = _value(label, values)
        if text is None:
            return None
        found[label] = text
    return found


def group_outside(sets: LabelSets, labels: Mapping[str, str]) -> Mapping[str, str] | None:
    """The labels of a group, changed in one so that it is not among others; None where that cannot be."""
    for label, values in sets.items():
        text = _value(label, EVERY_VALUE.without(values)) if label in labels else None
        if text is not None:
            return {**labels, label: text}
    return None


def _value(label: str, values: ListedValues) -> str | None:
    """One of the values, and the empty one only where there is no other."""
    if values.is_all_but:
        return next(
            text
            for number in range(len(values.texts) + 1)
            if (text := f"{label}-{number}") not in values.texts
        )
    return next(iter(sorted(values.texts, key=lambda text: (not text, text))), None)
