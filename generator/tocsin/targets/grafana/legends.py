"""What the series of a panel are called: by the labels that tell them apart, else by their alert."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.plan.telling_labels import AlertTexts, telling_labels

if TYPE_CHECKING:
    from tocsin.plan.model import Alert
    from tocsin.targets.grafana.context import Basis
    from tocsin.targets.grafana.sides import Side


def legend(basis: Basis, alert: Alert, side: Side) -> str:
    """The legend of one query of an alert's panel."""
    if side.counted:
        return basis.words.series_of.format(metric=side.counted)
    texts = AlertTexts(
        alert.per,
        (alert.summary, alert.description),
        tuple(series for case in alert.cases for series in case.series),
    )
    flow = basis.flows.labels(side.expr, alert.engine)
    labels = " ".join(f"{{{{{label}}}}}" for label in telling_labels(texts, side.expr, alert.engine, flow))
    if not side.name:
        return alert.legend or labels or alert.alertname
    name = basis.words.limit.format(name=side.name) if side.is_limit else side.name
    return f"{name} {alert.legend if alert.legend and side.in_unit else labels}".strip()
