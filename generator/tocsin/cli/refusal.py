"""Faults of a spec for which no files are made from it, whatever it allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.cli.planning import show_and_exit

if TYPE_CHECKING:
    from tocsin.workspace.load import Planned


_UNLOADABLE = (
    "template/syntax",
    "notification/syntax",
    "target/newer-key",
    "target/query",
    "target/template-function",
    "deliver/log-alerts",
    "deliver/loki-operator",
    "deliver/alertmanager-config",
    "deliver/prometheus-operator",
    "deliver/mimir-ruler",
    "deliver/loki-ruler",
    "limit/rules-per-group",
    "limit/groups",
)


def refuse_unloadable(made: Planned, form: str) -> None:
    """End with 1 where Prometheus, Loki or Alertmanager would refuse to load a generated file."""
    from dataclasses import replace
    from datetime import date

    from tocsin.checking import check_plan, oversized_objects
    from tocsin.checks import CHECKS
    from tocsin.result_store import open_result_store

    checks = [CHECKS[id_] for id_ in _UNLOADABLE]
    plan = replace(made.plan, allowances=())
    store = open_result_store()
    found = check_plan(plan, made.sources, checks, known=(), today=date.today(), store=store)
    if wrong := (*found, *oversized_objects(made)):
        show_and_exit(wrong, form)
