"""One Prometheus that finds the samples of some cases in its past.

It is given a copy of the rules in a hurry first. When the alerts fire, the files as they are take its place
by a reload and, holding rules of the same names and labels, take over their state (`CopyState` in Prometheus'
`rules/group.go`). So nothing waits for an interval or a `for`, and the alerts that fire in the end are those
of the files.
"""

from __future__ import annotations

import shutil
import time
from typing import TYPE_CHECKING, Any

import yaml

from tocsin.engines.json_api import get, post
from tocsin.engines.program import EngineError
from tocsin.engines.promtool import enabling
from tocsin.engines.stack import last_words, wait_until_ready
from tocsin.text.yaml import yaml_text
from tocsin.validate.openmetrics import openmetrics
from tocsin.validate.rendered_alerts import broken_promises
from tocsin.validate.rules_api import is_firing, told_rules
from tocsin.validate.staging import HURRY, accelerated_rules
from tocsin.validate.verdicts import Fired, FiredAlerts, Verdicts, failed, proven, rule_key
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.plan.model import Alert, Rule
    from tocsin.validate.panels import Panels
    from tocsin.validate.rule_names import RuleNames
    from tocsin.validate.scenarios import Scenario
    from tocsin.validate.verdicts import RuleKey

_FIRE = 30.0
# An alert may read what recording rules make of the samples, a second later each.
_EVALUATIONS = 4
_RELOAD = 20.0
_HAND_ON = 20.0
_PAUSE = 0.2
_AGES = "100y"


@value_object
class RoundOutcome:
    """What one round showed; `silent` says why a rule did not fire, `wrong` what its alerts do not keep."""

    loaded: Verdicts
    fired: FiredAlerts
    silent: Mapping[RuleKey, str]
    wrong: Mapping[RuleKey, str]
    unseen: Mapping[RuleKey, str]
    """Why the panel of an alert that fired does not show it."""


def run_round(
    stack: Stack,
    recorder: Running,
    stage: Path,
    number: int,
    part: Sequence[Scenario],
    files: Mapping[str, str],
    panels: Panels,
    features: Collection[str],
    names: RuleNames,
) -> RoundOutcome:
    """Start a Prometheus, show it the cases, and watch what fires; what breaks on the way is the reason."""
    folder = stage / f"prometheus-{number}"
    keys = [key for scenario in part for key in scenario.keys]
    try:
        running = _start(stack, recorder, folder, number, part, files, features)
        try:
            return _watch(running, recorder, folder, number, part, files, panels, names)
        except EngineError as error:
            if not stack.alive(running):
                raise EngineError(f"Prometheus stopped:\n{last_words(stack, running)}") from None
            raise error from None
        finally:
            stack.stop(running)
    except EngineError as error:
        return RoundOutcome({}, {}, {}, dict.fromkeys(keys, str(error)), {})
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _start(
    stack: Stack,
    recorder: Running,
    folder: Path,
    number: int,
    part: Sequence[Scenario],
    files: Mapping[str, str],
    features: Collection[str],
) -> Running:
    (folder / "rules").mkdir(parents=True)
    _write(folder, {name: accelerated_rules(text) for name, text in files.items()})
    configuration = {
        "rule_files": [f"rules/{name}" for name in sorted(files)],
        "alerting": {
            "alertmanagers": [
                {
                    "path_prefix": f"/round/{number}",
                    "static_configs": [{"targets": [recorder.addresses["http"]]}],
                }
            ]
        },
    }
    (folder / "prometheus.yaml").write_text(yaml_text(configuration), encoding="utf-8")
    samples = openmetrics((scenario.case for scenario in part), time.time())
    (folder / "samples.om").write_text(samples, encoding="utf-8")
    blocks = ["tsdb", "create-blocks-from", "openmetrics", "--quiet", "samples.om", "data"]
    done = stack.run("prometheus", "promtool", folder, blocks)
    if done.returncode != 0:
        raise EngineError(f"promtool cannot write the samples: {(done.stderr or done.stdout).strip()[-400:]}")
    arguments = [
        "--config.file=prometheus.yaml",
        "--storage.tsdb.path=data",
        f"--storage.tsdb.retention.time={_AGES}",
        "--web.enable-lifecycle",
        f"--rules.alert.resend-delay={HURRY}",
        *enabling(features),
    ]
    running = stack.start("prometheus", f"prometheus-{number}", folder, arguments)
    wait_until_ready(stack, running, "/-/ready")
    return running


