"""Alerts on logs in a real Loki: do their rules load, do they fire, do they stay quiet?

Each case has a tenant of its own, so none sees another's lines. The ruler is given a copy of the rules in a
hurry first; the files as they are then take over the state of their alerts, as in Prometheus, whose rule
manager Loki's ruler uses.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tocsin.engines.loki import loki_of
from tocsin.engines.program import EngineError
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine
from tocsin.prove.logs.written_lines import written_lines
from tocsin.validate.generated_cases import derived_logs
from tocsin.validate.rendered_alerts import broken_promises
from tocsin.validate.rule_names import RuleNames
from tocsin.validate.rules_api import is_firing, told_rules
from tocsin.validate.staging import accelerated_rules
from tocsin.validate.verdicts import (
    Fired,
    FiredAlerts,
    RuleKey,
    ValidationVerdict,
    Verdicts,
    failed,
    proven,
    rule_key,
    skipped,
)
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from tocsin.engines.loki import Loki
    from tocsin.engines.stack import Stack
    from tocsin.plan.model import Alert, Plan
    from tocsin.prove.logs import LogWitness

FOLDER = "loki/rules/"
_FIRE = 30.0
_TAKE_OVER = 20.0
_PAUSE = 0.5
_EVALUATIONS = 4


@value_object
class _Stream:
    """The lines of a stream, each with the nanoseconds by which it is older than the moment of the case."""

    labels: Mapping[str, str]
    lines: tuple[tuple[int, str], ...]


@value_object
class _Trial:
    """A case in a tenant of its own, with the file that holds the alert's rules."""

    tenant: str
    alert: Alert
    title: str | None
    fires: frozenset[RuleKey]
    about: frozenset[RuleKey]
    """The rules about which the case says something."""
    streams: tuple[_Stream, ...]
    file: str
    text: str


@value_object
class _Seen:
    """What Loki tells of one trial: its alerting rules, and its alerts that fire."""

    rules: Mapping[RuleKey, Any]
    fired: FiredAlerts


def judge_logs(
    plan: Plan, output: Mapping[str, str], stack: Stack, stage: Path, tell: Callable[[str], None]
) -> tuple[Verdicts, Verdicts, FiredAlerts]:
    """Verdicts on loading and on firing for every rule of Loki, and the alerts that fired."""
    keys = [
        rule_key(alert, rule)
        for group in plan.groups
        for alert in group.alerts
        if alert.engine is Engine.LOKI
        for rule in alert.rules
    ]
    if not keys:
        return {}, {}, {}
    if (reason := stack.missing.get("loki")) is not None:
        missing = dict.fromkeys(keys, skipped(f"no Loki: {reason}"))
        return missing, missing, {}
    trials, missing_files = _trials(plan, output)
    try:
        names = RuleNames(alert for group in plan.groups for alert in group.alerts)
        seen = _run(stack, stage, trials, names, tell)
    except EngineError as error:
        return dict.fromkeys(keys, failed(str(error))), dict.fromkeys(keys, skipped("Loki did not run")), {}
    loads: Verdicts = {}
    fires: Verdicts = {}
    fired: FiredAlerts = {}
    for key in keys:
        mine = [(trial, seen[trial.tenant]) for trial in trials if trial.alert.name == key.alert]
        if key.alert in missing_files:
            loads[key] = failed(f"there is no file {missing_files[key.alert]}")
            fires[key] = skipped("its rule file is missing")
        elif not mine:
            loads[key] = fires[key] = skipped(
                "no log lines are known on which it fires: write `tests:` for it"
            )
        else:
            loads[key] = _loads(key, [told for _, told in mine])
            fires[key] = _fires(key, mine)
            if fires[key] == proven():
                fired[key] = next(told.fired[key] for _, told in mine if key in told.fired)
    return loads, fires, fired


def _trials(plan: Plan, output: Mapping[str, str]) -> tuple[list[_Trial], dict[str, str]]:
    files = {
        name: f"{FOLDER}{group.tenant or 'fake'}/{group.file}"
        for name, group in evaluating_groups(plan, Engine.LOKI).items()
    }
    trials: list[_Trial] = []
    missing: dict[str, str] = {}
    derived = derived_logs(plan)
    for group in plan.groups:
        for alert in group.alerts:
            if alert.engine is not Engine.LOKI:
                continue
            path = files[alert.name]
            if path not in output:
                missing[alert.name] = path
                continue
            for number, (title, fires, about, streams) in enumerate(_data(alert, derived)):
                tenant, file = f"case-{len(trials)}-{number}", path.rpartition("/")[2]
                trials.append(_Trial(tenant, alert, title, fires, about, streams, file, output[path]))
    return trials, missing


