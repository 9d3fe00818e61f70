"""Which entries of a baseline a run can say anything about: the others stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from tocsin.baseline.entry import Entry


@value_object
class Scope:
    """What a run has looked at: some checks, at some paths. Files are named from the baseline's folder."""

    ran: Collection[str]
    """The ids of what the run would have found."""
    known: Collection[str]
    """All ids that any run can find."""
    paths: Collection[str]
    unread: Collection[str]
    """Files that could not be read, or not all of them."""

    def covered(self, entries: Iterable[Entry], is_file: Callable[[str], bool]) -> Callable[[Entry], bool]:
        """Whether the run would have found what an entry is about, if it were still so.

        That is so of no entry where some are about files (`is_file`) that the run was not asked for: what is
        found in one file may depend on others.
        """
        files = {one.subject.file for one in entries}
        if any(is_file(file) and not self._is_asked(file) for file in files):
            return lambda _: False
        return self._covers

    def _covers(self, entry: Entry) -> bool:
        # A check that there is no more finds nothing in any run.
        could_be_found = entry.check in self.ran or entry.check not in self.known
        return could_be_found and self._is_asked(entry.subject.file) and entry.subject.file not in self.unread

    def _is_asked(self, file: str) -> bool:
        return any(path in (".", file) or file.startswith(f"{path}/") for path in self.paths)
