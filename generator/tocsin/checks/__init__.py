"""The checks, by family: small functions from a plan to findings, each with its manual."""

from __future__ import annotations

from tocsin.checks import (
    alert,
    allow,
    dashboard,
    group,
    inhibit,
    interval,
    label,
    link,
    notification,
    panel,
    policy,
    query,
    receiver,
    route,
    routing,
    rule,
    runbook,
    slo,
    template,
)
from tocsin.checks.base import Check

FAMILIES = (
    alert,
    query,
    template,
    label,
    rule,
    group,
    route,
    routing,
    inhibit,
    receiver,
    interval,
    notification,
    runbook,
    slo,
    link,
    panel,
    dashboard,
    policy,
    allow,
)
"""One module a family; its checks are in the order of their definition."""


def _collected() -> dict[str, Check]:
    found: dict[str, Check] = {}
    for family in FAMILIES:
        name = family.__name__.rsplit(".", 1)[1]
        for value in vars(family).values():
            if isinstance(value, Check):
                assert value.family == name, f"{value.id} stands in the family {name}"
                assert value.id not in found, f"{value.id} is there twice"
                found[value.id] = value
    return found


CHECKS = _collected()
"""All of them, by id."""
