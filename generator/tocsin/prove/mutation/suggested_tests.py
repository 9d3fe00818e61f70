"""Tests that notice more than those of a spec do, as they are written: in `tests:`, or for promtool."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.plan.model import Case as Written
from tocsin.prove.mutation.suggestions import case_fires, suggestions
from tocsin.prove.promtool.case import alert_entry
from tocsin.prove.promtool.handwritten_tests import metric_alerts
from tocsin.prove.promtool.try_handwritten import failing_rules
from tocsin.targets.promtool_tests import case_tests
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.engines.program import Program
    from tocsin.plan.model import Alert, Plan
    from tocsin.prove.mutation.score import Score
    from tocsin.prove.mutation.suggestions import Suggestion
    from tocsin.prove.promtool.try_handwritten import OwnTests


def write_suggestions(scores: Sequence[Score], plan: Plan, promtool: Program) -> str:
    """The tests as text: entries for the alerts of a spec, a test group for each rule of plain files."""
    alerts = {alert.name: (alert, nothing) for alert, nothing in metric_alerts(plan)}
    lines: list[str] = []
    about = ""
    for one in suggestions(scores, promtool):
        rule = one.verdict.subject.rule
        title = rule.title
        if rule.alert_key in alerts:
            value = _entry(one, *alerts[rule.alert_key], promtool)
        else:
            value = dict(alert_entry(replace(one.case, name=f"notices {one.notices[0]}")).value)
        if value is None:
            continue
        if title != about:
            where = "the spec" if rule.alert_key in alerts else "a test file for promtool"
            lines += ["", f"tests that would notice more mistakes in {title}, for `tests:` of {where}", ""]
            about = title
        lines.append(f"# notices {', '.join(f'`{what}`' for what in one.notices)}")
        lines.append(yaml_text([value]).rstrip())
    return "\n".join(lines) + "\n" if lines else "\nno test was found that would notice more\n"


def _entry(one: Suggestion, alert: Alert, nothing: OwnTests, promtool: Program) -> dict[str, Any] | None:
    """The entry of a spec's `tests:`; None where promtool does not confirm it."""
    case = one.case
    if not case.series:
        return None
    severities = tuple(
        dict.fromkeys(
            rule.severity
            for rule in alert.rules
            if case_fires(case, rule.expr, parse_duration(rule.for_ or "0s") / 1000)
        )
    )
    written = Written(
        title=f"notices {one.notices[0]}",
        series=dict(case.series),
        logs=(),
        interval=format_duration(case.step * 1000),
        at=format_duration(case.moments[0].at * 1000),
        fires=severities,
        place=alert.place,
    )
    alone = replace(alert, cases=(written,))
    tried = [(rule, replace(nothing, entries=tuple(case_tests(alone, rule)))) for rule in alert.rules]
    if any(failing_rules(promtool, tried)):
        return None
    every = severities == tuple(dict.fromkeys(rule.severity for rule in alert.rules))
    firing: dict[str, Any] = {} if every else {"fires": list(severities) or False}
    return {
        "title": written.title,
        **firing,
        "interval": written.interval,
        "at": written.at,
        "series": dict(written.series),
    }
