"""Another name for something: the edits at all places that use it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tocsin.lsp.names import defined_names, find_references, locate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lsp.names import Reference
    from tocsin.source.document import Span
    from tocsin.workspace.load import Planned

_RENAMED = frozenset({"receiver", "time interval", "action", "procedure"})
"""Kinds of names that stand in keys and values only. Others are also in matchers, queries and addresses."""
_PLAIN = re.compile(r"[A-Za-z][\w-]*")
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


class UnusableNameError(ValueError):
    """A name that something cannot have; the text says why."""


def can_rename(reference: Reference, plans: Iterable[Planned]) -> bool:
    """Whether all places that use a name are known, and it is defined in some environment."""
    return reference.kind in _RENAMED and _is_defined(reference, plans)


def rename(reference: Reference, name: str, plans: Iterable[Planned]) -> Iterator[tuple[Span, str]]:
    """What is to be written where; UnusableNameError where it is no name, or another thing's of the kind."""
    if not name.strip() or any(ord(letter) < ord(" ") for letter in name):
        raise UnusableNameError("a name needs at least one letter or digit, and no line break")
    taken = type(reference)(reference.kind, name, reference.scope)
    if name != reference.name and _is_defined(taken, plans):
        raise UnusableNameError(f"there is a {reference.kind} `{name}` already")
    return ((span, _written(span, name)) for span in find_references(reference, plans))


def _is_defined(reference: Reference, plans: Iterable[Planned]) -> bool:
    return any(locate(reference, one, defined_names(one)) is not None for one in plans)


def _written(span: Span, name: str) -> str:
    """The name in YAML, in the quotes in which the old one stands, or in those that it needs."""
    quote = span.document.text[span.start : span.start + 1]
    if quote == "'":
        return "'" + name.replace("'", "''") + "'"
    if quote != '"' and _PLAIN.fullmatch(name) and name.lower() not in _WORDS:
        return name
    return json.dumps(name, ensure_ascii=False)
