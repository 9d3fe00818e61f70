"""Checks of routes and receivers that are delivered as an AlertmanagerConfig."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check, check_with_outputs
from tocsin.diagnostics.model import Level
from tocsin.plan.model import ON_NAMESPACE
from tocsin.routing.alert_labels import sent_alerts
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.outputs import Outputs
    from tocsin.plan.model import Plan

_ALERTMANAGER = ("deliver", "kubernetes", "alertmanager")
_LABEL = "namespace"
_SHOWN = 3


@check_with_outputs("deliver/alertmanager-config", Level.ERROR)
def alertmanager_config(plan: Plan, outputs: Outputs) -> Iterator[Finding]:
    """The configuration says something that an AlertmanagerConfig has no place for.

    Why:
        The resource of the Prometheus operator is narrower than Alertmanager's configuration: it takes
        secrets only from Secrets, and has no settings of the whole Alertmanager. What it lacks would be
        refused by the cluster, or be left out by the operator.

    Fix:
        Write what the message says; a file of a secret at the path where the operator mounts Secrets
        becomes a reference to that Secret. Or deliver the whole configuration as a Secret: `form: secret`.

    Bad:
        deliver:
          kubernetes:
            namespace: monitoring
            alertmanager: {form: config, name: shop, matcher_strategy: None}
        receivers:
          all: {slack: [{channel: "#shop", api_url_file: /etc/slack-url}]}

    Good:
        deliver:
          kubernetes:
            namespace: monitoring
            alertmanager: {form: config, name: shop, matcher_strategy: None}
        receivers:
          all:
            slack:
              - {channel: "#shop", api_url_file: /etc/alertmanager/secrets/shop/url}
    """
    asked = plan.kubernetes
    if asked is None or asked.alertmanager is None or asked.alertmanager.form != "config":
        return
    for one in outputs.alertmanager_config().unheld:
        yield Finding(one.message, at=one.place, help=one.help)


@check("deliver/namespace", Level.WARNING)
def namespace(plan: Plan) -> Iterator[Finding]:
    """An AlertmanagerConfig is only for alerts with its namespace, and some alerts never have it.

    Why:
        The Prometheus operator adds the matcher `namespace="…"` to the first route of the resource, so that
        these alerts go to none of its receivers. That a rule gets the label from `enforcedNamespaceLabel` of
        the Prometheus resource is not seen here.

    Fix:
        Give the alerts the label `namespace`, with the namespace of the resource; or, where the
        Alertmanager resource has `alertmanagerConfigMatcherStrategy: {type: None}`, say so.

    Bad:
        deliver:
          kubernetes:
            namespace: monitoring
            alertmanager: {form: config, name: shop}
        groups:
          web:
            title: Web
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum by (shop) (rate(errors_total[5m]))
                thresholds: {warning: {above: 1}}

    Good:
        deliver:
          kubernetes:
            namespace: monitoring
            alertmanager: {form: config, name: shop}
        groups:
          web:
            title: Web
            labels: {namespace: monitoring}
            alerts:
              Errors:
                summary: errors
                description: too many
                promql: sum by (shop) (rate(errors_total[5m]))
                thresholds: {warning: {above: 1}}
    """
    asked = plan.kubernetes
    how = None if asked is None else asked.alertmanager
    if asked is None or how is None or how.form != "config" or how.matcher_strategy != ON_NAMESPACE:
        return
    lost = dict.fromkeys(
        one.rule.alert for one in sent_alerts(plan) if not one.values(_LABEL).allows(asked.namespace)
    )
    if lost:
        shown = ", ".join(f"`{name}`" for name in list(lost)[:_SHOWN])
        more = f" and {len(lost) - _SHOWN} more" if len(lost) > _SHOWN else ""
        yield Finding(
            f'the operator adds the matcher `{_LABEL}="{asked.namespace}"`, which no alert of '
            f"{shown}{more} meets",
            at=Place(_ALERTMANAGER, key=True),
            help=f"write `labels: {{{_LABEL}: {asked.namespace}}}` at these alerts, their groups or the "
            "project; or `matcher_strategy: None`, where the Alertmanager resource has it",
        )
