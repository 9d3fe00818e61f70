"""What the authors of a spec allow, alert by alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Allowance
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.model import Spec


def allowances(spec: Spec) -> Iterator[Allowance]:
    """Every `allow` of every alert."""
    for group_name, group in spec.groups.items():
        for name, alert in group.alerts.items():
            path = ("groups", group_name, "alerts", name)
            for check, allowed in alert.allow.items():
                place = Place((*path, "allow", check), key=True)
                yield Allowance(check, path, allowed.reason, allowed.until, place)
