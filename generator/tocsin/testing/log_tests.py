"""The hand-written tests of a spec's alerts on logs, judged by a Loki.

Each case has a tenant of its own, which gets its lines as if they ended now. Loki answers the expression of
each rule at each evaluation of its group; what was pending for long enough fires, as in its ruler.
"""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tocsin.engines.program import EngineError
from tocsin.lang.durations import parse_duration
from tocsin.lang.strings import quote_string
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine
from tocsin.prove.logs.verify import LATE
from tocsin.prove.logs.written_lines import written_lines
from tocsin.testing.expectation import expectation, rule_condition, severity_name
from tocsin.testing.outcome import Kind, Result, TestOutcome
from tocsin.testing.promtool_answer import Sample, describe_samples

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.engines.loki import Loki
    from tocsin.plan.model import Alert, Case, Plan, Rule
    from tocsin.source.place import Sources

_INTERVAL = "1m"


@dataclass
class _State:
    """One series of a rule: since when it returns, and since when no more; in milliseconds."""

    since: int
    gone: int | None = None
    fires: bool = False


def run_log_tests(
    plan: Plan, sources: Sources, loki: Loki | None, alerts: Sequence[str], not_run: str
) -> Iterator[TestOutcome]:
    """What a Loki says to each case of the alerts on logs that are named; `not_run` is why there is none."""
    groups = evaluating_groups(plan, Engine.LOKI)
    run = uuid.uuid4().hex[:12]
    number = 0
    for group in plan.groups:
        for alert in group.alerts:
            if alert.engine is not Engine.LOKI or alert.name not in alerts:
                continue
            interval = parse_duration(groups[alert.name].interval or _INTERVAL)
            for case in alert.cases:
                result = Result.NOT_RUN
                details: tuple[str, ...] = (not_run,)
                if loki is not None:
                    number += 1
                    details = tuple(_faults(loki, f"tocsin-test-{run}-{number}", alert, case, interval))
                    result = Result.FAILED if details else Result.PASSED
                name = f"{alert.name}: {case.title or ', '.join(case.fires) or 'quiet'}"
                yield TestOutcome(Kind.LOGS, name, sources.locate(case.place), result, details, (alert.name,))


def _faults(loki: Loki, tenant: str, alert: Alert, case: Case, interval: int) -> Iterator[str]:
    """Why a case does not hold; nothing where it does."""
    now = time.time_ns() - int(LATE * 1e9)
    try:
        for labels, lines in written_lines(case):
            loki.push(tenant, labels, [(now - age, line) for age, line in lines])
        states = [_states(loki, tenant, rule, parse_duration(case.at), interval, now) for rule in alert.rules]
        firing = [rule for rule, (fires, _) in zip(alert.rules, states, strict=True) if fires]
        if _holds(alert, case, firing):
            return
        given = loki.query(tenant, alert.query, now)
    except EngineError as error:
        yield expectation(case)
        yield f"Loki refuses: {error}"
        return
    yield expectation(case)
    yield f"Loki: {_named(firing, 'fires') or 'nothing fires'}"
    waiting = [rule for rule, (_, pending) in zip(alert.rules, states, strict=True) if pending]
    if waiting:
        yield f"      {_named(waiting, 'is pending')}"
    samples = [Sample(_labels(one["metric"]), float(one["value"][1])) for one in given]
    yield f"the query gives: {describe_samples(samples)}"
    yield from map(rule_condition, alert.rules)


def _holds(alert: Alert, case: Case, firing: Sequence[Rule]) -> bool:
    """Whether exactly those severities fire that the case names, and the rules of which it speaks do."""
    said = {id(rule): case.has_firing(alert, rule) for rule in alert.rules}
    known = [rule for rule in alert.rules if said[id(rule)] is not None]
    return {rule.severity for rule in firing} == set(case.fires) and all(
        (rule in firing) == said[id(rule)] for rule in known
    )


def _states(loki: Loki, tenant: str, rule: Rule, at: int, interval: int, now: int) -> tuple[bool, bool]:
    """Whether a rule fires at the end of a case, and whether it is pending; as Loki's ruler would say.

    `keep_firing_for` counts from the first evaluation without the series (Eval of Prometheus'
    rules/alerting.go, which Loki's ruler uses).
    """
    hold, keep = parse_duration(rule.for_ or "0s"), parse_duration(rule.keep_firing_for or "0s")
    states: dict[str, _State] = {}
    for age in range(at // interval * interval, -1, -interval):
        moment = at - age
        seen = {_labels(one["metric"]) for one in loki.query(tenant, rule.expr, now - age * 1_000_000)}
        for series in states.keys() - seen:
            state = states[series]
            state.gone = moment if state.gone is None else state.gone
            if not state.fires or moment - state.gone >= keep:
                del states[series]
        for series in seen:
            state = states.setdefault(series, _State(moment))
            state.gone = None
            state.fires = state.fires or moment - state.since >= hold
    fires = any(state.fires for state in states.values())
    return fires, bool(states) and not fires


def _named(rules: Sequence[Rule], what: str) -> str:
    names = dict.fromkeys(severity_name(rule.severity) for rule in rules)
    return f"{', '.join(names)} {what}" if names else ""


def _labels(metric: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{name}={quote_string(value)}" for name, value in sorted(metric.items())) + "}"
