"""Alerts and their rules: thresholds become comparisons, defaults and labels come together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.cases import build_cases
from tocsin.compile.places import of_alert
from tocsin.compile.runbooks import runbook
from tocsin.compile.spec_alert_labels import SpecAlertLabels, engine_of, identity_labels, query_of, set_labels
from tocsin.compile.thresholds import threshold_limit
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.lang.quantities import UNITS, format_quantity
from tocsin.plan.links import alert_links, filtered_panel, page_url, panel_url
from tocsin.plan.model import Alert, DashboardRef, Dependency, Engine, PageRef, PanelRef, Rule
from tocsin.plan.names import page_file
from tocsin.plan.telling_labels import AlertTexts, filter_labels
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tocsin.compile.frame import Frame
    from tocsin.plan.model import RulePlaces
    from tocsin.spec import alerts
    from tocsin.spec.model import Spec


def build_alert(
    spec: Spec,
    frame: Frame,
    group_name: str,
    name: str,
    dashboard: DashboardRef,
    panel_id: int,
    depends_on: tuple[Dependency, ...],
) -> Alert:
    """One alert of the spec with everything settled."""
    project = frame.project
    group = spec.groups[group_name]
    written = group.alerts[name]
    engine = engine_of(written)
    text = query_of(written).strip("\n")
    shape = promql if engine is Engine.PROMETHEUS else logql
    split = shape.split_comparison(text) if written.expr is not None else None
    query = text if split is None else split[0]
    panel = PanelRef(panel_id, written.panel.title or name, panel_url(dashboard.url, panel_id))
    page = PageRef(page_file(name), written.runbook.url or page_url(project.urls, page_file(name)))
    place = Place(("groups", group_name, "alerts", name))
    labels = identity_labels(spec, group, written, frame.flows)
    per = labels.per if labels.sure else ()
    drawn = written.panel.promql or query
    filters = _filters(written, per, drawn, engine, frame, labels)
    annotations = {
        "summary": written.summary,
        "description": written.description,
        **written.annotations,
        **({"runbook_url": page.url} if page.url else {}),
        **({"dashboard_url": _panel_link(panel.url, filters, labels)} if panel.url else {}),
    }
    common = _Common(
        alert=name,
        text=text,
        engine=engine,
        labels=set_labels(spec, group, written),
        annotations=annotations,
        written=of_alert(spec, group, written, place.path, annotations),
        place=place,
    )
    rules = tuple(_rules(spec, written, common))
    told, told_complete = frame.told(rules)
    return Alert(
        name=name,
        group=group_name,
        engine=engine,
        summary=written.summary,
        description=written.description,
        team=written.team or group.team,
        query=drawn,
        log_queries=logql.log_selectors(text) if engine is Engine.LOKI else (),
        unit=UNITS[written.unit],
        per=per,
        legend=written.panel.legend,
        minimum=written.panel.minimum,
        maximum=written.panel.maximum,
        rules=rules,
        told=told,
        told_complete=told_complete,
        related=tuple(written.related),
        depends_on=depends_on,
        missing_data=written.missing_data,
        panel=panel,
        links=alert_links(project.urls, engine, name, query, project.loki_uid),
        runbook=runbook(spec, written.runbook, rules[0].severity, page),
        cases=build_cases(written, rules, place),
        place=place,
        filters=filters,
    )


def _filters(
    written: alerts.Alert,
    per: tuple[str, ...],
    query: str,
    engine: Engine,
    frame: Frame,
    labels: SpecAlertLabels,
) -> tuple[str, ...]:
    """The labels by which an alert's panel can be filtered; both its query and the alert have them."""
    texts = AlertTexts(
        per,
        (written.summary, written.description),
        tuple(series for case in written.tests for series in case.series),
    )
    found = filter_labels(texts, query, engine, frame.flows.labels(query, engine), labels.own)
    return tuple(label for label in found if labels.can_have(label))


def _panel_link(url: str, filters: tuple[str, ...], labels: SpecAlertLabels) -> str:
    sure = [label for label in filters if labels.result.label(label).is_guaranteed]
    return filtered_panel(url, sure, [label for label in filters if label not in sure])


@value_object
class _Common:
    """What the rules of one alert share."""

    alert: str
    text: str
    engine: Engine
    labels: Mapping[str, str]
    """All but the severity."""
    annotations: Mapping[str, str]
    written: Callable[[str], RulePlaces]
    """Where the author wrote the texts of one severity."""
    place: Place


@value_object
class _Compared:
    """The expression of one rule, and its threshold where it could be told apart."""

    expr: str
    comparison: str | None
    threshold: float | None
    threshold_text: str | None


def _rules(spec: Spec, written: alerts.Alert, common: _Common) -> Iterator[Rule]:
    shape = promql if common.engine is Engine.PROMETHEUS else logql
    if written.expr is not None:
        split = shape.split_comparison(common.text)
        value = None if split is None else _number(split[2])
        compared = _Compared(common.text, None, None, None)
        if split is not None and value is not None:
            compared = _Compared(common.text, split[1], value, format_quantity(value, written.unit))
        yield _rule(spec, written, common, written.severity or "", compared)
        return
    query = shape.comparable(common.text)
    for severity in sorted(written.thresholds, key=lambda name: spec.severities[name].rank):
        at = threshold_limit(written.thresholds[severity], written.unit)
        compared = _Compared(f"{query}{at.operator} {at.number}", at.operator, at.value, at.text)
        yield _rule(spec, written, common, severity, compared)


def _rule(spec: Spec, written: alerts.Alert, common: _Common, severity: str, compared: _Compared) -> Rule:
    """The rule of one severity."""
    threshold = written.thresholds.get(severity)
    defaults = spec.project.defaults
    return Rule(
        alert=common.alert,
        severity=severity,
        engine=common.engine,
        expr=compared.expr,
        for_=(threshold and threshold.for_) or written.for_ or defaults.for_,
        keep_firing_for=(threshold and threshold.keep_firing_for)
        or written.keep_firing_for
        or defaults.keep_firing_for,
        labels={"severity": severity, **common.labels},
        annotations=common.annotations,
        comparison=compared.comparison,
        threshold=compared.threshold,
        threshold_text=compared.threshold_text,
        written=common.written(severity),
        place=common.place,
    )


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
