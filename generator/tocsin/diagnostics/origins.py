"""Findings in files that others write: told where something has to be done, and counted otherwise."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.diagnostics.model import Level
from tocsin.diagnostics.repeats import join_repeats
from tocsin.source.origin import Origin, OriginKind
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from tocsin.diagnostics.model import Diagnostic

_ABOUT_ROUTES = frozenset({"route/dropped", "route/nobody"})
"""What is told of an alert, and put right in the routes, whoever wrote the alert."""


@value_object
class Told:
    """The findings to tell, and those that are only counted."""

    findings: tuple[Diagnostic, ...]
    counted: tuple[Diagnostic, ...] = ()

    def lines(self) -> Iterator[str]:
        """How many are only counted, and in how many files of which kinds."""
        files = {one.span.document.name: one.origin for one in self.counted if one.span and one.origin}
        if not files:
            return
        count = len(join_repeats(self.counted))
        findings = "1 finding" if count == 1 else f"{count} findings"
        yield f"{findings} left out in {files_of_kinds(files)}: --origin all shows them"


def files_of_kinds(files: Mapping[str, Origin]) -> str:
    """How many files there are of each kind, as in `2 generated, 1 vendored files`."""
    kinds = Counter(origin.kind.value for origin in files.values())
    named = ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items()))
    return f"{named} {'file' if len(files) == 1 else 'files'}"


def with_origins(
    found: Sequence[Diagnostic], origin_of: Callable[[str], Origin | None]
) -> tuple[Diagnostic, ...]:
    """The findings, each with the origin of its file, unless one of its places is in a file of their own."""
    return tuple(_with_origin(one, origin_of) for one in found)


def tell_by_origin(found: Iterable[Diagnostic]) -> Told:
    """All findings in files of their own people, and of those in other files what has to be fixed here.

    An error in a vendored file is told, as it does not work where it is deployed; of a generated file
    warnings are told as well, as its source is here; of the data of a test nothing, as faults may be meant.
    """
    told: list[Diagnostic] = []
    counted: list[Diagnostic] = []
    for one in found:
        (told if one.origin is None or _is_told(one, one.origin) else counted).append(one)
    return Told(tuple(told), tuple(counted))


def _is_told(one: Diagnostic, origin: Origin) -> bool:
    match origin.kind:
        case OriginKind.TEST:
            return False
        case OriginKind.GENERATED:
            return one.level is not Level.INFO or one.id in _ABOUT_ROUTES
        case OriginKind.VENDORED:
            return one.level is Level.ERROR or one.id in _ABOUT_ROUTES


def _with_origin(one: Diagnostic, origin_of: Callable[[str], Origin | None]) -> Diagnostic:
    if one.span is None:
        return one
    origins = [origin_of(span.document.name) for span in (one.span, *(note.span for note in one.related))]
    return one if None in origins else replace(one, origin=origins[0])
