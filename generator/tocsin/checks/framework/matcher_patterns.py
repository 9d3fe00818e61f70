"""Findings about matchers that Alertmanager does not read as their authors meant them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.misread_matchers import Misread
    from tocsin.source.place import Place


def misread_finding(misread: Misread, at: Place, about: Place) -> Finding:
    """The finding at the matcher, with the edit."""
    if misread.meant is None:
        return Finding(misread.message, at=at, help=misread.advice, about=about)
    return Finding(
        misread.message,
        at=at,
        help=f"write `{misread.meant.text()}`",
        about=about,
        fix=misread.meant.text(),
        instead_of=misread.matcher.text(),
        is_safe=True,
    )
