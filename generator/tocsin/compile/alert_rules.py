"""The rules of an alert of the spec: thresholds become comparisons, and defaults are filled in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.alert_source import RuleSource
from tocsin.compile.own_rules import by_urgency, shared_query
from tocsin.compile.places import of_alert, of_rule
from tocsin.compile.severity_labels import severity_label, severity_rank
from tocsin.compile.spec_alert_labels import engine_of, query_of
from tocsin.compile.thresholds import threshold_limit
from tocsin.lang.logql import shape as logql
from tocsin.lang.promql import shape as promql
from tocsin.lang.quantities import format_quantity
from tocsin.plan.model import Engine
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.compile.alert_source import AlertSource
    from tocsin.plan.model import RulePlaces
    from tocsin.spec import alerts
    from tocsin.spec.model import Spec


@value_object
class _Compared:
    """The expression of one rule, and its threshold where it can be separated."""

    expr: str
    comparison: str | None = None
    threshold: float | None = None
    threshold_text: str | None = None


def written_rules(spec: Spec, source: AlertSource, annotations: Mapping[str, str]) -> Iterator[RuleSource]:
    """The rules for all of an alert's series, the most urgent severity first.

    `annotations` are those that they share.
    """
    alert = source.settings
    if alert.rules:
        yield from _own_rules(spec, source, annotations)
        return
    places = of_alert(spec, spec.groups[source.group], alert, source.place.path, annotations)
    shape = promql if engine_of(alert) is Engine.PROMETHEUS else logql
    text = query_of(alert).strip("\n")
    if alert.expr is not None:
        compared = _compared(alert, text)
        yield _rule(spec, source, alert.severity or "", compared, places(alert.severity or ""))
        return
    query = shape.comparable(text)
    is_written = spec.project.defaults.rule_order == "written"
    order = {name: number for number, name in enumerate(alert.thresholds)} if is_written else {}
    for severity in sorted(alert.thresholds, key=lambda name: severity_rank(spec, name)):
        at = threshold_limit(alert.thresholds[severity], alert.unit)
        compared = _Compared(f"{query}{at.operator} {at.number}", at.operator, at.value, at.text)
        yield _rule(spec, source, severity, compared, places(severity), order.get(severity, 0))


def _rule(
    spec: Spec,
    source: AlertSource,
    severity: str,
    compared: _Compared,
    written: RulePlaces,
    order: int = 0,
) -> RuleSource:
    """The rule of one severity."""
    alert = source.settings
    threshold = alert.thresholds.get(severity)
    defaults = spec.project.defaults
    return RuleSource(
        severity=severity_label(spec, severity, source.labels),
        expr=compared.expr,
        comparison=compared.comparison,
        threshold=compared.threshold,
        threshold_text=compared.threshold_text,
        for_=(threshold and threshold.for_) or alert.for_ or defaults.for_,
        keep_firing_for=(threshold and threshold.keep_firing_for)
        or alert.keep_firing_for
        or defaults.keep_firing_for,
        written=written,
        labels={},
        annotations={},
        order=order,
    )


def _own_rules(spec: Spec, source: AlertSource, annotations: Mapping[str, str]) -> Iterator[RuleSource]:
    """Those of an alert each of whose rules has a condition of its own."""
    alert, defaults = source.settings, spec.project.defaults
    group, path = spec.groups[source.group], source.place.path
    has_one_query = shared_query(alert) is not None
    for one in by_urgency(spec, alert):
        rule, at = one.item, one.limit
        if not has_one_query:
            compared = _Compared(one.expr)
        elif at is None:
            compared = _compared(alert, one.expr)
        else:
            compared = _Compared(one.expr, at.operator, at.value, at.text)
        texts = {**annotations, **rule.texts}
        yield RuleSource(
            severity=severity_label(spec, one.severity, {**source.labels, **rule.labels}),
            expr=one.expr,
            comparison=compared.comparison,
            threshold=compared.threshold,
            threshold_text=compared.threshold_text,
            for_=(one.threshold and one.threshold.for_) or rule.for_ or alert.for_ or defaults.for_,
            keep_firing_for=(one.threshold and one.threshold.keep_firing_for)
            or rule.keep_firing_for
            or alert.keep_firing_for
            or defaults.keep_firing_for,
            written=of_rule(spec, group, alert, path, one.number, one.severity, texts),
            labels=rule.labels,
            annotations=rule.texts,
            order=one.order,
        )


def _compared(alert: alerts.Alert, text: str) -> _Compared:
    """A complete expression, with its threshold where it has a number for one."""
    shape = promql if engine_of(alert) is Engine.PROMETHEUS else logql
    split = shape.split_comparison(text)
    value = None if split is None else _number(split[2])
    if split is None or value is None:
        return _Compared(text)
    return _Compared(text, split[1], value, format_quantity(value, alert.unit))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
