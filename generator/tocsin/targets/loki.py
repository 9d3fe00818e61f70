"""Rule files for Loki's ruler, in the folders of its local storage: one for each tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine
from tocsin.plan.names import SINGLE_TENANT
from tocsin.targets.rules import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.files import File
    from tocsin.plan.model import Plan, RuleGroup
    from tocsin.result_store import ResultStore

about = "alerting and recording rules for Loki's ruler"


def emit(plan: Plan, store: ResultStore | None = None) -> Iterable[File]:
    """One file for each tenant and file name of the rule groups that Loki evaluates."""

    def path(group: RuleGroup) -> str:
        return f"loki/rules/{group.tenant or SINGLE_TENANT}/{group.file}"

    return rule_files(plan, Engine.LOKI, path, store)
