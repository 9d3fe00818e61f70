"""The tests of an alert with their defaults settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.severity_labels import NO_SEVERITY
from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.promql.series import parse_samples
from tocsin.plan.model import Case, LogLines
from tocsin.source.place import Place

if TYPE_CHECKING:
    from tocsin.plan.model import Rule
    from tocsin.spec import cases
    from tocsin.spec.alerts import Alert
    from tocsin.spec.model import Spec

_LOGS_LAST = "30m"


def build_cases(spec: Spec, written: Alert, rules: tuple[Rule, ...], place: Place) -> tuple[Case, ...]:
    """The cases in the order they are written; `rules` are the alert's, the most urgent severity first."""
    severities = tuple(dict.fromkeys(rule.severity for rule in rules))
    return tuple(
        Case(
            title=case.title,
            series=case.series,
            logs=tuple(LogLines(lines.stream, lines.line, lines.every) for lines in case.logs),
            interval=case.interval,
            at=case.at or _end(case),
            fires=_fires(spec, case, severities),
            place=Place((*place.path, "tests", number)),
        )
        for number, case in enumerate(written.tests)
    )


def _fires(spec: Spec, case: cases.Case, severities: tuple[str, ...]) -> tuple[str, ...]:
    if isinstance(case.fires, bool):
        return severities if case.fires else ()
    named = [case.fires] if isinstance(case.fires, str) else case.fires
    return tuple(
        severity
        for severity in severities
        if severity in named or (severity not in spec.severities and NO_SEVERITY in named)
    )


def _end(case: cases.Case) -> str:
    """The moment of the last sample."""
    if not case.series:
        return _LOGS_LAST
    longest = max(len(parse_samples(samples).values) for samples in case.series.values())
    return format_duration((longest - 1) * parse_duration(case.interval))
