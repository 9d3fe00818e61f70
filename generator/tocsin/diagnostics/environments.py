"""Findings about the environments of one spec: what is so in all of them is reported once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import sort_diagnostics

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.diagnostics.model import Diagnostic


def join_environments(found: Mapping[str, Sequence[Diagnostic]]) -> Sequence[Diagnostic]:
    """The findings of all environments; one that is not in each of them names those in which it is."""
    if len(found) == 1:
        return next(iter(found.values()))
    where: dict[Diagnostic, list[str]] = {}
    for name, diagnostics in found.items():
        for one in dict.fromkeys(diagnostics):
            where.setdefault(one, []).append(name)
    return sort_diagnostics(
        one if len(names) == len(found) else replace(one, message=f"{one.message} (in {', '.join(names)})")
        for one, names in where.items()
    )
