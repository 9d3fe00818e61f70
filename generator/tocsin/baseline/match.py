"""Which findings are the same as earlier ones, although lines, files and the order of rules have changed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from tocsin.diagnostics.subject import Subject

    Key = Callable[["Identity"], tuple[object, ...]]


@value_object
class Identity:
    """What stays of a finding from run to run: the check, what it is about, and what it says of it."""

    check: str
    subject: Subject
    message: str


def match(
    earlier: Sequence[Identity], found: Sequence[Identity], is_there: Callable[[Subject], bool]
) -> dict[int, int]:
    """The index of the earlier finding by that of each finding that is the same.

    A finding is the same as an earlier one of its check about its subject, in the same group and file; of
    several, one that says the same is preferred, and there are as many of them as there were. Only where
    that subject is not there any more (`is_there`) it may have been moved to another group or file, in which
    none of the earlier findings is.
    """
    of_earlier, of_found = _by_name(earlier), _by_name(found)
    matched: dict[int, int] = {}
    for name, numbers in of_found.items():
        pairs = _Pairs(earlier, found, of_earlier.get(name, []), numbers)
        pairs.match(lambda one: (*_place(one), one.message))
        pairs.match(_place)
        if pairs.earlier and pairs.found:
            places = {_place(earlier[number]) for number in of_earlier[name]}
            pairs.earlier = [one for one in pairs.earlier if not is_there(earlier[one].subject)]
            pairs.found = [one for one in pairs.found if _place(found[one]) not in places]
            for key in _OF_MOVED:
                pairs.match(key)
        matched.update(pairs.matched)
    return matched


def _place(one: Identity) -> tuple[object, ...]:
    return one.subject.within, one.subject.file


_OF_MOVED: tuple[Key, ...] = (
    lambda one: (one.subject.within, one.message),
    lambda one: (one.subject.file, one.message),
    lambda one: (one.message,),
    lambda one: (one.subject.within,),
    lambda one: (one.subject.file,),
    lambda _: (),
)
"""What a moved subject may still have in common with what it was, the most telling first."""


def _by_name(identities: Iterable[Identity]) -> dict[tuple[str, str, str], list[int]]:
    found: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for number, one in enumerate(identities):
        found[one.check, one.subject.kind, one.subject.name].append(number)
    return found


class _Pairs:
    """The findings of one check and name that are left to match, by their indices."""

    def __init__(
        self,
        of_earlier: Sequence[Identity],
        of_found: Sequence[Identity],
        earlier: list[int],
        found: list[int],
    ) -> None:
        self._of_earlier, self._of_found = of_earlier, of_found
        self.earlier, self.found = earlier, found
        self.matched: dict[int, int] = {}

    def match(self, key: Key) -> None:
        """Match those that have the same key, in their order."""
        waiting: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for number in reversed(self.earlier):
            waiting[key(self._of_earlier[number])].append(number)
        for number in self.found:
            if same := waiting.get(key(self._of_found[number])):
                self.matched[number] = same.pop()
        used = set(self.matched.values())
        self.earlier = [one for one in self.earlier if one not in used]
        self.found = [one for one in self.found if one not in self.matched]