def _watch(
    running: Running,
    recorder: Running,
    folder: Path,
    number: int,
    part: Sequence[Scenario],
    files: Mapping[str, str],
    panels: Panels,
    names: RuleNames,
) -> RoundOutcome:
    keys = [key for scenario in part for key in scenario.keys]
    rules = _until(running, names, keys, _FIRE, is_firing, patience=_EVALUATIONS)
    unhealthy = {
        key: failed(f"Prometheus cannot evaluate it: {rule['lastError']}")
        for key, rule in rules.items()
        if rule["health"] == "err"
    }
    _until_handed_on(
        recorder, number, names, {key for key, rule in rules.items() if is_firing(rule)} & set(keys)
    )
    _write(folder, files)
    post(f"{running.url}/-/reload", {})
    intervals = {group["name"]: _is_hurried(group) for text in files.values() for group in _groups(text)}
    after = _until(running, names, keys, _RELOAD, lambda rule: _taken_over(rule, intervals))
    sent = _sent(recorder, number, names)
    alerts = {scenario.alert.name: scenario.alert for scenario in part}
    fired: FiredAlerts = {}
    silent: dict[RuleKey, str] = {}
    wrong: dict[RuleKey, str] = {}
    unseen: dict[RuleKey, str] = {}
    for key in keys:
        rule = after.get(key)
        if rule is None:
            silent[key] = "Prometheus has no such rule"
        elif not is_firing(rule):
            silent[key] = _why_silent(running, alerts[key.alert], key)
        elif not (mine := sent.get(key)):
            silent[key] = "it fires, but Prometheus handed nothing on"
        elif broken := _broken(alerts[key.alert], key, mine):
            wrong[key] = broken
        else:
            fired[key] = mine
            alert = alerts[key.alert]
            fault = panels.fault(alert, _rule(alert, key), mine, lambda query: _asked(running, query))
            if fault is not None:
                unseen[key] = fault
    loaded = {key: unhealthy.get(key) or proven() for key in after}
    return RoundOutcome(loaded, fired, silent, wrong, unseen)


def _until(
    running: Running,
    names: RuleNames,
    keys: Iterable[RuleKey],
    limit: float,
    holds: Callable[[Mapping[str, Any]], bool],
    patience: int | None = None,
) -> dict[RuleKey, Any]:
    """The alerting rules as Prometheus tells them, when something holds for all of these, or time is up.

    With `patience`, time is up as well when each of them has been evaluated that many times.
    """
    end = time.monotonic() + limit
    evaluated: dict[RuleKey, set[str]] = {key: set() for key in keys}
    while True:
        rules = told_rules(get(f"{running.url}/api/v1/rules", {"type": "alert"}), names)
        for key in evaluated.keys() & rules.keys():
            evaluated[key].add(rules[key]["lastEvaluation"])
        done = all(key in rules and holds(rules[key]) for key in evaluated)
        tired = patience is not None and all(len(times) > patience for times in evaluated.values())
        if done or tired or time.monotonic() > end:
            return rules
        time.sleep(_PAUSE)


def _until_handed_on(recorder: Running, number: int, names: RuleNames, keys: set[RuleKey]) -> None:
    """Wait for Prometheus to find the recorder, which takes it some seconds, and to send these alerts."""
    end = time.monotonic() + _HAND_ON
    while not keys <= _sent(recorder, number, names).keys() and time.monotonic() < end:
        time.sleep(_PAUSE)


def _taken_over(rule: Mapping[str, Any], hurried_groups: Mapping[str, bool]) -> bool:
    return rule["interval"] != 1 or hurried_groups.get(rule["group"], False)


def _groups(text: str) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load(text)["groups"]
    return groups


def _is_hurried(group: Mapping[str, Any]) -> bool:
    return bool(group.get("interval") == HURRY)


def _sent(recorder: Running, number: int, names: RuleNames) -> dict[RuleKey, tuple[Fired, ...]]:
    """The firing alerts that Prometheus handed on, each instance once."""
    found: dict[RuleKey, dict[frozenset[tuple[str, str]], Fired]] = {}
    for posted in get(f"{recorder.url}/recorded")["posts"]:
        if not posted["path"].startswith(f"/round/{number}/"):
            continue
        for alert in posted["body"]:
            labels = alert["labels"]
            fired = Fired(labels, alert.get("annotations", {}), alert.get("generatorURL", ""))
            for key in names.keys(labels["alertname"], labels):
                found.setdefault(key, {})[frozenset(labels.items())] = fired
    return {key: tuple(instances.values()) for key, instances in found.items()}


def _broken(alert: Alert, key: RuleKey, fired: Iterable[Fired]) -> str | None:
    rule = _rule(alert, key)
    sentences = dict.fromkeys(sentence for one in fired for sentence in broken_promises(rule, one))
    return "; ".join(sentences) or None


def _why_silent(running: Running, alert: Alert, key: RuleKey) -> str:
    """What the alert's query returns instead of something beyond the threshold."""
    rule = _rule(alert, key)
    try:
        result = _asked(running, alert.query)
    except EngineError as error:
        return f"it does not fire; its query fails: {error}"
    if not result:
        return "it does not fire: its query returns nothing for these samples"
    values = [str(one["value"][1]) for one in result if isinstance(one, dict)][:3]
    beyond = f", and it fires at {rule.comparison} {rule.threshold:g}" if rule.threshold is not None else ""
    return f"it does not fire: its query returns {', '.join(values)}{beyond}"


def _rule(alert: Alert, key: RuleKey) -> Rule:
    return next(rule for rule in alert.rules if rule_key(alert, rule) == key)


def _asked(running: Running, query: str) -> list[Any]:
    """What Prometheus returns for a query at this time."""
    result: list[Any] = get(f"{running.url}/api/v1/query", {"query": query})["data"]["result"]
    return result


def _write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        (folder / "rules" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "rules" / name).write_text(text, encoding="utf-8")
