"""Checks of what a cluster or a ruler takes of the outputs, where they are delivered to one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.notification_texts import channel_path
from tocsin.diagnostics.model import Level
from tocsin.lang.kubernetes.releases import newer_operator_integrations, newer_rule_fields
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@check("deliver/prometheus-operator", Level.ERROR)
def prometheus_operator(plan: Plan) -> Iterator[Finding]:
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
    newer = newer_operator_integrations(version)
    for receiver in plan.receivers if asked.alertmanager is not None else ():
        for key, _ in receiver.channels:
            if (name := key.removesuffix("_configs")) in newer:
                place = Place(channel_path(receiver.place or Place(()), key), key=True)
                yield _unknown(version, f"the integration `{name}`", newer[name], place)


def _newer_fields_of(group: RuleGroup, fields: dict[str, str]) -> Iterator[str]:
    if "query_offset" in fields and group.query_offset is not None:
        yield "query_offset"


@check("deliver/mimir-ruler", Level.ERROR)
def mimir_ruler(plan: Plan) -> Iterator[Finding]:
    """A rule group for Mimir has a `limit`, which its ruler does not keep.

    Why:
        Mimir takes the group without an error and stores it without the limit, so that the rule that makes
        too many alerts or series is not stopped.

    Fix:
        Leave it out, and set `ruler_max_rule_evaluation_results` for the tenant in Mimir.

    Bad:
        deliver: {mimir: {namespace: shop}}
        recordings:
          jobs:
            limit: 100
            rules:
              - {record: 'job:up:sum', promql: sum by (job) (up)}

    Good:
        deliver: {mimir: {namespace: shop}}
        recordings:
          jobs:
            rules:
              - {record: 'job:up:sum', promql: sum by (job) (up)}
    """
    for ruler in plan.rulers:
        for group in plan.rule_groups if ruler.engine is Engine.PROMETHEUS else ():
            if group.engine is ruler.engine and group.limit:
                yield Finding(
                    f"Mimir's ruler does not keep the `limit` of the group `{group.name}`",
                    at=Place((*group.place.path, "limit"), key=True),
                    help="leave it out, and set `ruler_max_rule_evaluation_results` in Mimir",
                    about=group.place,
                )


@check("deliver/loki-ruler", Level.ERROR)
def loki_ruler(plan: Plan) -> Iterator[Finding]:
    """An alert for Loki's ruler has `keep_firing_for`, which its API does not keep.

    Why:
        Loki takes the rule without an error and stores it without the field, so that the alert is resolved
        at once.

    Fix:
        Leave it out; a longer range in the query, such as `[15m]`, keeps the alert as well.

    Bad:
        deliver: {loki: {namespace: shop}}
        groups:
          app:
            title: App
            alerts:
              Errors:
                summary: errors
                description: too many
                logql: sum(rate({app="web"} |= "error" [5m]))
                keep_firing_for: 10m
                thresholds: {warning: {above: 1}}

    Good:
        deliver: {loki: {namespace: shop}}
        groups:
          app:
            title: App
            alerts:
              Errors:
                summary: errors
                description: too many
                logql: sum(rate({app="web"} |= "error" [15m]))
                thresholds: {warning: {above: 1}}
    """
    seen: set[Place] = set()
    for ruler in plan.rulers:
        for group in plan.rule_groups if ruler.engine is Engine.LOKI else ():
            for rule in group.rules if group.engine is ruler.engine else ():
                kept = isinstance(rule, Recording) or rule.keep_firing_for in (None, "0s")
                if not kept and rule.place not in seen:
                    seen.add(rule.place)
                    yield Finding(
                        "Loki's ruler does not keep `keep_firing_for`",
                        at=rule.place,
                        help="leave `keep_firing_for` out, or ask over a longer range in the query",
                    )


def _unknown(version: str, what: str, since: str, place: Place) -> Finding:
    return Finding(
        f"the Prometheus operator {version} does not know {what}, which came with {since}",
        at=place,
        help=f"leave it out, or, if no older operator takes the objects, write "
        f'`targets: {{operator: "{since}"}}` under `project:`',
    )
