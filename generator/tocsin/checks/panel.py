"""Checks of the panels that alerts have on their dashboards."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.plan.query_flows import query_flows
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Plan

_LABEL = re.compile(r"\{\{\s*(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}")


@check("panel/legend", Level.WARNING)
def legend(plan: Plan) -> Iterator[Finding]:
    """The legend of a panel names a label that its query cannot return.

    Why:
        Grafana leaves the place empty, or shows the braces: the lines of the panel cannot be distinguished.

    Fix:
        Keep the label in the query, or leave it out of the legend.

    Bad:
        promql: sum by (job) (rate(errors_total[5m]))
        panel: {legend: "{{instance}}"}

    Good:
        promql: sum by (job) (rate(errors_total[5m]))
        panel: {legend: "{{job}}"}
    """
    known = query_flows(plan)
    for group in plan.groups:
        for alert in group.alerts:
            legend = alert.legend or ""
            if "{{" not in legend:
                continue
            flow = known.labels(alert.query, alert.engine)
            if flow is None or flow.empty is not None:
                continue
            for found in _LABEL.finditer(legend):
                fact = flow.label(found["name"])
                if found["name"] != "__name__" and fact.is_impossible:
                    yield Finding(
                        f"the legend names `{found['name']}`, which the panel's query cannot return",
                        at=Place((*alert.place.path, "panel", "legend"), found.span("name")),
                        label=fact.why.sentence,
                        help=f"keep `{found['name']}` in the query, or leave it out of the legend",
                        about=alert.place,
                    )
