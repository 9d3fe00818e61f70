"""Alerts on metrics, judged by promtool and then by Prometheus itself: do their rules load, do they fire?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from tocsin.engines.parallel import side_by_side
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine
from tocsin.validate.generated_cases import derived_cases
from tocsin.validate.metrics_round import RoundOutcome, run_round
from tocsin.validate.panels import Panels
from tocsin.validate.rule_names import RuleNames
from tocsin.validate.rule_tests import unmet_cases, unreadable_rules
from tocsin.validate.scenarios import has_plain_samples, pack_rounds, scenarios
from tocsin.validate.verdicts import FiredAlerts, Verdicts, failed, proven, rule_key, skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.plan.model import Plan
    from tocsin.validate.verdicts import RuleKey

FOLDER = "prometheus/rules/"


def judge_metrics(
    plan: Plan,
    output: Mapping[str, str],
    stack: Stack,
    recorder: Running,
    stage: Path,
    tell: Callable[[str], None],
) -> tuple[Verdicts, Verdicts, FiredAlerts, Verdicts]:
    """Verdicts on loading and on firing for every rule of Prometheus, and the alerts that fired.

    The last are those on panels that do not show what fired.
    """
    rules = _rules(plan)
    files = {path.removeprefix(FOLDER): text for path, text in output.items() if path.startswith(FOLDER)}
    checked = stage / "promtool"
    (checked / "rules").mkdir(parents=True)
    for name, text in files.items():
        (checked / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (checked / "rules" / name).write_text(text, encoding="utf-8")
    tell("promtool reads the rules and runs the cases")
    broken = unreadable_rules(stack, checked, files, plan.targets.features)
    broken |= {file: f"there is no file {FOLDER}{file}" for file in set(rules.values()) - set(files)}
    derived = derived_cases(plan)
    unmet = unmet_cases(stack, checked, plan, broken, derived)
    sound = {name: text for name, text in files.items() if name not in broken}
    wanted = [
        one
        for one in scenarios(plan, Engine.PROMETHEUS, derived)
        if rules[one.keys[0]] in sound and has_plain_samples(one)
    ]
    parts = pack_rounds(plan, wanted)
    tell(f"Prometheus sees {len(wanted)} scenarios in {len(parts)} rounds")
    panels = Panels(output)
    names = RuleNames(alert for group in plan.groups for alert in group.alerts)
    outcomes = side_by_side(
        stack,
        lambda numbered: run_round(
            stack, recorder, stage, numbered[0], numbered[1], sound, panels, plan.targets.features, names
        ),
        enumerate(parts),
    )
    # Samples that were derived are only a guess, unless somebody changed the rule for which they were made.
    guesses = derived.keys() - _changed(plan, sound)
    unseen = {key: failed(reason) for outcome in outcomes for key, reason in outcome.unseen.items()}
    return (*_verdicts(rules, broken, unmet, outcomes, guesses), unseen)


def _rules(plan: Plan) -> dict[RuleKey, str]:
    """The rule file of every alerting rule of Prometheus."""
    evaluating = evaluating_groups(plan, Engine.PROMETHEUS)
    return {
        rule_key(alert, rule): evaluating[alert.name].file
        for group in plan.groups
        for alert in group.alerts
        if alert.engine is Engine.PROMETHEUS
        for rule in alert.rules
    }


def _changed(plan: Plan, files: Mapping[str, str]) -> set[RuleKey]:
    """The rules whose expression in the files is not the one of the spec."""
    alerts = [alert for group in plan.groups for alert in group.alerts]
    names = RuleNames(alerts)
    written: dict[RuleKey, list[str]] = {}
    for text in files.values():
        for group in yaml.safe_load(text)["groups"]:
            for rule in group["rules"]:
                for key in names.keys(rule["alert"], rule.get("labels", {})) if "alert" in rule else ():
                    written.setdefault(key, []).append(rule["expr"])
    return {
        rule_key(alert, rule)
        for alert in alerts
        for rule in alert.rules
        if rule.expr not in written.get(rule_key(alert, rule), ())
    }


def _verdicts(
    rules: Mapping[RuleKey, str],
    broken: Mapping[str, str],
    unmet: Mapping[RuleKey, str],
    outcomes: list[RoundOutcome],
    guesses: set[RuleKey],
) -> tuple[Verdicts, Verdicts, FiredAlerts]:
    fired = {key: alerts for outcome in outcomes for key, alerts in outcome.fired.items()}
    silent = {key: reason for outcome in outcomes for key, reason in outcome.silent.items()}
    wrong = {key: reason for outcome in outcomes for key, reason in outcome.wrong.items()}
    loaded = {key: verdict for outcome in outcomes for key, verdict in outcome.loaded.items()}
    loads: Verdicts = {}
    fires: Verdicts = {}
    for key, file in rules.items():
        if file in broken:
            loads[key] = failed(f"{FOLDER}{file}: {broken[file]}")
            fires[key] = skipped("its rule file does not load")
            continue
        loads[key] = loaded.get(key) or proven("promtool reads it")
        if key in wrong:
            fires[key] = failed(wrong[key])
        elif key in guesses and (key in silent or key in unmet):
            fires[key] = skipped(
                "the samples derived from its expression do not make it fire: write `tests:`"
            )
        elif key in silent:
            fires[key] = failed(silent[key])
        elif key in unmet:
            fires[key] = failed(f"promtool does not see what the tests of `{key.text}` say: {unmet[key]}")
        elif key in fired:
            fires[key] = proven()
        else:
            fires[key] = skipped("no samples are known on which it fires: write `tests:` for it")
    return loads, fires, fired
