"""Cases of an alert as unit tests for promtool: which samples, and what fires when."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tocsin.lang.durations import format_duration
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Alerts = tuple[tuple[tuple[tuple[str, str], ...], tuple[tuple[str, str], ...]], ...]
"""Labels and annotations of alerts, in the order of their names."""


@value_object
class Moment:
    """What promtool is asked at a moment of a case."""

    at: int
    """Seconds from the start."""
    firing: bool
    """Whether the alert fires then."""
    expected: Alerts = ()
    """The alerts of this name that fire, with the labels and annotations that they carry."""


@value_object
class Reading:
    """What a query returns at a moment of a case, beside the alerts."""

    at: int
    """Seconds from the start."""
    expr: str
    values: tuple[tuple[str, float], ...] = ()
    """The value by series, in promtool's notation."""


@value_object
class ProofCase:
    """One unit test of one alert."""

    alert: str
    name: str
    """What is shown, in a word or two: `fires`, `silent`."""
    title: str
    """The same in a sentence."""
    step: int
    """Seconds between evaluations, and between samples."""
    series: tuple[tuple[str, str], ...]
    """Series and their samples, in promtool's notation."""
    moments: tuple[Moment, ...]
    finding: str | None = None
    """What is surprising in it, where anything is."""
    spacing: int | None = None
    """Seconds between samples where these are closer than the evaluations."""
    readings: tuple[Reading, ...] = ()


@value_object
class CaseEntry:
    """One test of a test file, and what it shows."""

    title: str
    value: Mapping[str, Any]


def test_file(entries: Sequence[CaseEntry], rule_files: Sequence[str], step: int, heading: str) -> str:
    """A file of unit tests; the paths of rule files are seen from where it will be."""
    head = {"rule_files": list(rule_files), "evaluation_interval": format_duration(step * 1000), "tests": []}
    top = yaml_text(head, heading=heading).rstrip().removesuffix("[]").rstrip()
    if not entries:
        return f"{top} []\n"
    parts = [top]
    for entry in entries:
        parts.append(f"\n  # {' '.join(entry.title.split())}")
        parts += [f"  {line}" if line else "" for line in yaml_text([entry.value]).rstrip().split("\n")]
    return "\n".join(parts) + "\n"


def alert_entry(case: ProofCase) -> CaseEntry:
    """A case that names, at each moment, the alerts that fire with their labels and annotations."""
    return named_case(case, f"{case.alert}: {case.name}", {"alert_rule_test": _asked(case)})


def joint_entry(name: str, cases: Sequence[ProofCase]) -> CaseEntry:
    """Cases of several alerts, all of the same step, in one test."""
    series = tuple(one for case in cases for one in case.series)
    readings = tuple(one for case in cases for one in case.readings)
    together = replace(cases[0], title=name, series=series, readings=readings)
    return named_case(together, name, {"alert_rule_test": [one for case in cases for one in _asked(case)]})


def named_case(case: ProofCase, name: str, asked: Mapping[str, Any]) -> CaseEntry:
    """A case under a name, with what is asked in it."""
    series = [{"series": series, "values": values} for series, values in case.series]
    interval = format_duration((case.spacing or case.step) * 1000)
    read = {"promql_expr_test": [*asked.get("promql_expr_test", ()), *map(_read, case.readings)]}
    more = {**asked, **read} if case.readings else asked
    return CaseEntry(case.title, {"name": name, "interval": interval, "input_series": series, **more})


def _read(reading: Reading) -> Mapping[str, Any]:
    samples = [{"labels": labels, "value": value} for labels, value in reading.values]
    return {
        "expr": reading.expr,
        "eval_time": format_duration(reading.at * 1000),
        "exp_samples": samples,
    }


def _asked(case: ProofCase) -> list[Mapping[str, Any]]:
    return [
        {
            "eval_time": format_duration(moment.at * 1000),
            "alertname": case.alert,
            "exp_alerts": [
                {"exp_labels": dict(labels), "exp_annotations": dict(annotations)}
                for labels, annotations in moment.expected
            ],
        }
        for moment in case.moments
    ]
