"""How many files were read, and which were not and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from tocsin.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.detect.foreign import Unread

_MOST_NAMES = 3


class Left(NamedTuple):
    """A file that was not read, or only the rest of which was, and why."""

    name: str
    is_part: bool
    unread: Unread


@frozen
class FilesRead:
    """The number of files that were read, and what was not."""

    read: int
    left: tuple[Left, ...]

    def lines(self) -> Iterator[str]:
        """What a person is told; nothing where there was but one file, which was read."""
        unread = len({one.name for one in self.left if not one.is_part})
        if self.read + unread > 1 or self.left:
            yield f"{self.read} {'file' if self.read == 1 else 'files'} read, {unread} not read"
        names: dict[Unread, list[str]] = {}
        for name, is_part, one in self.left:
            names.setdefault(one, []).append(f"in {name}" if is_part else name)
        for one, found in sorted(names.items(), key=lambda pair: (not pair[0].is_alerting, pair[0])):
            more = f" and {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
            yield f"  not read: {one.what}, because {one.why}: {', '.join(found[:_MOST_NAMES])}{more}"
