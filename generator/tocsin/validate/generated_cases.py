"""Samples and log lines that make a rule fire, derived from its expression, for rules that bring none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.promql.lasting import awaits_repetition
from tocsin.lang.promql.series import parse_series
from tocsin.plan.model import Case, Engine
from tocsin.prove.cases.basic import basic_case
from tocsin.prove.logs import LogWitness, log_witness
from tocsin.prove.promtool.series_write import series_text
from tocsin.prove.question import find_witnesses
from tocsin.validate.rendered_alerts import printed_labels
from tocsin.validate.verdicts import rule_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.plan.model import Alert, Plan, Rule
    from tocsin.validate.verdicts import RuleKey

_INTERVAL = 60.0
_VALUE = "any"


def derived_cases(plan: Plan) -> dict[RuleKey, Case]:
    """A case in which the rule fires, for each rule on metrics that has none and for which one is found."""
    found: dict[RuleKey, Case] = {}
    for key, alert, rule in _unshown(plan, Engine.PROMETHEUS):
        hold = parse_duration(rule.for_) / 1000
        known = find_witnesses(rule.expr, hold, repeated=awaits_repetition(rule.alert))
        if isinstance(known, str) or known.fires is None:
            continue
        made = basic_case(alert.name, known.fires)
        found[key] = Case(
            title="derived from the expression",
            series={_labelled(series, rule): samples for series, samples in made.series},
            logs=(),
            interval=format_duration(made.step * 1000),
            at=format_duration(made.moments[-1].at * 1000),
            fires=(rule.severity,),
            place=rule.place,
            variant=rule.variant,
        )
    return found


def derived_logs(plan: Plan) -> dict[RuleKey, LogWitness]:
    """Log lines with which the rule fires, and others, for each rule on logs that has no case that fires."""
    found: dict[RuleKey, LogWitness] = {}
    for key, _, rule in _unshown(plan, Engine.LOKI):
        try:
            made = log_witness(rule.expr, parse_duration(rule.for_) / 1000, _INTERVAL)
        except LangError:
            continue
        if isinstance(made, LogWitness) and made.fires is not None:
            streams = tuple(replace(stream, labels=_more(dict(stream.labels), rule)) for stream in made.fires)
            found[key] = replace(made, fires=streams)
    return found


def _labelled(series: str, rule: Rule) -> str:
    return series_text(dict(_more(parse_series(series), rule)))


def _more(labels: Mapping[str, str], rule: Rule) -> tuple[tuple[str, str], ...]:
    """The labels, and those that the rule's texts print: only what the query drops may then be missing."""
    texts = (*rule.labels.values(), *rule.annotations.values())
    printed = sorted({label for text in texts for label in printed_labels(text)})
    return tuple(labels.items()) + tuple((label, _VALUE) for label in printed if label not in labels)


def _unshown(plan: Plan, engine: Engine) -> Iterator[tuple[RuleKey, Alert, Rule]]:
    for group in plan.groups:
        for alert in group.alerts:
            if alert.engine is not engine:
                continue
            for rule in alert.rules:
                if not any(case.has_firing(alert, rule) for case in alert.cases):
                    yield rule_key(alert, rule), alert, rule
