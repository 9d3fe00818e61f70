"""What tells several rules of one alert with one severity apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.plan.model import Rule


def tell_apart(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules of an alert, those of one severity with what tells them apart."""
    alike: dict[str, list[Rule]] = {}
    for rule in rules:
        alike.setdefault(rule.severity, []).append(rule)
    found = {}
    for several in alike.values():
        if len(several) < 2:
            continue
        names = dict.fromkeys(name for rule in several for name in rule.labels)
        differing = [name for name in names if len({rule.labels.get(name, "") for rule in several}) > 1]
        taken: Counter[tuple[object, ...]] = Counter()
        for rule in several:
            apart = {name: rule.labels.get(name, "") for name in differing}
            values = (*apart.values(), rule.selected)
            found[id(rule)] = replace(rule, apart=apart, number=taken[values])
            taken[values] += 1
    return tuple(found.get(id(rule), rule) for rule in rules)
