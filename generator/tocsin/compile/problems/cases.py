"""Tests of an alert that cannot say anything about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.spec_alert_labels import engine_of, severities_of
from tocsin.diagnostics.problem import Problem
from tocsin.plan.model import Engine
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.alerts import Alert
    from tocsin.spec.cases import Case
    from tocsin.spec.model import Spec


def useless_cases(spec: Spec) -> Iterator[Problem]:
    """Cases with the wrong kind of data, or about severities that the alert does not have."""
    for group_name, group in spec.groups.items():
        for name, alert in group.alerts.items():
            for number, case in enumerate(alert.tests):
                path = ("groups", group_name, "alerts", name, "tests", number)
                yield from _data(name, alert, case, path)
                yield from _severities(name, alert, case, path)


def _data(name: str, alert: Alert, case: Case, path: tuple[str | int, ...]) -> Iterator[Problem]:
    logs = engine_of(alert) is Engine.LOKI
    if case.series and logs:
        yield Problem(
            "test/data",
            f"`{name}` reads logs, and here are samples",
            Place((*path, "series"), key=True),
            help="write `logs:`",
        )
    if case.logs and not logs:
        yield Problem(
            "test/data",
            f"`{name}` reads metrics, and here are log lines",
            Place((*path, "logs"), key=True),
            help="write `series:`",
        )


def _severities(name: str, alert: Alert, case: Case, path: tuple[str | int, ...]) -> Iterator[Problem]:
    if isinstance(case.fires, bool):
        return
    has = severities_of(alert)
    known = ", ".join(f"`{severity}`" for severity in has)
    at = (*path, "fires")
    named = (
        [(case.fires, at)]
        if isinstance(case.fires, str)
        else [(severity, (*at, index)) for index, severity in enumerate(case.fires)]
    )
    for severity, place in named:
        if severity not in has:
            yield Problem(
                "test/severity",
                f"`{name}` has no severity `{severity}`",
                Place(place),
                help=f"it has {known}",
            )
