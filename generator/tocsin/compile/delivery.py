"""The further forms of the output that a spec asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan import model
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.spec.delivery import Deliver

_WATCHED_BY_GRAFANA = {"grafana_dashboard": "1"}
_WATCHED_BY_LOKI = {"loki_rule": ""}
"""The labels that the sidecars of the charts of Grafana and Loki watch, if nobody says otherwise."""


def kubernetes_objects(deliver: Deliver) -> model.Kubernetes | None:
    """How the outputs become objects for a cluster; None where the spec does not ask for any."""
    asked = deliver.kubernetes
    if asked is None:
        return None
    alertmanager, dashboards, loki = asked.alertmanager, asked.dashboards, asked.loki
    return model.Kubernetes(
        namespace=asked.namespace,
        labels=asked.labels,
        rule_labels=asked.rules.labels,
        alertmanager=None
        if alertmanager is None
        else model.Objects(
            alertmanager.form, alertmanager.labels, alertmanager.name, alertmanager.matcher_strategy
        ),
        dashboards=None
        if dashboards is None
        else model.Objects(dashboards.form, _labels(dashboards.form, dashboards.labels, _WATCHED_BY_GRAFANA)),
        loki=None
        if loki is None
        else model.Objects(loki.form, _labels(loki.form, loki.labels, _WATCHED_BY_LOKI)),
        rule_names=asked.rules.names,
    )


def rulers(deliver: Deliver) -> Iterator[model.Ruler]:
    """The rulers that a spec delivers rules to."""
    if (mimir := deliver.mimir) is not None:
        yield model.Ruler(
            model.Engine.PROMETHEUS,
            mimir.tenant,
            mimir.namespace,
            mimir.rules_per_group,
            mimir.groups,
            Place(("deliver", "mimir"), key=True),
        )
    if (loki := deliver.loki) is not None:
        yield model.Ruler(
            model.Engine.LOKI,
            None,
            loki.namespace,
            loki.rules_per_group,
            loki.groups,
            Place(("deliver", "loki"), key=True),
        )


def _labels(form: str, written: dict[str, str], watched: dict[str, str]) -> dict[str, str]:
    return written or (watched if form == "sidecar" else {})
