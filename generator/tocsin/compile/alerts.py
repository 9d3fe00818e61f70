"""Alerts with everything settled: their texts, links, labels and rules come together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.cases import build_cases
from tocsin.compile.own_rules import condition_drawn, inhibiting_severities
from tocsin.compile.runbooks import labelled_command, runbook
from tocsin.compile.spec_alert_labels import engine_of, identity_labels, queries_of, query_of
from tocsin.lang.label_placeholders import filled_in_template
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.lang.quantities import UNITS
from tocsin.plan.links import alert_links, filtered_panel, page_url, panel_url
from tocsin.plan.model import Alert, Engine, Membership, PageRef, PanelRef, Rule
from tocsin.plan.names import page_file
from tocsin.plan.rule_variants import tell_apart
from tocsin.plan.telling_labels import AlertTexts, filter_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from tocsin.compile.alert_source import AlertSource, RuleSource
    from tocsin.compile.frame import Frame
    from tocsin.compile.spec_alert_labels import SpecAlertLabels
    from tocsin.plan.model import DashboardRef, Dependency
    from tocsin.spec import alerts
    from tocsin.spec.model import Spec


def build_alert(
    spec: Spec,
    frame: Frame,
    source: AlertSource,
    rules_of: Callable[[Mapping[str, str]], Iterable[RuleSource]],
    dashboard: DashboardRef,
    panel_id: int,
    depends_on: tuple[Dependency, ...],
) -> Alert:
    """One alert of the spec with everything settled.

    `rules_of` gives its rules, the most urgent severity first, by the annotations that they share.
    """
    project, settings, name = frame.project, source.settings, source.name
    engine = engine_of(settings)
    text = (condition_drawn(spec, settings) if settings.rules else query_of(settings)).strip("\n")
    shape = promql if engine is Engine.PROMETHEUS else logql
    split = shape.split_comparison(text) if settings.expr is not None else None
    query = text if split is None else split[0]
    panel = PanelRef(panel_id, settings.panel.title or source.alertname, panel_url(dashboard.url, panel_id))
    member = settings.member
    file = page_file(name if member is None or member.own_page else member.family)
    page = PageRef(file, settings.runbook.url or page_url(project.urls, file))
    labels = identity_labels(source, frame.flows)
    per = labels.per if labels.sure else ()
    drawn = settings.panel.promql or query
    filters = _filters(settings, per, drawn, engine, frame, labels)
    annotations = {
        **({"summary": settings.summary} if settings.summary else {}),
        **({"description": settings.description} if settings.description else {}),
        **settings.annotations,
    }
    links = _generated_links(spec, source)
    if page.url and (settings.runbook.url or "runbook_url" in links):
        annotations.setdefault("runbook_url", page.url)
    if settings.panel.url or (panel.url and "dashboard_url" in links):
        drawn_at = settings.panel.url or _panel_link(panel.url or "", filters, labels)
        annotations.setdefault("dashboard_url", drawn_at)
    if (command := labelled_command(settings.runbook)) is not None:
        annotations.setdefault("command", filled_in_template(command.strip("\n")))
    rules = tell_apart([_rule(source, engine, annotations, rule) for rule in rules_of(annotations)])
    told, told_complete = frame.told(rules)
    return Alert(
        name=name,
        alertname=source.alertname,
        group=source.group,
        engine=engine,
        summary=settings.summary or rules[0].annotations.get("summary", ""),
        description=settings.description or rules[0].annotations.get("description", ""),
        team=source.team,
        query=drawn,
        log_queries=_log_queries(settings) if engine is Engine.LOKI else (),
        unit=UNITS[settings.unit],
        per=per,
        legend=settings.panel.legend,
        minimum=settings.panel.minimum,
        maximum=settings.panel.maximum,
        rules=rules,
        told=told,
        told_complete=told_complete,
        related=tuple(settings.related),
        depends_on=depends_on,
        missing_data=settings.missing_data,
        panel=panel,
        links=alert_links(project.urls, engine, source.alertname, query, project.loki_uid),
        runbook=runbook(spec, settings.runbook, rules[0].severity, page),
        cases=build_cases(spec, settings, rules, source.place),
        place=source.place,
        inhibiting=inhibiting_severities(spec, rules),
        filters=filters,
        member=_membership(settings.member),
    )


_LINKS = {
    "none": frozenset[str](),
    "runbook": frozenset({"runbook_url"}),
    "dashboard": frozenset({"dashboard_url"}),
    "all": frozenset({"runbook_url", "dashboard_url"}),
}


def _generated_links(spec: Spec, source: AlertSource) -> frozenset[str]:
    """The annotations with addresses that Tocsin writes by itself."""
    group = spec.groups.get(source.group)
    chosen = source.settings.links or (group and group.links) or spec.project.defaults.links
    return _LINKS[chosen]


def _log_queries(settings: alerts.Alert) -> tuple[str, ...]:
    texts = [text.strip("\n") for _, text in queries_of(settings)]
    return tuple(dict.fromkeys(query for one in texts for query in logql.log_selectors(one)))


def _membership(member: alerts.Membership | None) -> Membership | None:
    if member is None:
        return None
    return Membership(
        member.family, member.labels, member.summary, member.description, member.query.strip("\n")
    )


def _filters(
    settings: alerts.Alert,
    per: tuple[str, ...],
    query: str,
    engine: Engine,
    frame: Frame,
    labels: SpecAlertLabels,
) -> tuple[str, ...]:
    """The labels by which an alert's panel can be filtered; both its query and the alert have them."""
    texts = AlertTexts(
        per,
        (settings.summary or "", settings.description or ""),
        tuple(series for case in settings.tests for series in case.series),
    )
    found = filter_labels(texts, query, engine, frame.flows.labels(query, engine), labels.own)
    return tuple(label for label in found if labels.can_have(label))


def _panel_link(url: str, filters: tuple[str, ...], labels: SpecAlertLabels) -> str:
    sure = [label for label in filters if labels.always_has(label)]
    return filtered_panel(url, sure, [label for label in filters if label not in sure])


def _rule(source: AlertSource, engine: Engine, annotations: Mapping[str, str], rule: RuleSource) -> Rule:
    # It stands first, and the labels of a group's options give way to it.
    severity = {"severity": rule.severity} if rule.severity else {}
    annotations = {**annotations, **rule.annotations}
    return Rule(
        alert=source.alertname,
        key=source.name,
        severity=rule.severity,
        engine=engine,
        expr=rule.expr,
        for_=rule.for_,
        keep_firing_for=rule.keep_firing_for,
        labels={**severity, **source.labels, **rule.labels, **severity},
        annotations=annotations,
        comparison=rule.comparison,
        threshold=rule.threshold,
        threshold_text=rule.threshold_text,
        written=rule.written,
        place=source.place,
        condition=rule.condition,
        selected=rule.selected,
        order=rule.order,
        added=tuple(name for name in annotations if rule.written.annotation(name) is None),
    )
