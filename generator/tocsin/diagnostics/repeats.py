"""One finding for one cause: the same mistake in several places is shown once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.catalogue import MESSAGES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.diagnostics.model import Diagnostic


def join_repeats(diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings in their order, of which those with the same words about the same text are joined.

    What checks find is not joined: each alert has to be looked at by itself.
    """
    joined: dict[object, Diagnostic] = {}
    for one in diagnostics:
        span = one.span
        text = None if span is None else span.document.text[span.start : span.end]
        alone = span is None or one.related or one.id not in MESSAGES
        key: object = id(one) if alone else (one.id, one.level, one.message, one.label, one.help, text)
        first = joined.get(key)
        if first is None or span is None:
            joined[key] = one
        else:
            joined[key] = replace(first, more=(*first.more, span))
    return tuple(joined.values())
