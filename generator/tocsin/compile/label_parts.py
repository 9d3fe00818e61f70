"""The series that exceptions by labels are for: each has those that none before it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.spec_alert_labels import engine_of, queries_of
from tocsin.lang.listed_labels import in_both_label_sets, label_sets_without, values_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.lang.listed_labels import LabelSets
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.alerts import Alert
    from tocsin.spec.exceptions import Branch, Where


def label_sets(where: Where) -> LabelSets:
    """The series that an exception is for."""
    return {
        label: values_of([values] if isinstance(values, str) else values) for label, values in where.items()
    }


def parts_of(
    branches: Sequence[Branch], wanted: Sequence[LabelSets | None] | None = None
) -> Iterator[tuple[int | None, list[LabelSets]]]:
    """The number of each exception with its series, and at the end those of none, whose number is None.

    `wanted` are the series that they are for, where that is not what they say; None of one that is for none.
    """
    left: list[LabelSets] = [{}]
    for number, branch in enumerate(branches):
        own = label_sets(branch.where) if wanted is None else wanted[number]
        if own is None:
            continue
        taken = (in_both_label_sets(sets, own) for sets in left)
        yield number, [one for one in taken if one is not None]
        left = [rest for sets in left for rest in label_sets_without(sets, own)]
    yield None, left


def narrowed(branches: Sequence[Branch], alert: Alert, flows: QueryFlows) -> list[LabelSets | None]:
    """The series that exceptions for all alerts are for among those of one; None where they are for none.

    A label that its queries never return is missing in all of its series.
    """
    results = [flows.labels(text, engine_of(alert)) for _, text in queries_of(alert)] if branches else []
    found: list[LabelSets | None] = []
    for branch in branches:
        sets: LabelSets | None = {}
        for label, values in label_sets(branch.where).items():
            can_be = any(result is None or not result.label(label).is_impossible for result in results)
            if can_be and sets is not None:
                sets[label] = values
            elif not values.allows(""):
                sets = None
        found.append(sets)
    return found
