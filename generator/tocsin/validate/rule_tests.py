"""What promtool says of the rule files as they are: their syntax, and every case in promtool's own time."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tocsin.engines.promtool import enabling
from tocsin.plan.evaluation import evaluating_groups
from tocsin.plan.model import Engine
from tocsin.targets.promtool_tests import case_tests, rule_files_of, test_file
from tocsin.text.yaml import yaml_text
from tocsin.validate.verdicts import rule_key

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Stack
    from tocsin.plan.model import Alert, Case, Plan, Rule, RuleGroup
    from tocsin.validate.verdicts import RuleKey

_LONGEST = 300.0


def unreadable_rules(
    stack: Stack, folder: Path, rule_files: Mapping[str, str], features: Collection[str]
) -> dict[str, str]:
    """What is wrong with a rule file, by its name, for each that Prometheus would not load."""
    names = sorted(rule_files)
    check = ["check", "rules", *enabling(features)]
    said = _complaint(stack, folder, [*check, *(f"rules/{name}" for name in names)])
    if said is None:
        return {}
    return {
        name: complaint
        for name in names
        if (complaint := _complaint(stack, folder, [*check, f"rules/{name}"])) is not None
    }


def unmet_cases(
    stack: Stack,
    folder: Path,
    plan: Plan,
    broken: Mapping[str, str],
    derived: Mapping[RuleKey, Case],
) -> dict[RuleKey, str]:
    """The rules that do something else than their cases say, each with what promtool says of it.

    A case that was derived says something about its own rule only.
    """
    groups = [group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS]
    readable = [group for group in groups if group.file not in broken]
    evaluating = evaluating_groups(plan, Engine.PROMETHEUS)
    alerts = [alert for group in plan.groups for alert in group.alerts if alert.name in evaluating]
    features = plan.targets.features
    found: dict[RuleKey, str] = {}
    for group in readable:
        files = [f"../rules/{file}" for file in rule_files_of(group, readable)]
        alerts_here = [alert for alert in alerts if evaluating[alert.name] is group]
        tests = {
            rule_key(alert, rule): _tests(alert, rule, derived)
            for alert in alerts_here
            for rule in alert.rules
        }
        together = [test for alert in alerts_here for test in case_tests(alert)] + [
            test for key in tests.keys() & derived.keys() for test in tests[key]
        ]
        if not together or _unmet(stack, folder, group, files, together, features) is None:
            continue
        for key, mine in tests.items():
            if mine and (said := _unmet(stack, folder, group, files, mine, features)) is not None:
                found[key] = said
    return found


def _tests(alert: Alert, rule: Rule, derived: Mapping[RuleKey, Case]) -> list[Any]:
    """The entries of a test file about one rule."""
    more = derived.get(rule_key(alert, rule))
    cases = alert.cases if more is None else (*alert.cases, more)
    return list(case_tests(replace(alert, cases=cases), rule))


def _unmet(
    stack: Stack,
    folder: Path,
    group: RuleGroup,
    files: list[str],
    tests: list[Any],
    features: Collection[str],
) -> str | None:
    (folder / "tests").mkdir(exist_ok=True)
    text = yaml_text(test_file(group, files, tests))
    (folder / "tests" / "cases.yaml").write_text(text, encoding="utf-8")
    return _complaint(stack, folder, ["test", "rules", *enabling(features), "tests/cases.yaml"])


def _complaint(stack: Stack, folder: Path, arguments: list[str]) -> str | None:
    done = stack.run("prometheus", "promtool", folder, arguments, timeout=_LONGEST)
    if done.returncode == 0:
        return None
    lines = [line.strip() for line in (done.stdout + "\n" + done.stderr).splitlines()]
    kept = [line for line in lines if line and not line.startswith(("Checking", "Unit Testing", "SUCCESS"))]
    return " ".join(line for line in kept if line not in ("FAILED:", "FAILED"))[:600]
