"""What a plan is turned into: each target yields the files of one system and knows no other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tocsin.targets import alertmanager, grafana, loki, prometheus, promtool_tests, runbooks

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.files import File
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore


class Target(Protocol):
    """A module that writes for one system."""

    about: str
    """What it writes, in one line."""

    def emit(self, plan: Plan, store: ResultStore | None = None, /) -> Iterable[File]:
        """The files, their paths below the output folder; what earlier runs wrote is taken from the store."""


TARGETS: dict[str, Target] = {
    "prometheus": prometheus,
    "promtool tests": promtool_tests,
    "loki": loki,
    "alertmanager": alertmanager,
    "grafana": grafana,
    "runbooks": runbooks,
}
