"""Whether a real Alertmanager keeps quiet what the spec says, and nothing else.

All alerts that fired are posted at once, and each must be kept quiet or not as the spec has it. Then each
inhibition is tried on its own, with a source and a target that agree in every label of `equal`, and with
sources that differ in one of them.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tocsin.engines.program import EngineError
from tocsin.routing.config import FiringAlert
from tocsin.routing.inhibit import Inhibitor
from tocsin.validate.alertmanagers import labels_of, run_alertmanager
from tocsin.validate.verdicts import Fired, RuleKey, Verdicts, failed, proven, skipped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.plan.model import Inhibition
    from tocsin.routing.config import RoutingConfig
    from tocsin.validate.alertmanagers import Alertmanager
    from tocsin.validate.verdicts import FiredAlerts

_SETTLE = 0.4
_WAIT = 3.0
_OTHER = "tocsin-another"


def judge_inhibition(
    table: RoutingConfig,
    output: Mapping[str, str],
    stack: Stack,
    recorder: Running,
    stage: Path,
    fired: FiredAlerts,
    rules: Mapping[RuleKey, str],
) -> Verdicts:
    """A verdict for each rule that fired; `rules` are all, with the names of their alerts."""
    try:
        with run_alertmanager(stack, recorder, stage, "alertmanager-inhibits", output) as running:
            wrong = _all_at_once(table, running, fired)
            for key, sentence in _each_alone(table, running, fired):
                wrong.setdefault(key, []).append(sentence)
    except EngineError as error:
        return dict.fromkeys(fired, failed(str(error)))
    missing = _sources_that_did_not_fire(table, fired, rules)
    verdicts: Verdicts = {}
    for key in fired:
        if faults := wrong.get(key):
            verdicts[key] = failed("; ".join(dict.fromkeys(faults)))
        elif key in missing:
            verdicts[key] = skipped(f"{missing[key]} did not fire, and should keep it quiet")
        else:
            verdicts[key] = proven()
    return verdicts


def _all_at_once(table: RoutingConfig, running: Alertmanager, fired: FiredAlerts) -> dict[RuleKey, list[str]]:
    alerts = [alert for several in fired.values() for alert in several]
    if not alerts:
        return {}
    running.fire(alerts)
    wanted = {labels_of(alert.labels) for alert in alerts}
    running.until(lambda said: wanted <= said.keys())
    time.sleep(_SETTLE)
    said = running.alerts()
    inhibitor = Inhibitor(table.inhibitions, [FiringAlert(alert.labels) for alert in alerts])
    wrong: dict[RuleKey, list[str]] = {}
    for key, several in fired.items():
        for alert in several:
            expected = inhibitor.inhibited_by(alert.labels)
            status = said.get(labels_of(alert.labels), {}).get("status", {"inhibitedBy": []})
            by = sorted(_names(said, status["inhibitedBy"]))
            if by and expected is None:
                wrong.setdefault(key, []).append(f"kept quiet by {', '.join(by)}, and should not be")
            if expected is not None and not by:
                source = expected.source.labels.get("alertname", "another alert")
                wrong.setdefault(key, []).append(f"not kept quiet while `{source}` fires")
    running.resolve(alerts)
    running.until(lambda said: not said)
    return wrong


def _each_alone(
    table: RoutingConfig, running: Alertmanager, fired: FiredAlerts
) -> Iterator[tuple[RuleKey, str]]:
    """What is wrong with each inhibition, in sentences about its targets."""
    for rule in table.inhibitions:
        for key, target in _meeting(fired, rule, target=True):
            source = next((one for _, one in _meeting(fired, rule, target=False) if one != target), None)
            if source is None:
                continue
            name = source.labels["alertname"]
            same = _with(source, {label: target.labels.get(label, "") for label in rule.equal})
            if not all(matcher.matches(same.labels) for matcher in rule.source):
                continue
            if not _inhibits(running, table, same, target):
                yield key, f"not kept quiet while `{name}` fires"
                continue
            for label in rule.equal:
                if label == "alertname":
                    continue
                other = _with(same, {label: _OTHER})
                if _inhibits(running, table, other, target):
                    yield key, f"kept quiet by `{name}` with another `{label}` as well"


def _inhibits(running: Alertmanager, table: RoutingConfig, source: Fired, target: Fired) -> bool:
    """Whether Alertmanager keeps the target quiet while the source fires."""
    expected = Inhibitor(table.inhibitions, [FiringAlert(source.labels)]).inhibited_by(target.labels)
    both = {labels_of(source.labels), labels_of(target.labels)}
    mine = labels_of(target.labels)
    running.fire([source])
    running.until(lambda said: labels_of(source.labels) in said)
    running.fire([target])

    def inhibited(said: Mapping[Any, Any]) -> bool:
        return both <= said.keys() and bool(said[mine]["status"]["inhibitedBy"])

    said = running.until(inhibited, _WAIT if expected is not None else _SETTLE)
    running.resolve([source, target])
    running.until(lambda left: not left)
    return inhibited(said)


def _meeting(fired: FiredAlerts, rule: Inhibition, *, target: bool) -> Iterator[tuple[RuleKey, Fired]]:
    """The first alert of each rule that meets one side of an inhibition, and not the other as well."""
    mine, others = (rule.target, rule.source) if target else (rule.source, rule.target)
    for key, alerts in fired.items():
        for alert in alerts:
            if all(m.matches(alert.labels) for m in mine) and not all(
                m.matches(alert.labels) for m in others
            ):
                yield key, alert
                break


def _sources_that_did_not_fire(
    table: RoutingConfig, fired: FiredAlerts, rules: Mapping[RuleKey, str]
) -> dict[RuleKey, str]:
    """For each target all of whose possible sources stayed silent, the name of one of them."""
    silent = [key for key in rules if key not in fired]
    found: dict[RuleKey, str] = {}
    for rule in table.inhibitions:
        if any(True for _ in _meeting(fired, rule, target=False)):
            continue
        for key, _ in _meeting(fired, rule, target=True):
            for other in silent:
                labels = {"alertname": rules[other], "severity": other.severity}
                if all(m.matches(labels) for m in rule.source if m.name in labels):
                    found[key] = f"`{other.text}`"
    return found


def _with(alert: Fired, labels: Mapping[str, str]) -> Fired:
    changed = {name: value for name, value in {**alert.labels, **labels}.items() if value}
    return Fired(changed, alert.annotations, alert.link)


def _names(said: Mapping[Any, Any], fingerprints: Iterable[str]) -> set[str]:
    wanted = set(fingerprints)
    return {f"`{alert['labels']['alertname']}`" for alert in said.values() if alert["fingerprint"] in wanted}
