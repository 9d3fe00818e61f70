"""Findings about estates whose files lie in one repository: what is so of a shared file is reported once."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.diagnostics.environments import ABOUT_WHAT_ENVIRONMENTS_SHARE
from tocsin.diagnostics.model import sort_diagnostics

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.diagnostics.model import Diagnostic
    from tocsin.source.document import Span

_UNLESS_OF_USE = {
    *ABOUT_WHAT_ENVIRONMENTS_SHARE,
    *("allow/unused", "notification/annotation", "notification/label", "route/group-by"),
}
"""Findings about something that is of no use, and may be of use in another estate."""
_ONE_A_PLACE = {"inhibit/alertname", "route/alertname"}
"""Findings with one cause at a place, whatever of it the rules of an estate show."""


class FoundInEstate(NamedTuple):
    """What was found in an estate, and the names of its files."""

    files: frozenset[str]
    has_rules: bool
    findings: Sequence[Diagnostic]


def join_estates(found: Sequence[FoundInEstate]) -> tuple[Diagnostic, ...]:
    """The findings of all estates, each once.

    What no alert of one estate meets is no mistake where another one shares the file, and its alerts do.
    """
    told = [{(one.id, span) for one in estate.findings for span in (one.span, *one.more)} for estate in found]

    def is_of_use(id_: str, span: Span | None) -> bool:
        return span is not None and any(
            estate.has_rules and span.document.name in estate.files and (id_, span) not in here
            for estate, here in zip(found, told, strict=True)
        )

    # The same is so of a shared line whichever alerts of an estate it shows.
    every: list[Diagnostic] = []
    said: set[object] = set()
    for estate in found:
        every += [one for one in estate.findings if _said(one) not in said]
        said.update(map(_said, estate.findings))
    return sort_diagnostics(
        one for one in every if one.id not in _UNLESS_OF_USE or not is_of_use(one.id, one.span)
    )


def _said(one: Diagnostic) -> object:
    """What a finding says, whatever it shows beside it; without a place, it is all of it."""
    if one.id in _ONE_A_PLACE:
        return (one.id, one.span, one.accepted)
    return one if one.span is None else (one.id, one.level, one.message, one.span, one.help, one.accepted)
