"""The checks, by family: small functions from a plan to findings, each with its manual."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Check

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

FAMILIES = {
    **{
        name: f"{__name__}.{name}"
        for name in (
            "alert",
            "query",
            "template",
            "label",
            "rule",
            "group",
            "route",
            "routing",
            "inhibit",
            "receiver",
            "interval",
            "notification",
            "runbook",
            "slo",
            "link",
            "panel",
            "dashboard",
            "target",
            "deliver",
            "limit",
            "policy",
        )
    },
    "allow": f"{__name__}.framework.allow",
}
"""The module or package of each family, in the order in which a reader meets them."""


def _modules_of(name: str) -> Iterator[ModuleType]:
    family = import_module(name)
    yield family
    for child in iter_modules(getattr(family, "__path__", ())):
        yield import_module(f"{name}.{child.name}")


def _collected() -> dict[str, Check]:
    found: dict[str, Check] = {}
    for family, name in FAMILIES.items():
        for module in _modules_of(name):
            for value in vars(module).values():
                if isinstance(value, Check):
                    assert value.family == family, f"{value.id} stands in the family {family}"
                    assert value.id not in found, f"{value.id} is there twice"
                    found[value.id] = value
    return found


CHECKS = _collected()
"""All of them by id: families in their order, modules by name, checks in the order of their definition."""
