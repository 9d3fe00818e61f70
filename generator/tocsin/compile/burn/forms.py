"""An objective that is otherwise for some of the groups that it is measured by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.compile.label_parts import parts_of
from tocsin.spec.model import Spec
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from tocsin.lang.listed_labels import LabelSets
    from tocsin.spec.slos import Slo


@value_object
class SloForm:
    """What an objective is for some of its groups."""

    spec: Spec
    """The spec, in which it is so for all of them."""
    number: int | None
    """The number of its exception; None of the objective where none holds."""
    sets: tuple[LabelSets, ...]
    """The groups, as sets that have nothing in common."""


@answered_once
def slo_forms(spec: Spec, name: str) -> tuple[SloForm, ...]:
    """The objective where no exception holds, and where each of them does that does not switch it off."""
    slo = spec.slos[name]
    if not slo.branches:
        return (SloForm(spec, None, ({},)),)
    found = []
    for number, sets in parts_of(slo.branches):
        said: dict[str, object] = {"branches": []}
        if number is not None:
            instead = slo.branches[number].instead
            if instead is None or not sets:
                continue
            said |= {key: getattr(instead, key) for key in type(instead).model_fields}
        found.append(SloForm(_with_slo(spec, name, slo.model_copy(update=said)), number, tuple(sets)))
    return tuple(sorted(found, key=lambda form: form.number is not None))


def _with_slo(spec: Spec, name: str, slo: Slo) -> Spec:
    # Not `model_copy`: what was worked out of the spec is not so of the other.
    values = {field: getattr(spec, field) for field in Spec.model_fields}
    return Spec.model_construct(**{**values, "slos": {**spec.slos, name: slo}})