def _data(
    alert: Alert, derived: Mapping[RuleKey, LogWitness]
) -> Iterator[tuple[str | None, frozenset[RuleKey], frozenset[RuleKey], tuple[_Stream, ...]]]:
    """Title, rules that fire, rules that it is about, and lines of each case of an alert."""
    for case in alert.cases:
        said = {rule_key(alert, rule): case.has_firing(alert, rule) for rule in alert.rules}
        fires = frozenset(key for key, holds in said.items() if holds)
        about = frozenset(key for key, holds in said.items() if holds is not None)
        streams = tuple(_Stream(labels, lines) for labels, lines in written_lines(case))
        yield case.title, fires, about, streams
    for key, witness in derived.items():
        if key.alert == alert.name:
            for found, fires in ((witness.fires, frozenset({key})), (witness.silent, frozenset[RuleKey]())):
                if found is not None:
                    streams = tuple(
                        _Stream(
                            dict(stream.labels),
                            tuple((round((witness.end - line.at) * 1e9), line.text) for line in stream.lines),
                        )
                        for stream in found
                    )
                    yield "derived from the expression", fires, frozenset({key}), streams


def _run(
    stack: Stack, stage: Path, trials: list[_Trial], names: RuleNames, tell: Callable[[str], None]
) -> dict[str, _Seen]:
    folder = stage / "loki"
    folder.mkdir()
    with loki_of(stack, folder) as loki:
        tell(f"Loki sees {len(trials)} cases")
        now = time.time_ns()
        for trial in trials:
            for stream in trial.streams:
                # Seen from now, the moment of the case is this one.
                loki.push(trial.tenant, stream.labels, [(now - age, line) for age, line in stream.lines])
            # A case without a fire keeps its `for`, as only that may keep it quiet.
            _write(folder, trial, accelerated_rules(trial.text, keep_for=not trial.fires))
        _until(loki, trials, names, _FIRE, _decided)
        for trial in trials:
            _write(folder, trial, trial.text)
        return _until(loki, trials, names, _TAKE_OVER, _taken_over)


def _write(folder: Path, trial: _Trial, text: str) -> None:
    target = folder / "rules" / trial.tenant / trial.file
    target.parent.mkdir(exist_ok=True)
    new = target.with_suffix(".new")
    new.write_text(text, encoding="utf-8")
    new.replace(target)


def _until(
    loki: Loki,
    trials: Iterable[_Trial],
    names: RuleNames,
    limit: float,
    holds: Callable[[_Trial, Mapping[RuleKey, Any], int], bool],
) -> dict[str, _Seen]:
    """What Loki tells of each trial, when something holds for all of them or time is up."""
    end = time.monotonic() + limit
    times: dict[str, set[str]] = {trial.tenant: set() for trial in trials}
    while True:
        told = {trial.tenant: _told(loki, trial, names) for trial in trials}
        for trial in trials:
            key = rule_key(trial.alert, trial.alert.rules[0])
            times[trial.tenant].add(told[trial.tenant].rules.get(key, {}).get("lastEvaluation", ""))
        done = all(holds(trial, told[trial.tenant].rules, len(times[trial.tenant])) for trial in trials)
        if done or time.monotonic() > end:
            return told
        time.sleep(_PAUSE)


def _told(loki: Loki, trial: _Trial, names: RuleNames) -> _Seen:
    rules = told_rules(loki.rules(trial.tenant), names)
    fired: dict[RuleKey, list[Fired]] = {}
    for alert in loki.alerts(trial.tenant):
        if alert["state"] == "firing":
            labels = alert["labels"]
            for key in names.keys(labels["alertname"], labels):
                fired.setdefault(key, []).append(Fired(labels, alert["annotations"], ""))
    return _Seen(rules, {key: tuple(alerts) for key, alerts in fired.items()})


def _decided(trial: _Trial, rules: Mapping[RuleKey, Any], evaluations: int) -> bool:
    firing = {key for key, rule in rules.items() if key in trial.about and is_firing(rule)}
    return evaluations > _EVALUATIONS or (bool(trial.fires) and firing == trial.fires)


def _taken_over(_trial: _Trial, rules: Mapping[RuleKey, Any], _evaluations: int) -> bool:
    return bool(rules) and all(rule["interval"] != 1 for rule in rules.values())


def _loads(key: RuleKey, told: list[_Seen]) -> ValidationVerdict:
    for seen in told:
        rule = seen.rules.get(key)
        if rule is None:
            return failed("Loki has no such rule: its ruler does not load the file")
        if rule["health"] == "err":
            return failed(f"Loki cannot evaluate it: {rule['lastError']}")
    return proven()


def _fires(key: RuleKey, trials: list[tuple[_Trial, _Seen]]) -> ValidationVerdict:
    shown = False
    for trial, seen in trials:
        if key not in trial.about:
            continue
        rule = seen.rules.get(key)
        wanted = key in trial.fires
        firing = rule is not None and is_firing(rule) and bool(seen.fired.get(key))
        case = f" (case “{trial.title}”)" if trial.title else ""
        if wanted and not firing:
            return failed(f"it does not fire on its log lines{case}")
        if firing and not wanted:
            return failed(f"it fires on log lines that are to leave it quiet{case}")
        if firing:
            shown = True
            rules = {rule_key(trial.alert, rule): rule for rule in trial.alert.rules}
            sentences = [said for alert in seen.fired[key] for said in broken_promises(rules[key], alert)]
            if sentences:
                return failed("; ".join(dict.fromkeys(sentences)))
    return proven() if shown else skipped("no case of it fires")
