"""Faults of a spec for which no files are made from it, whatever it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.cli.planning import stop

if TYPE_CHECKING:
    from tocsin.cli.planning import Planned


def refuse_unloadable(made: Planned, form: str) -> None:
    """End with 1 where Prometheus, Loki or Alertmanager would refuse to load a generated file."""
    from dataclasses import replace
    from datetime import date

    from tocsin.checks import CHECKS
    from tocsin.checks.run import run

    checks = [CHECKS["template/syntax"], CHECKS["notification/syntax"]]
    plan = replace(made.plan, allowances=())
    if found := run(plan, made.sources, checks, known=(), today=date.today()):
        stop(found, form)
