"""The words that checks look up in a whole plan (`PlanIndex`), as an earlier run gathered them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.answers import give_answer, known_answer
from tocsin.checks.framework.surroundings import INDEXES
from tocsin.plan.outline_answers import outline_key
from tocsin.plan.parts import outline_of

if TYPE_CHECKING:
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

_KIND = "index of the outline of a plan"


class KeptIndexes:
    """The indexes of one plan in the store; nothing is known of a plan without digests."""

    def __init__(self, store: ResultStore, plan: Plan) -> None:
        self._store = store
        self._key = outline_key(plan)
        self._outline = outline_of(plan)
        self._given: set[str] = set()

    def give(self) -> None:
        """Let each index answer what was kept of it, without reading the plan."""
        for name, index in INDEXES.items() if self._key is not None else ():
            found = self._store.read(_KIND, _read, name.encode(), *(self._key or ()))
            if found is not None:
                give_answer(index.find, self._outline, found)
                self._given.add(name)

    def keep(self) -> None:
        """Keep those that were gathered in this run."""
        for name, index in INDEXES.items() if self._key is not None else ():
            found = known_answer(index.find, self._outline)
            if name not in self._given and found is not None:
                items = sorted(([*one] if isinstance(one, tuple) else one for one in found), key=repr)
                self._store.write({"items": items}, _KIND, name.encode(), *(self._key or ()))


def _read(kept: Any) -> frozenset[Any] | None:
    found = frozenset(tuple(one) if isinstance(one, list) else one for one in kept["items"])
    words = (word for one in found for word in (one if isinstance(one, tuple) else (one,)))
    return found if all(isinstance(word, str) for word in words) else None
