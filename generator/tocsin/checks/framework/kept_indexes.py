"""The words that checks look up in a whole plan (`PlanIndex`), as earlier runs gathered them.

What is looked up is kept by the outline of the plan. Where that is another, it is joined again from the words
of the parts, which are kept by the outline of each.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tocsin.answers import give_answer, known_answer
from tocsin.checks.framework.plan_slice import parts_to_check
from tocsin.checks.framework.rules_index import GATHERERS, words_by_part
from tocsin.checks.framework.surroundings import INDEXES
from tocsin.plan.outline_answers import outline_key
from tocsin.plan.parts import outline_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from tocsin.checks.framework.plan_slice import PartOfPlan, Share
    from tocsin.checks.framework.rules_index import Words
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

_OF_PLAN = "index of the outline of a plan"
_OF_PART = "words of the outline of a part of a plan"


class KeptIndexes:
    """The indexes of one plan in the store; nothing is known of a plan without digests."""

    def __init__(self, store: ResultStore, plan: Plan, known: bytes) -> None:
        """`known` is what all shares know of the plan (`known_everywhere`)."""
        self._store = store
        self._key = outline_key(plan)
        self._outline = outline_of(plan)
        self._known = known
        self._given: set[str] = set()

    def give(self) -> None:
        """Let each index answer what was kept of it, without reading the plan."""
        by_part: Callable[[str], Sequence[Words]] = self._by_part
        give_answer(words_by_part, self._outline, by_part)
        for name, index in INDEXES.items() if self._key is not None else ():
            found = self._store.read(_OF_PLAN, _read, name.encode(), *(self._key or ()))
            if found is not None:
                give_answer(index.find, self._outline, found)
                self._given.add(name)

    def keep(self) -> None:
        """Keep those that were gathered in this run."""
        for name, index in INDEXES.items() if self._key is not None else ():
            found = known_answer(index.find, self._outline)
            if name not in self._given and found is not None:
                self._store.write(_written(found), _OF_PLAN, name.encode(), *(self._key or ()))
        # Nobody has asked for the words of a part where they do not stand here yet.
        for part in vars(self).get("_parts", ()):
            part.keep()

    def keep_words(self, part: PartOfPlan, words: Mapping[str, Words]) -> None:
        """Keep the words of a part, as they were gathered beside its findings."""
        _keep_words(self._store, (self._known, part.outline), words)

    def _by_part(self, name: str) -> Sequence[Words]:
        return [part.words(name) for part in self._parts]

    @cached_property
    def _parts(self) -> list[_PartWords]:
        return [_PartWords(self._store, self._known, part) for part in parts_to_check(self._outline)]


class _PartWords:
    """The words of the outline of one part."""

    def __init__(self, store: ResultStore, known: bytes, part: PartOfPlan) -> None:
        self._store = store
        self._part = part
        self._key = (known, part.outline)
        self._is_new = False

    def words(self, name: str) -> Words:
        """Those for the index of a name; the part is read where no earlier run kept them."""
        if name not in self._known:
            self._known[name] = GATHERERS[name](self._share)
            self._is_new = True
        return self._known[name]

    def keep(self) -> None:
        """Keep what was gathered in this run."""
        if self._is_new:
            _keep_words(self._store, self._key, self._known)

    @cached_property
    def _known(self) -> dict[str, Words]:
        def read(kept: Any) -> dict[str, Words]:
            return {name: _read(words) for name, words in kept.items()}

        known, outline = self._key
        return (None if outline is None else self._store.read(_OF_PART, read, known, outline)) or {}

    @cached_property
    def _share(self) -> Share:
        return self._part.share()


def gather_words(share: Share) -> dict[str, Words]:
    """The words of a share for each index that is gathered by shares; none where one of them breaks off."""
    try:
        return {name: gather(share) for name, gather in GATHERERS.items()}
    except Exception:
        # The check that asks for them says so.
        return {}


def _keep_words(store: ResultStore, key: tuple[bytes, bytes | None], words: Mapping[str, Words]) -> None:
    known, outline = key
    if outline is not None and words:
        store.write({name: _written(these) for name, these in words.items()}, _OF_PART, known, outline)


def _written(words: Words) -> dict[str, list[Any]]:
    return {"items": sorted(([*one] if isinstance(one, tuple) else one for one in words), key=repr)}


def _read(kept: Any) -> Words:
    """Words as they were written; ValueError where it is something else."""
    found = frozenset(tuple(one) if isinstance(one, list) else one for one in kept["items"])
    words = (word for one in found for word in (one if isinstance(one, tuple) else (one,)))
    if not all(isinstance(word, str) for word in words):
        raise ValueError("this is not a word of an index")
    return found
