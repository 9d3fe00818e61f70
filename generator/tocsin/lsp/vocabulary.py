"""The metrics and labels that the queries of a project use, and the labels that its alerts have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.checks.framework.query_trees import logql_parts, promql_parts
from tocsin.lang.logql import ast as logql
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.query_flows import query_flows
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.lang.flow.model import Flow
    from tocsin.plan.model import Plan

    Path = tuple[str | int, ...]


@value_object
class Vocabulary:
    """What the queries of a project name."""

    metrics: tuple[str, ...]
    labels: tuple[str, ...]
    log_labels: tuple[str, ...]


@answered_once
def vocabulary(plan: Plan) -> Vocabulary:
    """The metrics and labels of all rules; asking twice costs nothing."""
    metrics: set[str] = set()
    labels: set[str] = set()
    of_logs: set[str] = set()
    for group in plan.rule_groups:
        for rule in group.rules:
            if isinstance(rule, Recording):
                metrics.add(rule.record)
                labels.update(rule.labels)
            if rule.engine is Engine.LOKI:
                of_logs.update(_log_labels(logql_parts(rule.expr)))
                continue
            for part in promql_parts(rule.expr):
                if isinstance(part, promql.Selector):
                    if part.name is not None:
                        metrics.add(part.name)
                    labels.update(one.name for one in part.matchers)
                elif isinstance(part, promql.Aggregation) and part.grouping is not None:
                    labels.update(part.grouping.labels)
                elif isinstance(part, promql.Binary):
                    labels.update((*part.matching.labels, *part.matching.include))
    labels.discard("__name__")
    return Vocabulary(tuple(sorted(metrics)), tuple(sorted(labels)), tuple(sorted(of_logs)))


def _log_labels(parts: Iterable[logql.Node]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, logql.Selector):
            yield from (one.name for one in part.matchers)
        elif isinstance(part, logql.Aggregation) and part.grouping is not None:
            yield from part.grouping.labels


def labels_of_alert(plan: Plan, path: Path, name: str) -> tuple[list[str], bool]:
    """The labels that the query of the rule at a path returns, and whether there may be others.

    Those that the author says to tell the instances apart come first.

    `name` is that of the document.
    """
    for rule in _rules(plan):
        where = rule.place.path
        # Each severity of an alert of a spec has a place of its own inside of the alert.
        is_of_spec = path[2:3] == ("alerts",) and where[:4] == path[:4]
        if is_of_spec or (where and (name, *path)[: len(where)] == where):
            flow = query_flows(plan).result(rule, conventions=True)
            if flow is not None:
                named = (
                    one.per for group in plan.groups for one in group.alerts if one.name == rule.alert_key
                )
                apart = next(named, ())
                return [*dict.fromkeys((*apart, *_labels(flow, (*rule.labels,))))], flow.is_open
    return [], True


def labels_of_query(plan: Plan, expr: str, engine: Engine) -> list[str]:
    """The labels that the result of a part of a query is known to have."""
    if engine is Engine.PROMETHEUS:
        flows = query_flows(plan).flows(expr, conventions=True)
        return [] if flows is None else _labels(flows.result, ())
    flow = query_flows(plan).labels(expr, engine)
    return [] if flow is None else _labels(flow, ())


def _labels(flow: Flow, more: tuple[str, ...]) -> list[str]:
    return [*dict.fromkeys((*flow.guaranteed, *flow.possible, *more))]


def _rules(plan: Plan) -> Iterator[Rule]:
    for group in plan.rule_groups:
        for rule in group.rules:
            if isinstance(rule, Rule):
                yield rule
