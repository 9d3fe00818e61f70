"""Rule files for Loki's ruler, in the folders of its local storage: one for each tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine
from tocsin.plan.names import SINGLE_TENANT
from tocsin.targets.rules import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.files import File
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore

about = "alerting and recording rules for Loki's ruler"


def emit(plan: Plan, _store: ResultStore | None = None) -> Iterable[File]:
    """One file for each tenant and file name of the rule groups that Loki evaluates."""
    return rule_files(
        plan,
        (
            (f"loki/rules/{group.tenant or SINGLE_TENANT}/{group.file}", group)
            for group in plan.rule_groups
            if group.engine is Engine.LOKI
        ),
    )
