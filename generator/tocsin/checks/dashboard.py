"""Checks of Grafana dashboards that are given as they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.checks.base import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.lang.errors import LangError
from tocsin.lang.grafana import filled_in, is_built_in, variables
from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine
from tocsin.plan.query_flows import query_flows
from tocsin.source.place import Place
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import DrawnQuery, Plan
    from tocsin.plan.query_flows import QueryFlows

_LABEL = re.compile(r"\{\{\s*(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}")
_GROUPS = re.compile(r"\(\?P?<(\w+)>")


@check("dashboard/query", Level.ERROR)
def query(plan: Plan) -> Iterator[Finding]:
    """A query of a dashboard cannot be read, so that its panel shows an error.

    Why:
        The panel is opened when something is wrong, and then shows nothing but an error of its own.

    Fix:
        Mend the query where the finding points to.

    Bad:
        {"schemaVersion": 39, "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "p"},
          "targets": [{"expr": "sum(rate(errors_total[5m])"}]}]}

    Good:
        {"schemaVersion": 39, "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "p"},
          "targets": [{"expr": "sum(rate(errors_total[5m]))"}]}]}
    """
    for drawn in _queries(plan):
        text = filled_in(drawn.expr)
        if text is None or drawn.engine is None:
            continue
        try:
            (parse_promql if drawn.engine is Engine.PROMETHEUS else parse_logql)(text)
        except LangError as error:
            yield Finding(
                f"the panel's query cannot be read: {error.reason}",
                at=Place(drawn.place.path, error.span),
                help=error.help,
            )


@check("dashboard/legend", Level.WARNING)
def legend(plan: Plan) -> Iterator[Finding]:
    """The legend of a dashboard's query names a label that the query cannot return.

    Why:
        Grafana leaves the place empty, or shows the braces: the lines of the panel cannot be told apart.

    Fix:
        Keep the label in the query, or leave it out of the legend.

    Bad:
        {"schemaVersion": 39, "panels": [{"id": 1, "targets": [{
          "expr": "sum by (job) (rate(errors_total[$__rate_interval]))",
          "legendFormat": "{{instance}}"}]}]}

    Good:
        {"schemaVersion": 39, "panels": [{"id": 1, "targets": [{
          "expr": "sum by (job) (rate(errors_total[$__rate_interval]))",
          "legendFormat": "{{job}}"}]}]}
    """
    known = query_flows(plan)
    for drawn in _queries(plan):
        flow = _flow(known, drawn) if "{{" in drawn.legend else None
        if flow is None or flow.empty is not None:
            continue
        for found in _LABEL.finditer(drawn.legend):
            fact = flow.label(found["name"])
            if found["name"] == "__name__" or not fact.is_impossible:
                continue
            reason = ((Place(drawn.place.path, fact.why.span), fact.why.reason),)
            yield Finding(
                f"the legend names `{found['name']}`, which the query cannot return",
                at=Place(drawn.legend_place.path, found.span("name")),
                also=() if fact.why.span == (0, 0) else reason,
                help=f"keep `{found['name']}` in the query, or leave it out of the legend",
            )


@check("dashboard/variable", Level.WARNING)
def variable(plan: Plan) -> Iterator[Finding]:
    """A query uses a variable that its dashboard does not define.

    Why:
        Grafana sends the query with the variable's name as it stands, and nothing matches it.

    Fix:
        Define the variable in the dashboard's settings, or write its name as it is there.

    Bad:
        {"schemaVersion": 39, "templating": {"list": [{"name": "job"}]},
         "panels": [{"id": 1, "targets": [{"expr": "up{job=~\\"$jobs\\"}"}]}]}

    Good:
        {"schemaVersion": 39, "templating": {"list": [{"name": "job"}]},
         "panels": [{"id": 1, "targets": [{"expr": "up{job=~\\"$job\\"}"}]}]}
    """
    for dashboard in plan.dashboards:
        for drawn in dashboard.queries:
            # A replacement names the groups of its regular expression in the same way.
            groups = set(_GROUPS.findall(drawn.expr))
            replaces = "label_replace" in drawn.expr or "{{" in drawn.expr
            for used in variables(drawn.expr):
                if used.name in dashboard.variables or used.name in groups or is_built_in(used.name):
                    continue
                if replaces and used.in_string:
                    continue
                near = nearest(used.name, dashboard.variables)
                yield Finding(
                    f"the dashboard defines no variable `{used.name}`",
                    at=Place(drawn.place.path, used.span),
                    help=f"did you mean `${near}`?" if near else None,
                )


def _queries(plan: Plan) -> Iterator[DrawnQuery]:
    for dashboard in plan.dashboards:
        yield from dashboard.queries


def _flow(known: QueryFlows, drawn: DrawnQuery) -> Flow | None:
    text = filled_in(drawn.expr)
    if text is None:
        return None
    if drawn.engine is not Engine.LOKI and (flows := known.flows(text)) is not None:
        return flows.result
    try:
        return None if drawn.engine is Engine.PROMETHEUS else logql_flow(text)
    except LangError:
        return None
