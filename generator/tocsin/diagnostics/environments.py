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

OF_MATCHERS_THAT_NOTHING_MEETS = {
    "route/unknown-alert": "route",
    "route/unreachable": "route",
    "route/unused": "route",
    "inhibit/unknown-alert": "inhibit",
    "inhibit/unmet": "inhibit",
    "inhibit/unused": "inhibit",
}
"""Findings that count only where they are made in every environment: the routing tree is for all of them."""


def join_environments(
    found: Mapping[str, Sequence[Diagnostic]], with_alerts: Collection[str]
) -> Sequence[Diagnostic]:
    """The findings of all environments; one that is not in each of them names those in which it is.

    `with_alerts` are the environments that were planned and have alerts. What alerts of one of them meet is
    no mistake because those of another do not.
    """
    if len(found) == 1:
        return next(iter(found.values()))
    nowhere = {*_unmet(itertools.chain.from_iterable(found.values()))}
    for name in with_alerts:
        nowhere.intersection_update(_unmet(found[name]))
    where: dict[Diagnostic, list[str]] = {}
    for name, diagnostics in found.items():
        for one in dict.fromkeys(diagnostics):
            if one.id not in OF_MATCHERS_THAT_NOTHING_MEETS or not nowhere.isdisjoint(_unmet([one])):
                where.setdefault(one, []).append(name)
    return sort_diagnostics(
        one if len(names) == len(found) else replace(one, message=f"{one.message} (in {', '.join(names)})")
        for one, names in where.items()
    )


def unmet_everywhere(
    found: Sequence[Diagnostic], elsewhere: Iterable[Iterable[Diagnostic]]
) -> Sequence[Diagnostic]:
    """The findings of one environment, without those about matchers that alerts of another one meet.

    `elsewhere` are the findings about matchers in each of the others that has alerts.
    """
    nowhere = {*_unmet(found)}
    for others in elsewhere:
        nowhere.intersection_update(_unmet(others))
    return [
        one
        for one in found
        if one.id not in OF_MATCHERS_THAT_NOTHING_MEETS or not nowhere.isdisjoint(_unmet([one]))
    ]


def _unmet(diagnostics: Iterable[Diagnostic]) -> Iterator[tuple[str, Span | None]]:
    """Where matchers stand that nothing meets."""
    for one in diagnostics:
        family = OF_MATCHERS_THAT_NOTHING_MEETS.get(one.id)
        if family is not None:
            yield from ((family, span) for span in (one.span, *one.more))
