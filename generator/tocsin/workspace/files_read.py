"""How many files were read, and which were not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.diagnostics.model import Level
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.detect.foreign import Unread
    from tocsin.diagnostics.model import Diagnostic

_MOST_NAMES = 3
_MOST_KINDS = 4


class Left(NamedTuple):
    """A file that was not read, or only the rest of which was, and why."""

    name: str
    is_part: bool
    unread: Unread


@value_object
class FilesRead:
    """The number of files that were read, and what was not."""

    read: int
    left: tuple[Left, ...]

    def lines(self, shown: Iterable[Diagnostic]) -> Iterator[str]:
        """How many files were read, and what was not, unless errors that are shown say it of all its files.

        Nothing where there was but one file, which was read.
        """
        unread = len({one.name for one in self.left if not one.is_part})
        if self.read + unread > 1 or self.left:
            yield f"{self.read} {'file' if self.read == 1 else 'files'} read, {unread} not read"
        names = self._names(shown)
        others = {one: found for one, found in names.items() if not one.is_alerting}
        yield from self.unchecked(shown)
        if len(others) <= _MOST_KINDS:
            for one, found in sorted(others.items()):
                yield _why(one, found)
        else:
            found = sorted({name for names_ in others.values() for name in names_})
            yield f"  not read: {len(found)} files of other programs, such as {_first(found)}"
            yield "  `tocsin check FILE` says of each what it is"

    def unchecked(self, shown: Iterable[Diagnostic]) -> Iterator[str]:
        """What holds alerting, or may become some, and is not read, unless errors that are shown say it."""
        for one, found in sorted(self._names(shown).items()):
            if one.is_alerting:
                yield _why(one, found)

    def _names(self, shown: Iterable[Diagnostic]) -> dict[Unread, list[str]]:
        names: dict[Unread, list[str]] = {}
        for name, is_part, one in self.left:
            names.setdefault(one, []).append(f"in {name}" if is_part else name)
        said = _said_by(shown)
        for one in {one.unread for one in self.left}:
            files = [left.name for left in self.left if left.unread == one]
            if all(any(one.what in message for message in said.get(name, ())) for name in files):
                del names[one]
        return names


def _why(unread: Unread, names: list[str]) -> str:
    return f"  not read: {unread.what}, because {unread.why}: {_first(names)}"


def _first(names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _said_by(shown: Iterable[Diagnostic]) -> dict[str, list[str]]:
    """The errors that files were not read, by the names of the files."""
    said: dict[str, list[str]] = {}
    for one in shown:
        if one.level is Level.ERROR and one.id in ("file/kind", "file/not-read", "file/template"):
            for span in (one.span, *one.more):
                if span is not None:
                    said.setdefault(span.document.name, []).append(one.message)
    return said
