"""The plans of environments in which nothing is wrong: by several processes, from what earlier runs kept.

Every environment is tried this way first. Only where it fails is it planned as a whole: whoever does that
says what is wrong.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from tocsin.compile.parallel import build_apart
from tocsin.compile.partial import PartialPlan
from tocsin.parallel import useful_processes
from tocsin.result_store import LIMIT, open_result_store
from tocsin.source.node import plain_data
from tocsin.source.place import Sources
from tocsin.spec.environment_tree import (
    environment_names,
    environment_tree,
    has_environments,
    wrong_environments,
)
from tocsin.workspace.sound_spec import MUCH

if TYPE_CHECKING:
    from tocsin.result_store import ResultStore
    from tocsin.spec.load import Loaded

_KEPT_FOR_EACH_LETTER = 4
"""About how many bytes the store keeps of an environment for each letter of its spec, as measured."""


class SoundEnvironments:
    """The environments of one spec that was read; of one without any nothing is planned this way."""

    def __init__(self, whole: Loaded) -> None:
        self._whole = whole

    def plan(self, name: str | None) -> PartialPlan | None:
        """The plan of one environment; None where something is wrong with it, or might be."""
        root = self._whole.sources.root
        if root is None or not self._may_be_sound:
            return None
        there = environment_tree(root, name)
        values: Any = plain_data(there)
        plan = build_apart(values, self._processes, self._store)
        return None if plan is None else PartialPlan(plan, Sources(there), ())

    @cached_property
    def _may_be_sound(self) -> bool:
        root = self._whole.sources.root
        if self._whole.spec is None or root is None or not has_environments(root):
            return False
        return not any(True for _ in wrong_environments(root))

    @cached_property
    def _size(self) -> int:
        return sum(len(document.text) for document in self._whole.documents)

    @cached_property
    def _processes(self) -> int:
        return useful_processes(self._size, MUCH)

    @cached_property
    def _store(self) -> ResultStore | None:
        root = self._whole.sources.root
        count = 1 if root is None else len(environment_names(root))
        # What does not fit is written in vain: each environment would put out what was kept of the others.
        return open_result_store() if count * self._size * _KEPT_FOR_EACH_LETTER <= LIMIT else None
