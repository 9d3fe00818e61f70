"""What a target writes about one group of a spec, as an earlier run wrote it: by all that it follows from."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from tocsin.plan.parts import parts_of
from tocsin.result_store import digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Group, Plan
    from tocsin.result_store import ResultStore


class KeptTexts:
    """The texts of one target about the groups of one plan in the store; nothing is known without a store."""

    def __init__(self, store: ResultStore | None, kind: str, plan: Plan, around: object) -> None:
        """`around` are values with all that the target reads beside a group, the same for all groups."""
        self._store = store
        self._kind = kind
        parts = () if store is None else parts_of(plan)
        self._parts = {part.group.name: part.digest for part in parts if part.digest}
        self._around = _digest(around) if self._parts else b""

    def find(self, group: Group, beside: object, count: int) -> list[str] | None:
        """So many texts about a group; `beside` are values with what they follow from besides."""
        part = self._parts.get(group.name)
        if self._store is None or part is None:
            return None

        def read(kept: object) -> list[str] | None:
            return kept if _is_texts(kept) and len(kept) == count else None

        return self._store.read(self._kind, read, self._around, part, _digest(beside))

    def keep(self, group: Group, beside: object, texts: Iterable[str]) -> None:
        """Keep the texts about a group for later runs."""
        part = self._parts.get(group.name)
        if self._store is not None and part is not None:
            self._store.write([*texts], self._kind, self._around, part, _digest(beside))


def _digest(values: object) -> bytes:
    # How a value object shows itself tells all of its fields, with mappings in their order.
    return digest(repr(values).encode("utf-8", "backslashreplace"))


def _is_texts(kept: object) -> TypeGuard[list[str]]:
    return isinstance(kept, list) and all(isinstance(text, str) for text in kept)
