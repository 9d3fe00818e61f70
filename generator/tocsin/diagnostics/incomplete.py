"""The parts of the input that could not be read: what is only found because they are missing is not shown."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.source.document import Span

Area = Literal[
    "project",
    "routing",
    "configurations",
    "alerts",
    "recordings",
    "slos",
    "procedures",
    "escalation",
    "policy",
    "server",
    "dashboards",
    "templates",
    "runbooks",
]
"""A kind of input that others depend on: `routing` is all that decides who is notified.

`configurations` are those of other Alertmanagers, to which the same alerts may be sent.
"""
AREAS: frozenset[Area] = frozenset(get_args(Area))


class Incomplete:
    """What could not be read: the areas that are not complete, and where the unread parts stand."""

    def __init__(
        self,
        areas: Iterable[Area] = (),
        spans: Iterable[Span] = (),
        sections: Iterable[str] = (),
        unparsed: Iterable[Span] = (),
        values: Iterable[Span] = (),
    ) -> None:
        self.areas = frozenset(areas)
        self.spans = tuple(spans)
        self.sections = frozenset(sections)
        """Sections of a spec that are missing as a whole, so that they might define any name."""
        self.unparsed = tuple(unparsed)
        """Those of the places that are not sound YAML: any word there may be a key, or the value of one."""
        self.values = tuple(values)
        """Values that are wrong themselves, where the places are all that is read together with them."""

    def __bool__(self) -> bool:
        return bool(self.areas or self.spans)

    def __add__(self, other: Incomplete) -> Incomplete:
        return Incomplete.of((self, other))

    @classmethod
    def of(cls, parts: Iterable[Incomplete]) -> Incomplete:
        """All that is unread in any of the parts."""
        parts = tuple(parts)
        return cls(
            (area for part in parts for area in part.areas),
            (span for part in parts for span in part.spans),
            (section for part in parts for section in part.sections),
            (span for part in parts for span in part.unparsed),
            (span for part in parts for span in part.values),
        )

    def of_values(self) -> Incomplete:
        """The same without what is only unread because something beside it is."""
        return Incomplete(spans=(*self.unparsed, *self.values))

    def holds(self, span: Span | None) -> bool:
        """Whether a place lies in an unread part."""
        return span is not None and any(
            one.start <= span.start and span.end <= one.end and one.document.name == span.document.name
            for one in self.spans
        )

    def may_define(self, name: str) -> bool:
        """Whether an unread part has the name as a key, so that it might be the definition."""
        return name in self._keys or (bool(name) and any(_mentions(span, name) for span in self.unparsed))

    @cached_property
    def _keys(self) -> frozenset[str]:
        texts = (span.document.text[span.start : span.end] for span in self.spans)
        return frozenset(found for text in texts for found in _KEY.findall(text))


def _mentions(span: Span, name: str) -> bool:
    word = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
    return word.search(span.document.text, span.start, span.end) is not None


_KEY = re.compile(r"""(?:^|[\s{,"'])([\w.:-]*[\w.-])["']?[ \t]*:(?=\s|$)""", re.MULTILINE)
COMPLETE = Incomplete()
