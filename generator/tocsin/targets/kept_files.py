"""The files that a target makes of one part of a plan, as an earlier run made them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tocsin.files import KeptFile, read_listed
from tocsin.targets.kept_texts import KeptTexts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from tocsin.files import File
    from tocsin.plan.parts import PlanPart
    from tocsin.result_store import ResultStore


class KeptFiles:
    """The files of one target about the parts of plans in the store: their digests, and apart the texts.

    Most files stand in the output folder already, and then nobody asks for their texts.
    """

    def __init__(self, store: ResultStore | None, kind: str, around: object) -> None:
        """`around` are values with all that the target reads beside a part, the same for all parts."""
        self._listed = KeptTexts(store, f"files: {kind}", around)
        self._texts = KeptTexts(store, kind, around)

    def find(self, part: PlanPart, beside: object, make: Callable[[], Sequence[File]]) -> list[File] | None:
        """The files about a part, in their order; `beside` is what else they follow from.

        `make` makes them once more where their texts were lost meanwhile.
        """
        listed = self._listed.find_value(part, beside, _read_listed)
        if listed is None:
            return None
        contents: list[bytes] = []

        def content(number: int) -> bytes:
            if not contents:
                texts = self._texts.find(part, beside, len(listed))
                contents.extend([one.content for one in make()] if not texts else map(str.encode, texts))
            return contents[number]

        return [
            KeptFile(path, digest, partial(content, number)) for number, (path, digest) in enumerate(listed)
        ]

    def keep(self, part: PlanPart, beside: object, files: Sequence[File]) -> None:
        """Keep the files about a part, which are texts, for later runs."""
        listed = [[file.path, file.digest()] for file in files]
        self._listed.keep_value(part, beside, {"files": listed})
        self._texts.keep(part, beside, [file.content.decode() for file in files])


def _read_listed(kept: Any) -> list[tuple[str, str]] | None:
    return read_listed(kept["files"])
