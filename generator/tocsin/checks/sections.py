"""Sections of pages that links lead to."""

from __future__ import annotations

import difflib


def section_help(name: str, known: frozenset[str]) -> str:
    """What mends a link to a section that its page does not have."""
    near = difflib.get_close_matches(name, sorted(known), 1, 0.7)
    return f"did you mean `#{near[0]}`?" if near else "write the section, or the anchor of another one"
