"""Faults of a spec for which no files are made from it, whatever it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.cli.planning import show_and_exit

if TYPE_CHECKING:
    from tocsin.workspace.load import Planned


def refuse_unloadable(made: Planned, form: str) -> None:
    """End with 1 where Prometheus, Loki or Alertmanager would refuse to load a generated file."""
    from dataclasses import replace
    from datetime import date

    from tocsin.checks import CHECKS
    from tocsin.checks.framework.run import run_checks

    checks = [CHECKS["template/syntax"], CHECKS["notification/syntax"]]
    plan = replace(made.plan, allowances=())
    if found := run_checks(plan, made.sources, checks, known=(), today=date.today()):
        show_and_exit(found, form)
