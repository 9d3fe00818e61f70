"""Findings about the environments of one spec: what is so in all of them is reported once."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import sort_diagnostics

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.source.document import Span

ABOUT_WHAT_ENVIRONMENTS_SHARE = {
    "route/unknown-alert": "route",
    "route/unreachable": "route",
    "route/unused": "route",
    "inhibit/unknown-alert": "inhibit",
    "inhibit/unmet": "inhibit",
    "inhibit/unused": "inhibit",
    "route/shadowed": "shadowed",
    "receiver/unused": "receiver",
}
"""Findings that count only where they are made in every environment: these share routes and receivers."""


def join_environments(
    found: Mapping[str, Sequence[Diagnostic]], with_alerts: Collection[str]
) -> Sequence[Diagnostic]:
    """The findings of all environments; one that is not in each of them names those in which it is.

    `with_alerts` are the environments that were planned and have alerts. What alerts of one of them meet is
    no mistake because those of another do not, and neither is a route that an environment puts aside.
    """
    if len(found) == 1:
        return next(iter(found.values()))
    nowhere = {*_unmet(itertools.chain.from_iterable(found.values()))}
    for name in with_alerts:
        nowhere.intersection_update(_unmet(found[name]))
    where: dict[Diagnostic, list[str]] = {}
    for name, diagnostics in found.items():
        for one in dict.fromkeys(diagnostics):
            if one.id not in ABOUT_WHAT_ENVIRONMENTS_SHARE or not nowhere.isdisjoint(_unmet([one])):
                where.setdefault(one, []).append(name)
    return sort_diagnostics(
        one if len(names) == len(found) else replace(one, message=f"{one.message} (in {', '.join(names)})")
        for one, names in where.items()
    )


def unmet_everywhere(
    found: Sequence[Diagnostic], elsewhere: Iterable[Iterable[Diagnostic]]
) -> Sequence[Diagnostic]:
    """The findings of one environment, without those about what is of use in another one.

    `elsewhere` are the findings about the same in each of the others that has alerts.
    """
    nowhere = {*_unmet(found)}
    for others in elsewhere:
        nowhere.intersection_update(_unmet(others))
    return [
        one
        for one in found
        if one.id not in ABOUT_WHAT_ENVIRONMENTS_SHARE or not nowhere.isdisjoint(_unmet([one]))
    ]


def _unmet(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[str, Span | None]]:
    """Where matchers, routes and receivers stand that are of no use."""
    for one in diagnostics:
        family = ABOUT_WHAT_ENVIRONMENTS_SHARE.get(one.id)
        if family is not None:
            yield from ((family, span) for span in (one.span, *one.more))
