"""Sections of pages that links lead to."""

from __future__ import annotations

from tocsin.text.suggest import nearest


def section_help(name: str, known: frozenset[str]) -> str:
    """What fixes a link to a section that its page does not have."""
    near = nearest(name, known)
    return f"did you mean `#{near}`?" if near else "write the section, or the anchor of another one"
