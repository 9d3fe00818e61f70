"""Prometheus' rule files: alerting and recording rules, for 2.53 and 3.5 alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine
from tocsin.targets.rules import rule_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.files import File
    from tocsin.plan.model import Plan

about = "rule files for Prometheus"


def emit(plan: Plan) -> Iterator[File]:
    """A rule file for each family of groups."""
    groups = (group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS)
    return rule_files(plan, ((f"prometheus/rules/{group.file}", group) for group in groups))
