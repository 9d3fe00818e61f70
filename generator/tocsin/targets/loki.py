"""Rule files for Loki's ruler, in the folders that its local storage reads: one for each tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine
from tocsin.targets.rules import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Plan

about = "rule files for Loki's ruler"


def emit(plan: Plan) -> Iterator[File]:
    """A rule file for each tenant and family of groups."""
    groups = (group for group in plan.rule_groups if group.engine is Engine.LOKI)
    return rule_files(plan, ((f"loki/rules/{group.tenant}/{group.file}", group) for group in groups))
