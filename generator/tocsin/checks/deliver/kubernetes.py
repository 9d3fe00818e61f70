"""Checks of what the objects for a cluster can hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check, check_with_outputs
from tocsin.diagnostics.model import Level
from tocsin.lang.kubernetes.releases import (
    newer_operator_integrations,
    newer_resource_fields,
    newer_rule_fields,
)
from tocsin.plan.channel_places import channel_path
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.outputs import Outputs
    from tocsin.plan.model import Plan, RuleGroup

_KUBERNETES = ("deliver", "kubernetes")


@check("deliver/log-alerts", Level.ERROR)
def log_alerts(plan: Plan) -> Iterator[Finding]:
    """Objects for a cluster are asked for, and nothing says how Loki gets the log alerts.

    Why:
        Everything else would be in the cluster, and the log alerts in no ruler: they would never fire.

    Fix:
        Say under `deliver: kubernetes: loki:` whether the rules are for the sidecar of Loki's chart or for
        its operator; or `form: none`, if they get there by other means.

    Bad:
        deliver:
          kubernetes: {namespace: monitoring}
        recordings:
          logs:
            rules:
              - record: app:errors:rate5m
                logql: sum by (app) (rate({app="web"} |= "error" [5m]))

    Good:
        deliver:
          kubernetes: {namespace: monitoring, loki: {form: sidecar}}
        recordings:
          logs:
            rules:
              - record: app:errors:rate5m
                logql: sum by (app) (rate({app="web"} |= "error" [5m]))
    """
    if plan.kubernetes is None or plan.kubernetes.loki is not None:
        return
    names = [group.name for group in plan.rule_groups if group.engine is Engine.LOKI]
    if names:
        first, more = names[0], f" and {len(names) - 1} more" if len(names) > 1 else ""
        yield Finding(
            f"nothing says how the rules for Loki get into the cluster: the group `{first}`{more}",
            at=Place(_KUBERNETES, key=True),
            help="write `loki: {form: sidecar}` or `loki: {form: operator}` below, or `loki: {form: none}` "
            "if they are delivered by other means",
        )


@check("deliver/loki-operator", Level.ERROR)
def loki_operator(plan: Plan) -> Iterator[Finding]:
    """A rule for Loki has what the resources of Loki's operator have no field for.

    Why:
        An AlertingRule has no `keep_firing_for`, and a RecordingRule no `labels`. The cluster would drop
        them without an error, and the rule would do something else than is written.

    Fix:
        Leave it out, or deliver the rules as ConfigMaps by `form: sidecar`, which hold everything.

    Bad:
        deliver: {kubernetes: {namespace: monitoring, loki: {form: operator}}}
        recordings:
          logs:
            rules:
              - record: app:errors:rate5m
                logql: sum by (app) (rate({app="web"} |= "error" [5m]))
                labels: {team: web}

    Good:
        deliver: {kubernetes: {namespace: monitoring, loki: {form: sidecar}}}
        recordings:
          logs:
            rules:
              - record: app:errors:rate5m
                logql: sum by (app) (rate({app="web"} |= "error" [5m]))
                labels: {team: web}
    """
    asked = plan.kubernetes
    if asked is None or asked.loki is None or asked.loki.form != "operator":
        return
    seen: set[Place] = set()
    for group in plan.rule_groups:
        for rule in group.rules if group.engine is Engine.LOKI else ():
            if rule.place in seen or (dropped := _dropped_by_loki_operator(rule)) is None:
                continue
            seen.add(rule.place)
            kind, field = dropped
            yield Finding(
                f"the {kind} of Loki's operator has no `{field}`",
                at=rule.place,
                help=f"leave `{field}` out, or write `loki: {{form: sidecar}}` under `deliver: kubernetes:`",
            )


def _dropped_by_loki_operator(rule: Rule | Recording) -> tuple[str, str] | None:
    if isinstance(rule, Recording):
        return ("RecordingRule", "labels") if rule.labels else None
    return None if rule.keep_firing_for in (None, "0s") else ("AlertingRule", "keep_firing_for")


@check_with_outputs("deliver/prometheus-operator", Level.ERROR)
def prometheus_operator(plan: Plan, outputs: Outputs) -> Iterator[Finding]:
    """The objects have what the oldest Prometheus operator that takes them does not know.

    Why:
        A field that the resource definition of that release does not have is dropped when the object is
        stored, without an error; an integration that it does not know makes it refuse the configuration.

    Fix:
        Leave it out, or name the newer release under `project: targets: operator:`.

    Bad:
        project: {name: p, title: P, targets: {operator: "0.78"}}
        deliver:
          kubernetes:
            namespace: monitoring
            alertmanager: {name: alertmanager-main}
        receivers:
          all: {msteamsv2: [{webhook_url_file: /etc/teams}]}

    Good:
        project: {name: p, title: P, targets: {operator: "0.81"}}
        deliver:
          kubernetes:
            namespace: monitoring
            alertmanager: {name: alertmanager-main}
        receivers:
          all: {msteamsv2: [{webhook_url_file: /etc/teams}]}
    """
    version, asked = plan.targets.operator, plan.kubernetes
    if version is None or asked is None:
        return
    fields = newer_rule_fields(version)
    for group in plan.rule_groups:
        if group.engine is Engine.PROMETHEUS:
            for field in _newer_fields_of(group, fields):
                place = Place((*group.place.path, field), key=True)
                yield _unknown(version, f"`{field}` of a rule group", fields[field], place)
    if asked.alertmanager is not None and asked.alertmanager.form == "config":
        yield from _newer_fields_of_resource(outputs, version)
    elif asked.alertmanager is not None:
        yield from _newer_integrations(plan, version)


def _newer_integrations(plan: Plan, version: str) -> Iterator[Finding]:
    newer = newer_operator_integrations(version)
    for receiver in plan.receivers:
        for key, _ in receiver.channels:
            if (name := key.removesuffix("_configs")) in newer:
                place = Place(channel_path(receiver.place or Place(()), key), key=True)
                yield _unknown(version, f"the integration `{name}`", newer[name], place)


def _newer_fields_of_resource(outputs: Outputs, version: str) -> Iterator[Finding]:
    newer = newer_resource_fields(version)
    for (parent, field), place in outputs.alertmanager_config().fields.items():
        since = newer.get((parent, field))
        if since is not None:
            yield _unknown(version, f"`{field}` in the `{parent}` of an AlertmanagerConfig", since, place)


def _newer_fields_of(group: RuleGroup, fields: dict[str, str]) -> Iterator[str]:
    if "query_offset" in fields and group.query_offset is not None:
        yield "query_offset"


def _unknown(version: str, what: str, since: str, place: Place) -> Finding:
    return Finding(
        f"the Prometheus operator {version} does not know {what}, which came with {since}",
        at=place,
        help=f"leave it out, or, if no older operator takes the objects, write "
        f'`targets: {{operator: "{since}"}}` under `project:`',
    )
