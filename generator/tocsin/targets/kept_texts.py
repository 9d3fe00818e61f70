"""What a target writes about one part of a plan, as an earlier run wrote it: by all that it follows from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from tocsin.result_store import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.plan.parts import PlanPart
    from tocsin.result_store import ResultStore

T = TypeVar("T")


class KeptTexts:
    """The texts of one target about the parts of plans in the store; nothing is known without a store."""

    def __init__(self, store: ResultStore | None, kind: str, around: object) -> None:
        """`around` are values with all that the target reads beside a part, the same for all parts."""
        self._store = store
        self._kind = kind
        self._around = b"" if store is None else _digest(around)

    def find(self, part: PlanPart, beside: object, multiple: int) -> list[str] | None:
        """The texts about a part, as many as that or a multiple; `beside` is what else they follow from."""

        def read(kept: object) -> list[str] | None:
            texts = read_counted(kept)
            return texts if texts is not None and len(texts) % multiple == 0 else None

        return self.find_value(part, beside, read)

    def keep(self, part: PlanPart, beside: object, texts: Iterable[str]) -> None:
        """Keep the texts about a part for later runs."""
        self.keep_value(part, beside, counted([*texts]))

    def find_value(self, part: PlanPart, beside: object, read: Callable[[Any], T | None]) -> T | None:
        """What was kept about a part, as `read` makes it of a value of JSON (`ResultStore.read`)."""
        if self._store is None or not part.digest:
            return None
        return self._store.read(self._kind, read, self._around, part.digest, _digest(beside))

    def keep_value(self, part: PlanPart, beside: object, value: object) -> None:
        """Keep a value of JSON about a part for later runs."""
        if self._store is not None and part.digest:
            self._store.write(value, self._kind, self._around, part.digest, _digest(beside))


def counted(texts: list[str]) -> list[str]:
    """Texts with their number before them, as the store keeps them."""
    return [str(len(texts)), *texts]


def read_counted(kept: object) -> list[str] | None:
    """The texts of such a value; None where it is none, as texts are missing or it is something else."""
    count, *texts = kept if _is_texts(kept) else ("",)
    return texts if count == str(len(texts)) else None


def _digest(values: object) -> bytes:
    # How a value object shows itself tells all of its fields, with mappings in their order.
    return digest(repr(values).encode("utf-8", "backslashreplace"))


def _is_texts(kept: object) -> TypeGuard[list[str]]:
    return isinstance(kept, list) and all(isinstance(text, str) for text in kept)
