"""Checks of labels: what a text reads, and what the query can return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.annotation_templates import templates
from tocsin.checks.framework.check import Finding, check_shares
from tocsin.checks.framework.kept_labels import edit_to_keep
from tocsin.checks.framework.labels_from_outside import labels_from_outside
from tocsin.checks.framework.query_units import (
    metric_names,
    rule_tree,
    strip_parentheses,
    written_number,
)
from tocsin.checks.framework.series_labels import carried_labels
from tocsin.checks.framework.vmalert import has_broadcast, is_of_vmalert
from tocsin.diagnostics.model import Level
from tocsin.lang.promql import ast as promql
from tocsin.lang.promql.flow.conventions import LABELS_OF_SERVERS
from tocsin.lang.promql.label_sources import is_join, source_of
from tocsin.plan.model import Engine
from tocsin.plan.outside_labels import recorded_names, result_from_any_source
from tocsin.plan.source_spans import expr_piece
from tocsin.text.regex_on_use import regex_on_use
from tocsin.text.suggest import did_you_mean, nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.checks.framework.annotation_templates import TemplateText
    from tocsin.checks.framework.plan_slice import Share
    from tocsin.lang.flow.model import Why
    from tocsin.lang.gotemplate.alert_data import LabelUse
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Rule
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.source.place import Place


_COMMON = ("instance", "job")
"""The labels that scraped series have."""
_OF_RULES = frozenset(
    {"severity", "priority", "urgency", "escalation", "page", "pager", "paging", "notify", "oncall"}
    | {"team", "owner", "squad", "responsible", "runbook", "runbook_url", "dashboard"}
)
"""Labels that say who is notified of an alert, and how: a scrape adds none of them."""
_WELL_KNOWN = regex_on_use(
    r"(?:up|absent)$|(?:node|kube|kubelet|container|process|go|jvm|http|probe|scrape|prometheus|alertmanager|mysql"
    r"|pg|redis|nginx|haproxy|rabbitmq|kafka|mongodb|elasticsearch|etcd|apiserver|traefik|loki|grafana)_"
)
"""Metrics of which everybody knows the labels."""
_LONG = 5
"""From this length on, a name that differs in a letter or two is a slip rather than another name."""


@check_shares("label/dropped", Level.ERROR)
def dropped(share: Share) -> Iterator[Finding]:
    """A text uses a label that the query cannot return.

    Why:
        `$labels` are the labels of the query's result. A label that the query removed, or never had,
        prints nothing: the person who is woken reads "CPU is high on instance " and does not know where.

    Fix:
        Keep the label in the query, as by adding it to `by (…)`, or leave it out of the text.

    Bad:
        - alert: BusyHost
          expr: avg(rate(node_cpu_seconds_total{mode="user"}[5m])) > 0.8
          annotations: {summary: "CPU of {{ $labels.instance }} is busy"}

    Good:
        - alert: BusyHost
          expr: |
            avg by (instance) (rate(node_cpu_seconds_total{mode="user"}[5m]))
              > 0.8
          annotations: {summary: "CPU of {{ $labels.instance }} is busy"}
    """
    for rule, name, uses, why, kept in _lost(share):
        from_any = result_from_any_source(rule)
        if from_any is None or not from_any.label(name).is_impossible:
            continue
        (text, use), *again = uses
        yield Finding(
            f"{text.said} uses `$labels.{name}`, but the query cannot return it",
            at=text.piece(use.span),
            also=(*_reasons(rule, why), *((other.piece(one.span), "and here") for other, one in again)),
            help=_help(rule, name, why, kept),
            about=rule.place,
        )


@check_shares("label/dropped-by-recording", Level.WARNING)
def dropped_by_recording(share: Share) -> Iterator[Finding]:
    """A text uses a label that the recording rule of the query's metric does not keep.

    Why:
        The series of a recorded metric have the labels that its rule keeps. Another one prints nothing.
        Where the series come from another server as well, as by federation, that server may add it:
        a label of the level in the metric's name, as in `cluster:requests:rate5m`, is taken to be there.

    Fix:
        Keep the label in the recording rule, as by adding it to `by (…)`, or leave it out of the text.

    Bad:
        - record: job:errors:rate5m
          expr: sum by (job) (rate(errors_total[5m]))
        - alert: Errors
          expr: job:errors:rate5m > 1
          annotations: {summary: "errors on {{ $labels.route }}"}

    Good:
        - record: job_route:errors:rate5m
          expr: sum by (job, route) (rate(errors_total[5m]))
        - alert: Errors
          expr: job_route:errors:rate5m > 1
          annotations: {summary: "errors on {{ $labels.route }}"}
    """
    known = share.around.flows
    for rule, name, uses, why, kept in _lost(share):
        recorded = recorded_names(rule, known)
        if not recorded or any(name in one.partition(":")[0].split("_") for one in recorded if ":" in one):
            continue
        from_any = result_from_any_source(rule)
        if from_any is None or from_any.label(name).is_impossible:
            continue
        if share.around.has(labels_from_outside, name):
            continue
        (text, use), *again = uses
        metric = recorded[0]
        yield Finding(
            f"{text.said} uses `$labels.{name}`, which the rule that records `{metric}` does not keep",
            at=text.piece(use.span),
            also=(*_reasons(rule, why), *((other.piece(one.span), "and here") for other, one in again)),
            help=_meant(name, kept) or f"keep `{name}` in the recording rule, or leave it out of the text",
            about=rule.place,
        )


def _lost(
    share: Share,
) -> Iterator[tuple[Rule, str, list[tuple[TemplateText, LabelUse]], Why, list[str]]]:
    """Labels that texts use and queries cannot return: the rule, the label, where, why, what is kept."""
    known = share.around.flows
    for rule, texts in templates(share):
        used = [(text, use) for text in texts for use in text.reads.labels if not use.asked]
        flow = known.result(rule) if used else None
        if flow is None or flow.empty is not None:
            continue
        kept = [name for name, fact in flow.labels.items() if not fact.is_impossible]
        by_label: dict[str, list[tuple[TemplateText, LabelUse]]] = {}
        for text, use in used:
            if flow.label(use.name).is_impossible:
                by_label.setdefault(use.name, []).append((text, use))
        if by_label and is_of_vmalert(rule, share.around) and has_broadcast(rule, known):
            continue
        for name, uses in by_label.items():
            if not _is_lost_in_join(rule, name, known):
                yield rule, name, uses, flow.label(name).why, kept


def _is_lost_in_join(rule: Rule, name: str, known: QueryFlows) -> bool:
    """Whether the measured side of an `and` or a `group_left` has the label, and only the other one lost it.

    Then no series has a partner, which `query/scraped-join` reports.
    """
    flows = known.flows(rule.expr) if rule.engine is Engine.PROMETHEUS else None
    node = None if flows is None else strip_parentheses(flows.tree)
    while flows is not None and isinstance(node, promql.Binary):
        measured = node.right if node.matching.many == "right" else node.left
        is_scraped = name in _COMMON and not any(one in known.recordings for one in metric_names(measured))
        if _is_grouped_apart(node, name, flows, known):
            return True
        is_join = node.op == "and" or (node.matching.many is not None and is_scraped)
        if not is_join and written_number(node.right) is None:
            return False
        if is_join and node.matching.how != "on" and not flows.of(measured).label(name).is_impossible:
            return True
        node = strip_parentheses(measured)
    return False


def _is_grouped_apart(node: promql.Binary, name: str, flows: Flows, known: QueryFlows) -> bool:
    """Whether a join compares all labels, and one side is grouped by one that the other side has lost."""
    if not is_join(node) or node.matching.how is not None:
        return False
    for side, other in ((node.left, node.right), (node.right, node.left)):
        source = source_of(side, known.recordings)
        grouping = source.grouping if isinstance(source, promql.Aggregation) else None
        is_grouped = grouping is not None and grouping.how == "by" and name in grouping.labels
        if is_grouped and name not in LABELS_OF_SERVERS and flows.of(other).label(name).is_impossible:
            return True
    return False


@check_shares("label/own", Level.WARNING)
def own(share: Share) -> Iterator[Finding]:
    """A text reads a label that the rule sets, but templates see the labels of the query only.

    Why:
        Prometheus fills in the texts before it puts the rule's own labels onto the alert:
        `$labels.severity` prints nothing, though the alert has a severity.

    Fix:
        Write the value itself, as it is the same for every alert of the rule.

    Bad:
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
          annotations: {summary: "{{ $labels.severity }}: a target is down"}

    Good:
        - alert: Down
          expr: up == 0
          labels: {severity: critical}
          annotations: {summary: "Critical: {{ $labels.job }} is down"}
    """
    known = share.around.flows
    for rule, texts in templates(share):
        used = [
            (text, use)
            for text in texts
            for use in text.reads.labels
            if not use.asked and (use.name == "alertname" or _is_of_rules(use.name, rule))
        ]
        flow = known.result(rule) if used else None
        if flow is None or flow.empty is not None or not flow.is_open:
            continue
        for text, use in used:
            if use.name in flow.labels or text.name == use.name or share.around.has(carried_labels, use.name):
                continue
            if use.name == "alertname" and "alert" in rule.expr:
                # Metrics about alerts have the label themselves.
                continue
            value = rule.alert if use.name == "alertname" else rule.labels[use.name]
            place = rule.written.name if use.name == "alertname" else rule.written.labels.get(use.name)
            if "{{" in value:
                continue
            yield Finding(
                f"{text.said} uses `$labels.{use.name}`, which is not there before the alert is sent",
                at=text.piece(use.span),
                also=() if place is None else ((place, "the rule sets it, and templates do not see it"),),
                help=f"write `{value}` itself",
                about=rule.place,
            )


def _is_of_rules(name: str, rule: Rule) -> bool:
    """Whether a rule sets a label that only rules set, and its metrics are known not to have it.

    Another label may be on the series as well, and a log of events can bring a severity of its own.
    """
    if name not in rule.labels or name.lower() not in _OF_RULES:
        return False
    tree = rule_tree(rule)
    names = () if tree is None else metric_names(tree)
    return bool(names) and all(_WELL_KNOWN.match(one) for one in names)


def _reasons(rule: Rule, why: Why | None) -> Iterator[tuple[Place, str]]:
    while why is not None:
        if why.span != (0, 0):
            yield expr_piece(rule, why.span), why.reason
        why = why.because


def _meant(name: str, kept: Iterable[str]) -> str | None:
    """What was meant instead of a label, where that is something that the query has."""
    if name.lower() == "value":
        return "the value of the query is `$value`"
    kept = tuple(kept)
    longer = [
        one for one in kept if name in (f"{one}name", f"{one}_name") or one in (f"{name}name", f"{name}_name")
    ]
    meant = longer[0] if longer else nearest(name, kept) if len(name) >= _LONG else None
    return None if meant is None else f"did you mean `{meant}`, which the query keeps?"


def _help(rule: Rule, name: str, why: Why, kept: Iterable[str]) -> str:
    """The label that was meant, or how the query would keep the one that is used."""
    if (set_ := rule.labels.get(name)) is not None and "{{" not in set_:
        return f"write `{set_}` itself: texts do not see the labels that the rule sets"
    if (known := _meant(name, kept)) is not None:
        return known
    slip = len(name) >= _LONG and name not in _COMMON
    if slip and (meant := nearest(name, _COMMON)) is not None:
        edit = edit_to_keep(rule, meant, why)
        return f"did you mean `{meant}`?" + (f" To keep that, {edit}" if edit is not None else "")
    edit = edit_to_keep(rule, name, why)
    if edit is None:
        return "leave the label out, or change the query so that its result has it"
    return f"{edit}, or leave the label out"


@check_shares("label/external", Level.WARNING)
def external(share: Share) -> Iterator[Finding]:
    """A text uses an external label that the server's configuration does not have.

    Why:
        `$externalLabels` are the `external_labels` of the Prometheus that evaluates the rule. One that is
        not among them prints nothing.

    Fix:
        Write the name as it stands in `prometheus.yml`, or add the label there. Only asked where that
        file is checked with the rules.

    Bad:
        global: {external_labels: {cluster: lisbon}}
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: "down in {{ $externalLabels.region }}"}

    Good:
        global: {external_labels: {cluster: lisbon}}
        ---
        - alert: Down
          expr: up == 0
          annotations: {summary: "down in {{ $externalLabels.cluster }}"}
    """
    if share.around.server is None:
        return
    labels = share.around.server.external_labels
    for rule, texts in templates(share):
        for text in texts if rule.engine is Engine.PROMETHEUS else ():
            for use in text.reads.external:
                if use.asked or use.name in labels:
                    continue
                yield Finding(
                    f"{text.said} uses `$externalLabels.{use.name}`, which this server does not have",
                    at=text.piece(use.span),
                    also=((share.around.server.place, "its `external_labels` are here"),),
                    help=did_you_mean(use.name, labels),
                    about=rule.place,
                )
