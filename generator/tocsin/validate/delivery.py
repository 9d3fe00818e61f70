"""Whether each alert that fired reaches exactly the receivers that the spec names, in a real Alertmanager."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tocsin.engines.json_api import get
from tocsin.engines.parallel import side_by_side
from tocsin.engines.program import EngineError
from tocsin.routing.config import FiringAlert
from tocsin.routing.decision import decide
from tocsin.routing.inhibit import Inhibitor
from tocsin.validate.alertmanagers import labels_of, run_alertmanager
from tocsin.validate.verdicts import RuleKey, ValidationVerdict, Verdicts, failed, proven
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tocsin.engines.stack import Running, Stack
    from tocsin.routing.config import RoutingConfig
    from tocsin.routing.decision import Decision
    from tocsin.validate.alertmanagers import Alertmanager, Labels
    from tocsin.validate.staging import Channel
    from tocsin.validate.verdicts import Fired, FiredAlerts

_ARRIVE = 20.0
# A group that has been told of is looked at again after two seconds; then nothing more can be on its way.
_SETTLE = 2.5
_PAUSE = 0.2


def judge_delivery(
    table: RoutingConfig,
    output: Mapping[str, str],
    stack: Stack,
    recorder: Running,
    stage: Path,
    fired: FiredAlerts,
) -> Verdicts:
    """A verdict for each rule that fired; alerts that keep each other quiet are sent apart."""
    batches = independent_batches(table, fired)

    def judged(numbered: tuple[int, FiredAlerts]) -> Verdicts:
        number, batch = numbered
        try:
            with run_alertmanager(stack, recorder, stage, f"alertmanager-{number}", output) as running:
                return _judge(table, running, recorder, batch)
        except EngineError as error:
            return dict.fromkeys(batch, failed(str(error)))

    verdicts: Verdicts = {}
    for found in side_by_side(stack, judged, enumerate(batches)):
        verdicts |= found
    return verdicts


def independent_batches(table: RoutingConfig, fired: FiredAlerts) -> list[FiredAlerts]:
    """The alerts in batches in which nothing inhibits anything."""
    batches: list[FiredAlerts] = []
    for key, alerts in fired.items():
        for batch in batches:
            together = [alert for others in (*batch.values(), alerts) for alert in others]
            inhibitor = Inhibitor(table.inhibitions, [FiringAlert(alert.labels) for alert in together])
            if not any(inhibitor.inhibited_by(alert.labels) for alert in together):
                batch[key] = alerts
                break
        else:
            batches.append({key: alerts})
    return batches


@value_object
class _Got:
    """What the recorder has for one Alertmanager: the channels told of each alert, and mails by channel."""

    told: Mapping[Labels, frozenset[Channel]]
    mails: Mapping[Channel, tuple[str, ...]]


def _judge(table: RoutingConfig, running: Alertmanager, recorder: Running, batch: FiredAlerts) -> Verdicts:
    alerts = [alert for several in batch.values() for alert in several]
    running.fire(alerts)
    now = datetime.now(UTC)
    expected = {labels_of(alert.labels): decide(table, alert.labels, now) for alert in alerts}
    end = time.monotonic() + _ARRIVE
    while time.monotonic() < end and not _settled(expected, _recorded(recorder, running), running.alerts()):
        time.sleep(_PAUSE)
    time.sleep(_SETTLE)
    got = _recorded(recorder, running)
    said = running.alerts()
    channels = frozenset(running.recorded.hooks.values())
    return {key: _verdict(table, several, now, got, said, channels, key) for key, several in batch.items()}


def _settled(expected: Mapping[Labels, Decision], got: _Got, said: Mapping[Labels, Any]) -> bool:
    """Whether everybody has been told, or Alertmanager has decided otherwise."""
    decided = [
        {receiver["name"] for receiver in said[labels]["receivers"]} != set(verdict.receivers)
        for labels, verdict in expected.items()
        if labels in said
    ]
    return any(decided) or all(
        {channel.receiver for channel in got.told.get(labels, ())} >= set(verdict.told)
        for labels, verdict in expected.items()
    )


def _verdict(
    table: RoutingConfig,
    alerts: Iterable[Fired],
    now: datetime,
    got: _Got,
    said: Mapping[Labels, Any],
    channels: frozenset[Channel],
    key: RuleKey,
) -> ValidationVerdict:
    quiet: dict[str, None] = {}
    for alert in alerts:
        expected = decide(table, alert.labels, now)
        labels = labels_of(alert.labels)
        known = said.get(labels)
        if known is None:
            return failed("Alertmanager does not know the alert")
        if by := known["status"]["inhibitedBy"]:
            names = sorted({_name(said, fingerprint) for fingerprint in by})
            return failed(
                f"Alertmanager keeps `{key.text}` quiet while {', '.join(names)} fires; the spec does not"
            )
        routed = [receiver["name"] for receiver in known["receivers"]]
        if set(routed) != set(expected.receivers):
            return failed(_difference("is routed to", expected.receivers, routed))
        told = {channel.receiver for channel in got.told.get(labels, ())}
        if told != set(expected.told):
            return failed(_difference("reaches", expected.told, sorted(told)))
        for channel in sorted(channels - got.told.get(labels, frozenset()), key=str):
            if channel.receiver in told:
                return failed(f"{_named(channel)} got nothing")
        for channel in got.told.get(labels, ()):
            if channel.kind == "email" and (fault := _bad_mail(got.mails.get(channel, ()))):
                return failed(f"{_named(channel)}: {fault}")
        quiet.update(dict.fromkeys(expected.muted_by))
    if quiet:
        return proven(f"at this hour quiet by {', '.join(quiet)}")
    return proven()


def _bad_mail(mails: tuple[str, ...]) -> str | None:
    if not mails:
        return "no mail came"
    return "the mail says “<no value>”" if any("<no value>" in mail for mail in mails) else None


def _difference(verb: str, wanted: Iterable[str], got: Iterable[str]) -> str:
    there = ", ".join(f"`{name}`" for name in got) or "nobody"
    should = ", ".join(f"`{name}`" for name in wanted) or "nobody"
    return f"it {verb} {there} and should reach {should}"


def _named(channel: Channel) -> str:
    return f"channel {channel.kind} {channel.number + 1} of `{channel.receiver}`"


def _name(said: Mapping[Labels, Any], fingerprint: str) -> str:
    return next(
        (
            f"`{alert['labels']['alertname']}`"
            for alert in said.values()
            if alert["fingerprint"] == fingerprint
        ),
        "another alert",
    )


def _recorded(recorder: Running, running: Alertmanager) -> _Got:
    said = get(f"{recorder.url}/recorded")
    told: dict[Labels, set[Channel]] = {}
    for posted in said["posts"]:
        channel = running.recorded.hooks.get(posted["path"])
        if channel is not None:
            for alert in posted["body"]["alerts"]:
                told.setdefault(labels_of(alert["labels"]), set()).add(channel)
    mails: dict[Channel, list[str]] = {}
    for mail in said["mails"]:
        if (channel := running.recorded.hellos.get(mail["hello"])) is not None:
            mails.setdefault(channel, []).append(mail["text"])
    return _Got(
        {labels: frozenset(channels) for labels, channels in told.items()},
        {channel: tuple(texts) for channel, texts in mails.items()},
    )
