"""What the queries of one plan return: label flow that knows the plan's recording rules."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.answers import KeepsAnswers, answered_once
from tocsin.lang.errors import LangError
from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.promql.flow import RecordedExpression as RecordedMetric
from tocsin.lang.promql.flow import Recordings, promql_flows
from tocsin.plan.model import Engine, Recording
from tocsin.plan.parts import recordings_with_groups
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tocsin.lang.flow.model import Flow
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Plan, Rule, RuleGroup

_OR = re.compile(r"\bor\b", re.IGNORECASE)


class QueryFlows(KeepsAnswers):
    """The label flow of queries beside the recording rules of one plan, each inferred once.

    Recordings write metrics of Prometheus, those of logs as well: Loki sends what it records to Prometheus.
    """

    def __init__(self, recorded: Iterable[RecordedMetric] = ()) -> None:
        self.recordings = Recordings(recorded)
        self._sure: dict[str, Flows | None] = {}
        self._by_name: dict[str, Flows | None] = {}
        self._results: dict[str, Flow | None] = {}

    def flows(self, expr: str, *, conventions: bool = False) -> Flows | None:
        """The flows of all parts of a PromQL expression; None when it cannot be read."""
        known = self._by_name if conventions else self._sure
        if expr not in known:
            try:
                known[expr] = promql_flows(expr, self.recordings, conventions=conventions)
            except LangError:
                known[expr] = None
        return known[expr]

    def labels(self, expr: str, engine: Engine) -> Flow | None:
        """What an expression can return whatever samples or lines there are; None when it cannot be read."""
        if engine is Engine.PROMETHEUS:
            flows = self.flows(expr)
            return None if flows is None else flows.result
        try:
            return logql_flow(expr)
        except LangError:
            return None

    def result(self, rule: Rule | Recording, *, conventions: bool = False) -> Flow | None:
        """What a rule's expression can return, in either language; None when it cannot be read.

        Unless `conventions` are asked for, neither its labels, nor that it is empty or always the same
        number, rests on the names of metrics; the range of its value may.
        """
        if rule.engine is not Engine.PROMETHEUS:
            return self.labels(rule.expr, rule.engine)
        if conventions:
            flows = self.flows(rule.expr, conventions=True)
            return None if flows is None else flows.result
        if rule.expr not in self._results:
            self._results[rule.expr] = self._result(rule.expr)
        return self._results[rule.expr]

    def _result(self, expr: str) -> Flow | None:
        # Of which side of an `or` there is nothing, and so whose labels stay, conventions may decide.
        if _OR.search(expr) is not None:
            flows = self.flows(expr)
        else:
            flows = self.flows(expr, conventions=True)
            if flows is not None and _is_decided(flows.result):
                flows = self.flows(expr)
        return None if flows is None else flows.result


@answered_once
def query_flows(plan: Plan) -> QueryFlows:
    """The flows of a plan's queries; asking twice costs nothing."""
    return flows_beside(rule for _, rule in recordings_with_groups(plan))


def recordings_in(groups: Iterable[RuleGroup]) -> tuple[Recording, ...]:
    """The recording rules of rule groups, in their order."""
    return tuple(rule for group in groups for rule in group.rules if isinstance(rule, Recording))


def flows_beside(recordings: Iterable[Recording]) -> QueryFlows:
    """The flows beside some recording rules, which are inferred once for a spec and for its plan."""
    return _flows_beside(tuple(_Recorded.of(rule) for rule in recordings))


@value_object
class _Recorded:
    """What decides the flow of a recording rule."""

    name: str
    expr: str
    labels: tuple[tuple[str, str], ...]
    engine: Engine

    @staticmethod
    def of(rule: Recording) -> _Recorded:
        return _Recorded(rule.record, rule.expr, tuple(rule.labels.items()), rule.engine)


@lru_cache(maxsize=2)
def _flows_beside(recorded: tuple[_Recorded, ...]) -> QueryFlows:
    return QueryFlows(
        RecordedMetric(one.name, one.expr, dict(one.labels), _logs(one.engine, one.expr)) for one in recorded
    )


def _logs(engine: Engine, expr: str) -> Callable[[], Flow] | None:
    return None if engine is Engine.PROMETHEUS else lambda: logql_flow(expr)


def _is_decided(flow: Flow) -> bool:
    """Whether the conventions may have decided that it is empty, or which number it is."""
    return flow.empty is not None or flow.value.constant is not None
