"""The manual of a check or a message: what it claims, why that hurts, how to fix it, and examples."""

from __future__ import annotations

import re
import textwrap
from functools import cache
from inspect import cleandoc

from tocsin.value_object import value_object

_SECTION = re.compile(r"^(Why|Fix|Bad|Good):", re.MULTILINE)
_SECTIONS = ["Why", "Fix", "Bad", "Good"]


@value_object
class Manual:
    """The sections; `bad` and `good` are files, or parts of one, with just this finding, and without any.

    Both are empty where a file cannot show it.
    """

    claim: str
    why: str
    fix: str
    bad: str
    good: str


@cache
def manual(doc: str) -> Manual:
    """Read the sections of a docstring; ValueError when one is missing or they stand in another order.

    Both examples may be absent.
    """
    parts = _SECTION.split(cleandoc(doc))
    if parts[1::2] == _SECTIONS[:2]:
        parts += ["Bad", "", "Good", ""]
    if parts[1::2] != _SECTIONS:
        raise ValueError(f"the sections have to be {', '.join(_SECTIONS)}, not {', '.join(parts[1::2])}")
    claim, why, fix = (" ".join(part.split()) for part in (parts[0], parts[2], parts[4]))
    return Manual(claim, why, fix, _block(parts[6]), _block(parts[8]))


def _block(text: str) -> str:
    """An indented block of lines without its indentation."""
    lines = textwrap.dedent(text.strip("\n").rstrip())
    return f"{lines}\n" if lines else ""
