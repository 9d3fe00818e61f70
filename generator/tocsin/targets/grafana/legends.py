"""What the series of a panel are called: by the labels that tell them apart, else by their alert."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.lang.promql.shape import metric_names
from tocsin.plan.model import Engine
from tocsin.targets.grafana.template_text import printed_labels

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import Alert
    from tocsin.targets.grafana.context import Basis
    from tocsin.targets.grafana.sides import Side

_SAMPLED = re.compile(r"[{,]\s*([a-zA-Z_]\w*)\s*=")
_SCRAPED = "instance"


def legend(basis: Basis, alert: Alert, side: Side) -> str:
    """The legend of one query of an alert's panel."""
    labels = " ".join(f"{{{{{label}}}}}" for label in telling_labels(basis, alert, side.expr))
    if side.counted:
        return basis.words.series_of.format(metric=side.counted)
    if not side.name:
        return alert.legend or labels or alert.name
    name = basis.words.limit.format(name=side.name) if side.is_limit else side.name
    return f"{name} {alert.legend if alert.legend and side.in_unit else labels}".strip()


def telling_labels(basis: Basis, alert: Alert, expr: str) -> tuple[str, ...]:
    """The labels that tell the series of a query apart.

    Of a query that returns whatever labels its series have, those that the alert prints, that the query
    names, and that its tests use, with the one that every scraped series has.
    """
    flow = basis.flows.labels(expr, alert.engine)
    if flow is None or flow.empty is not None:
        return alert.per
    if alert.per:
        return tuple(_different(flow, alert.per))
    if not flow.is_open:
        return tuple(_different(flow, sorted((*flow.guaranteed, *flow.possible))))
    named = {*printed_labels(f"{alert.summary} {alert.description}"), *flow.guaranteed, *_sampled(alert)}
    if alert.engine is Engine.PROMETHEUS and not _is_recorded(expr):
        named.add(_SCRAPED)
    return tuple(_different(flow, sorted(named)))


def _different(flow: Flow, labels: Iterable[str]) -> Iterator[str]:
    """Those that some series has, and not all of them with one value."""
    for label in labels:
        fact = flow.label(label)
        values = fact.values
        if not fact.is_impossible and not (fact.is_guaranteed and values is not None and len(values) == 1):
            yield label


def _is_recorded(expr: str) -> bool:
    """Whether every metric of a query has a colon in its name, as only recorded ones do."""
    return all(":" in name for name in metric_names(expr))


def _sampled(alert: Alert) -> set[str]:
    """The labels of the samples in the alert's tests."""
    return {found for case in alert.cases for series in case.series for found in _SAMPLED.findall(series)}
