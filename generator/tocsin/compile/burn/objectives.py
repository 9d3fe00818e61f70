"""Objectives in expressions: one number for all, or one for each value of a label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.burn_windows import plain
from tocsin.lang.objectives import format_share, parse_objective
from tocsin.lang.regexes import quote_regex
from tocsin.lang.strings import quote_string
from tocsin.spec.slos import GroupObjectives
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from tocsin.compile.burn.series import SloSeries
    from tocsin.spec.slos import Slo


@value_object
class ObjectiveClass:
    """The groups with one objective."""

    objective: Decimal
    matcher: str
    """What selects them; empty for all."""
    values: tuple[str, ...] = ()
    """Their values of the label; none for those without an objective of their own."""

    @property
    def budget(self) -> str:
        """The share of events that may be bad, as expressions write it."""
        return f"{plain(1 - self.objective):f}"


def objective_classes(slo: Slo) -> tuple[ObjectiveClass, ...]:
    """The groups by objective, those without an objective of their own first."""
    written = slo.objective
    general = parse_objective(slo.default_objective)
    if not isinstance(written, GroupObjectives):
        return (ObjectiveClass(general, ""),)
    by_objective: dict[Decimal, list[str]] = {}
    for value, text in written.values.items():
        if parse_objective(text) != general:
            by_objective.setdefault(parse_objective(text), []).append(value)
    own = [value for values in by_objective.values() for value in values]
    if not own:
        return (ObjectiveClass(general, ""),)
    return (
        ObjectiveClass(general, _matcher(written.by, own, ("!=", "!~"))),
        *(
            ObjectiveClass(objective, _matcher(written.by, values, ("=", "=~")), tuple(values))
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
    classes = objective_classes(slo)
    if len(classes) == 1:
        return f"vector({classes[0].objective.normalize():f})"
    return "\n  or\n".join(
        f"0 * {series.measured(one.matcher)} + {one.objective.normalize():f}" for one in classes
    )


def budget_series(slo: Slo, series: SloSeries) -> str:
    """What the share of bad events is divided by to know how much of the budget it is."""
    classes = objective_classes(slo)
    return classes[0].budget if len(classes) == 1 else f"(1 - slo:objective:ratio{series.selector()})"


def _matcher(label: str, values: list[str], operators: tuple[str, str]) -> str:
    if len(values) == 1:
        return f"{label}{operators[0]}{quote_string(values[0])}"
    return f"{label}{operators[1]}{quote_string('|'.join(map(quote_regex, sorted(values))))}"
