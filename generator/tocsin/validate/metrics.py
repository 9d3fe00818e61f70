"""Alerts on metrics, judged by promtool and then by Prometheus itself: do their rules load, do they fire?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.model import Engine
from tocsin.validate.metrics_round import Outcome, run_round
from tocsin.validate.parallel import side_by_side
from tocsin.validate.rule_tests import unmet_cases, unreadable_rules
from tocsin.validate.scenarios import has_plain_samples, rounds, scenarios
from tocsin.validate.verdicts import FiredAlerts, RuleKey, Verdict, Verdicts, failed, proven, skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.plan.model import Plan

FOLDER = "prometheus/rules/"


def judge_metrics(
    plan: Plan,
    output: Mapping[str, str],
    stack: Stack,
    recorder: Running,
    stage: Path,
    tell: Callable[[str], None],
) -> tuple[Verdicts, Verdicts, FiredAlerts]:
    """Verdicts on loading and on firing for every rule of Prometheus, and the alerts that fired."""
    rules = _rules(plan)
    files = {path.removeprefix(FOLDER): text for path, text in output.items() if path.startswith(FOLDER)}
    checked = stage / "promtool"
    (checked / "rules").mkdir(parents=True)
    for name, text in files.items():
        (checked / "rules" / name).write_text(text, encoding="utf-8")
    tell("promtool reads the rules and runs the cases")
    broken = unreadable_rules(stack, checked, files)
    broken |= {file: f"there is no file {FOLDER}{file}" for file in set(rules.values()) - set(files)}
    unmet = unmet_cases(stack, checked, plan, broken)
    sound = {name: text for name, text in files.items() if name not in broken}
    wanted = [
        one
        for one in scenarios(plan, Engine.PROMETHEUS)
        if rules[one.keys[0]] in sound and has_plain_samples(one)
    ]
    parts = rounds(plan, wanted)
    tell(f"Prometheus sees {len(wanted)} scenarios in {len(parts)} rounds")
    outcomes = side_by_side(
        stack,
        lambda numbered: run_round(stack, recorder, stage, numbered[0], numbered[1], sound),
        enumerate(parts),
    )
    return _verdicts(plan, rules, broken, unmet, outcomes)


def _rules(plan: Plan) -> dict[RuleKey, str]:
    """The rule file of every alerting rule of Prometheus."""
    files = {group.name: group.file for group in plan.rule_groups if group.engine is Engine.PROMETHEUS}
    return {
        RuleKey(alert.name, rule.severity): files[group.name]
        for group in plan.groups
        for alert in group.alerts
        if alert.engine is Engine.PROMETHEUS
        for rule in alert.rules
    }


def _verdicts(
    plan: Plan,
    rules: Mapping[RuleKey, str],
    broken: Mapping[str, str],
    unmet: Mapping[RuleKey, str],
    outcomes: list[Outcome],
) -> tuple[Verdicts, Verdicts, FiredAlerts]:
    fired = {key: alerts for outcome in outcomes for key, alerts in outcome.fired.items()}
    silent = {key: reason for outcome in outcomes for key, reason in outcome.silent.items()}
    loaded = {key: verdict for outcome in outcomes for key, verdict in outcome.loaded.items()}
    cases = {alert.name: alert.cases for group in plan.groups for alert in group.alerts}
    loads: Verdicts = {}
    fires: Verdicts = {}
    for key, file in rules.items():
        if file in broken:
            loads[key] = failed(f"{FOLDER}{file}: {broken[file]}")
            fires[key] = skipped("its rule file does not load")
            continue
        loads[key] = loaded.get(key) or proven("promtool reads it")
        fires[key] = _fires(key, cases[key.alert] != (), unmet, silent, key in fired)
    return loads, fires, {key: alerts for key, alerts in fired.items() if alerts}


def _fires(
    key: RuleKey, tested: bool, unmet: Mapping[RuleKey, str], silent: Mapping[RuleKey, str], shown: bool
) -> Verdict:
    if key in silent:
        return failed(silent[key])
    if key in unmet:
        return failed(f"promtool does not see what the tests of `{key.text}` say: {unmet[key]}")
    if shown:
        return proven()
    if not tested:
        return skipped("the spec has no samples for it (`tests:`)")
    if key.severity:
        return skipped(
            f"no case fires in the severity `{key.severity}`, or none can be written into the past"
        )
    return skipped("no case of it fires")
