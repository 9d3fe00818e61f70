"""Objectives in expressions: one number for all, or one for each value of a label."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.compile.label_parts import parts_of
from tocsin.lang.burn_windows import plain
from tocsin.lang.listed_labels import EVERY_VALUE, in_both_label_sets, matchers_text, values_of
from tocsin.lang.objectives import format_share, parse_objective
from tocsin.spec.slos import GroupObjectives
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from tocsin.compile.burn.series import SloSeries
    from tocsin.lang.listed_labels import LabelSets
    from tocsin.spec.slos import Slo


@value_object
class ObjectiveClass:
    """The groups with one objective."""

    objective: Decimal
    sets: LabelSets
    """The groups; all where no label is named."""
    values: tuple[str, ...] = ()
    """Their values of the label; none for those without an objective of their own."""

    @property
    def matcher(self) -> str:
        """What selects them; empty for all."""
        return matchers_text(self.sets)

    @property
    def budget(self) -> str:
        """The share of events that may be bad, as expressions write it."""
        return f"{plain(1 - self.objective):f}"


def objective_classes(slo: Slo) -> tuple[ObjectiveClass, ...]:
    """The groups by objective, those without an objective of their own first."""
    return _classes(slo.objective)


def every_class(slo: Slo) -> tuple[ObjectiveClass, ...]:
    """The same with those for which exceptions say another objective; none of those without any."""
    found = []
    for number, sets in parts_of(slo.branches):
        said = slo if number is None else slo.branches[number].instead
        for one in () if said is None else _classes(said.objective):
            both = (in_both_label_sets(one.sets, other) for other in sets)
            found += [replace(one, sets=part) for part in both if part is not None]
    all_have_one = len({one.objective for one in found}) == 1 and not any(one.off for one in slo.branches)
    return (replace(found[0], sets={}),) if all_have_one else tuple(found)


def _classes(written: str | GroupObjectives) -> tuple[ObjectiveClass, ...]:
    if not isinstance(written, GroupObjectives):
        return (ObjectiveClass(parse_objective(written), {}),)
    general = parse_objective(written.default)
    by_objective: dict[Decimal, list[str]] = {}
    for value, text in written.values.items():
        if parse_objective(text) != general:
            by_objective.setdefault(parse_objective(text), []).append(value)
    own = [value for values in by_objective.values() for value in values]
    if not own:
        return (ObjectiveClass(general, {}),)
    return (
        ObjectiveClass(general, {written.by: EVERY_VALUE.without(values_of(own))}),
        *(
            ObjectiveClass(objective, {written.by: values_of(values)}, tuple(values))
            for objective, values in by_objective.items()
        ),
    )


def objective_words(slo: Slo) -> tuple[str, str]:
    """What has to be good, and what may be bad, in per cent; of groups with another objective beside it."""
    classes = objective_classes(slo)
    general = classes[0].objective
    others = [(", ".join(one.values), one.objective) for one in classes[1:]]

    def told(share: Callable[[Decimal], Decimal]) -> str:
        more = "; ".join(f"{values}: {format_share(share(objective))}" for values, objective in others)
        return format_share(share(general)) + (f" ({more})" if more else "")

    return told(lambda objective: objective), told(lambda objective: 1 - objective)


def objective_series(slo: Slo, series: SloSeries) -> str:
    """The objective as a series: without labels of its own, or one for each group."""
    classes = every_class(slo)
    if len(classes) == 1 and not classes[0].sets:
        return f"vector({classes[0].objective.normalize():f})"
    return "\n  or\n".join(
        f"0 * {series.measured(one.matcher)} + {one.objective.normalize():f}" for one in classes
    )


def budget_series(slo: Slo, series: SloSeries) -> str:
    """What the share of bad events is divided by to know how much of the budget it is."""
    classes = every_class(slo)
    has_one = len(classes) == 1 and not classes[0].sets
    return classes[0].budget if has_one else f"(1 - slo:objective:ratio{series.selector()})"
