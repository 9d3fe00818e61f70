"""Checks of Grafana dashboards that are given as they are."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.diagnostics.model import Level
from tocsin.lang.errors import LangError
from tocsin.lang.grafana import filled_in, is_built_in, variables
from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.promql.metricsql import is_metricsql
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine
from tocsin.plan.objectives_dashboard import objectives_dashboard
from tocsin.plan.query_flows import query_flows
from tocsin.source.place import Place
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import Dashboard, DashboardRef, DrawnQuery, Plan, UsedSource
    from tocsin.plan.query_flows import QueryFlows

_LABEL = regex_on_use(r"\{\{\s*(?P<name>[a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}")
_EQUALS_VARIABLE = regex_on_use(
    r"""(?P<op>!?=)\s*(?P<quote>["'])(?:\$\{(?P<braced>\w+)\}|\[\[(?P<old>\w+)\]\]|\$(?P<bare>\w+))(?P=quote)"""
)
_OF_PROMETHEUS = regex_on_use(r"\s*(?:label_values|query_result)\(")
"""How a variable asks Prometheus for what it can be."""
_GROUPS = regex_on_use(r"\(\?P?<(\w+)>")


@check("dashboard/query", Level.ERROR)
def query(plan: Plan) -> Iterator[Finding]:
    """A query of a dashboard cannot be read, so that its panel shows an error.

    Why:
        The panel is opened when something is wrong, and then shows nothing but an error of its own.

    Fix:
        Fix the query where the finding points to.

    Bad:
        {"schemaVersion": 39, "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "p"},
          "targets": [{"expr": "sum(rate(errors_total[5m])"}]}]}

    Good:
        {"schemaVersion": 39, "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "p"},
          "targets": [{"expr": "sum(rate(errors_total[5m]))"}]}]}
    """
    of_other = {one.place.path[0] for one in _queries(plan) if is_metricsql(one.expr)}
    for drawn in _queries(plan):
        text = filled_in(drawn.expr)
        if text is None or drawn.engine is None:
            continue
        try:
            (parse_promql if drawn.engine is Engine.PROMETHEUS else parse_logql)(text)
        except LangError as error:
            # One query of MetricsQL says that all of its dashboard are for VictoriaMetrics.
            if drawn.place.path[0] in of_other:
                continue
            yield Finding(
                f"the panel's query cannot be read: {error.reason}",
                at=Place(drawn.place.path, error.span),
                help=error.help,
            )


@check("dashboard/legend", Level.WARNING)
def legend(plan: Plan) -> Iterator[Finding]:
    """The legend of a dashboard's query names a label that the query cannot return.

    Why:
        Grafana leaves the place empty, or shows the braces: the lines of the panel cannot be distinguished.

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
                if _is_defined(used.name, dashboard) or used.name in groups:
                    continue
                if replaces and used.in_string:
                    continue
                near = nearest(used.name, dashboard.variables)
                yield Finding(
                    f"the dashboard defines no variable `{used.name}`",
                    at=Place(drawn.place.path, used.span),
                    help=f"did you mean `${near}`?" if near else None,
                )
        for text, place in dashboard.choices:
            for used in variables(text):
                near = nearest(used.name, dashboard.variables)
                # Other sources fill in more than Grafana does: what is near to a variable is meant to be one.
                is_known = near is not None or _OF_PROMETHEUS.match(text) is not None
                if is_known and not _is_defined(used.name, dashboard):
                    yield Finding(
                        f"the dashboard defines no variable `{used.name}`",
                        at=Place(place.path, used.span),
                        help=f"did you mean `${near}`?" if near else None,
                    )


@check("dashboard/datasource", Level.WARNING)
def datasource(plan: Plan) -> Iterator[Finding]:
    """A dashboard names its datasource by a variable that it does not define.

    Why:
        Grafana finds no datasource of that name, and every panel that uses it stays empty.

    Fix:
        Define a variable of the type `datasource`, and name it as the panels do.

    Bad:
        {"schemaVersion": 39, "templating": {"list": [{"name": "datasource"}]},
         "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "${DS_PROM}"},
          "targets": [{"expr": "up"}]}]}

    Good:
        {"schemaVersion": 39, "templating": {"list": [{"name": "datasource"}]},
         "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "${datasource}"},
          "targets": [{"expr": "up"}]}]}
    """
    for dashboard in plan.dashboards:
        for name, source in _undefined_sources(dashboard):
            if name not in dashboard.inputs:
                near = nearest(name, dashboard.variables)
                yield Finding(
                    f"the dashboard defines no variable `{name}` for its datasource",
                    at=source.place,
                    help=f"did you mean `${{{near}}}`?"
                    if near
                    else f"define a variable `{name}` of the type `datasource`",
                )


@check("dashboard/input", Level.INFO)
def input_(plan: Plan) -> Iterator[Finding]:
    """A dashboard is an export, whose datasource is filled in only when it is imported by hand.

    Why:
        `__inputs` are asked for by the import in the browser. Grafana's provisioning from files leaves
        `${DS_…}` as it stands: no such datasource is found, and the panels stay empty.

    Fix:
        For provisioning, define a variable of the type `datasource` with that name, or write the uid of
        the datasource.

    Bad:
        {"__inputs": [{"name": "DS_PROM"}], "schemaVersion": 39,
         "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "${DS_PROM}"},
          "targets": [{"expr": "up"}]}]}

    Good:
        {"schemaVersion": 39, "templating": {"list": [{"name": "DS_PROM"}]},
         "panels": [{"id": 1,
          "datasource": {"type": "prometheus", "uid": "${DS_PROM}"},
          "targets": [{"expr": "up"}]}]}
    """
    for dashboard in plan.dashboards:
        for name, source in _undefined_sources(dashboard):
            if name in dashboard.inputs:
                yield Finding(
                    f"`{name}` is filled in only when the dashboard is imported by hand",
                    at=source.place,
                    help=f"for provisioning, define a variable `{name}` of the type `datasource`",
                )


@check("dashboard/several-values", Level.WARNING)
def several_values(plan: Plan) -> Iterator[Finding]:
    """A query compares a label by `=` with a variable that can have several values.

    Why:
        Grafana writes several values as `(a|b)`, and `=` compares letter by letter: as soon as two values
        are chosen, or all, the panel stays empty.

    Fix:
        Write `=~` and `!~`.

    Bad:
        {"schemaVersion": 39,
         "templating": {"list": [{"name": "job", "multi": true}]},
         "panels": [{"id": 1, "targets": [
          {"expr": "up{job=\\"$job\\"}"}]}]}

    Good:
        {"schemaVersion": 39,
         "templating": {"list": [{"name": "job", "multi": true}]},
         "panels": [{"id": 1, "targets": [
          {"expr": "up{job=~\\"$job\\"}"}]}]}
    """
    for dashboard in plan.dashboards:
        for drawn in dashboard.queries if dashboard.several else ():
            for found in _EQUALS_VARIABLE.finditer(drawn.expr):
                name = found["braced"] or found["old"] or found["bare"]
                if name in dashboard.several:
                    right = "=~" if found["op"] == "=" else "!~"
                    yield Finding(
                        f"`{name}` can have several values, and `{found['op']}` compares letter by letter",
                        at=Place(drawn.place.path, found.span()),
                        help=f"write `{right}`",
                        fix=right,
                        instead_of=found["op"],
                        is_safe=True,
                    )


@check("dashboard/panel-id", Level.INFO)
def panel_id(plan: Plan) -> Iterator[Finding]:
    """Two panels of a dashboard have the same id.

    Why:
        A link to a panel names its id. Grafana gives one of the two another id when it loads the
        dashboard, so that the link may open the other one.

    Fix:
        Give each panel an id of its own.

    Bad:
        {"schemaVersion": 39, "panels": [
          {"id": 1, "targets": [{"expr": "up"}]},
          {"id": 1, "targets": [{"expr": "up"}]}]}

    Good:
        {"schemaVersion": 39, "panels": [
          {"id": 1, "targets": [{"expr": "up"}]},
          {"id": 2, "targets": [{"expr": "up"}]}]}
    """
    for dashboard in plan.dashboards:
        for number, place in dashboard.repeated_ids:
            yield Finding(
                f"an earlier panel has the id {number} as well",
                at=place,
                help="give each panel an id of its own",
            )


@check("dashboard/uid", Level.WARNING)
def uid(plan: Plan) -> Iterator[Finding]:
    """Two dashboards of one folder have the same uid.

    Why:
        Grafana keeps one dashboard for each uid. When it provisions the folder, it complains and updates
        neither, or the one takes the place of the other; links by uid open whichever is there.

    Fix:
        Give each dashboard a uid of its own.

    Bad:
        {"schemaVersion": 39, "uid": "web", "panels": [{"id": 1}]}
        ---
        {"schemaVersion": 39, "uid": "web", "panels": [{"id": 2}]}

    Good:
        {"schemaVersion": 39, "uid": "web", "panels": [{"id": 1}]}
        ---
        {"schemaVersion": 39, "uid": "shop", "panels": [{"id": 2}]}
    """
    named = [(_folder(one), one.uid, one.uid_place) for one in plan.dashboards if one.uid_place is not None]
    generated = [("", ref.uid, place) for ref, place in _generated(plan)]
    for value, at, before in _repeated((*generated, *named)):
        yield Finding(
            f"another dashboard of this folder has the uid `{value}` as well",
            at=at,
            also=((before, "of this one"),),
            help="give each dashboard a uid of its own",
        )


@check("dashboard/title", Level.WARNING)
def title(plan: Plan) -> Iterator[Finding]:
    """Two dashboards of one folder have the same title.

    Why:
        Grafana 11.0 keeps one dashboard of a title in a folder. When it provisions the files, one of the two
        is missing, and it updates no other dashboard of the provider until it is restarted. Where both are
        kept, people cannot tell them apart. The files of a directory are taken for one folder.

    Fix:
        Give each dashboard, and in a spec each group, a title of its own.

    Bad:
        {"schemaVersion": 39, "uid": "web", "title": "Web", "panels": [{"id": 1}]}
        ---
        {"schemaVersion": 39, "uid": "shop", "title": "Web", "panels": [{"id": 2}]}

    Good:
        {"schemaVersion": 39, "uid": "web", "title": "Web", "panels": [{"id": 1}]}
        ---
        {"schemaVersion": 39, "uid": "shop", "title": "Shop", "panels": [{"id": 2}]}
    """
    named = [
        (_folder(one), one.title, one.title_place) for one in plan.dashboards if one.title_place is not None
    ]
    generated = [("", " ".join(ref.title.split()), place) for ref, place in _generated(plan)]
    for value, at, before in _repeated((*generated, *named)):
        yield Finding(
            f"another dashboard of this folder has the title `{value}` as well",
            at=at,
            also=((before, "of this one"),),
            help="give each of the two a title of its own",
        )


def _folder(dashboard: Dashboard) -> str:
    return f"in {PurePath(str(dashboard.place.path[0])).parent} {dashboard.folder}"


def _generated(plan: Plan) -> Iterator[tuple[DashboardRef, Place]]:
    """The dashboards of a spec, each with what its uid and its title are made of."""
    if plan.groups:
        yield plan.project.overview, Place(("project", "title"))
    if any(slo.burn is not None and slo.burn.recorded for slo in plan.slos):
        yield objectives_dashboard(plan.project), Place(("slos",), key=True)
    for group in plan.groups:
        yield group.dashboard, Place(("groups", group.name, "title"))


def _repeated(named: Iterable[tuple[str, str, Place]]) -> Iterator[tuple[str, Place, Place]]:
    """The values that an earlier dashboard of the same folder has, each with both places."""
    first: dict[tuple[str, str], Place] = {}
    for folder, value, place in named:
        before = first.setdefault((folder, value), place)
        if before != place:
            yield value, place, before


def _is_defined(name: str, dashboard: Dashboard) -> bool:
    """Whether the dashboard, Grafana or what delivers the dashboard knows the variable."""
    return name in dashboard.variables or name in dashboard.filled_in or is_built_in(name)


def _undefined_sources(dashboard: Dashboard) -> Iterator[tuple[str, UsedSource]]:
    """Where a datasource is first named by a variable that is not there, once for each variable."""
    seen: set[str] = set()
    for source in dashboard.sources:
        for used in variables(source.name):
            if _is_defined(used.name, dashboard) or used.name in seen:
                continue
            seen.add(used.name)
            yield used.name, source


def _queries(plan: Plan) -> Iterator[DrawnQuery]:
    for dashboard in plan.dashboards:
        yield from dashboard.queries
    for group in plan.groups:
        yield from (panel.query for panel in group.panels)


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
