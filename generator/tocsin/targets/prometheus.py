"""Rule files for Prometheus."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine
from tocsin.targets.rules import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.files import File
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

about = "alerting and recording rules for Prometheus"


def emit(plan: Plan, store: ResultStore | None = None) -> Iterable[File]:
    """One file for each file name of the rule groups that Prometheus evaluates."""
    return rule_files(plan, Engine.PROMETHEUS, lambda group: f"prometheus/rules/{group.file}", store)
