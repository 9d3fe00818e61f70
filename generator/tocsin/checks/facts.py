"""What is known of the expressions of a plan: computed once for all checks."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.alerts import recording
from tocsin.checks.same import Same
from tocsin.lang.errors import LangError
from tocsin.lang.logql.ast import walk as logql_walk
from tocsin.lang.logql.flow import logql_flows
from tocsin.lang.logql.parser import parse_logql
from tocsin.lang.promql.ast import walk as promql_walk
from tocsin.lang.promql.flow import Recording, Recordings, promql_flows
from tocsin.lang.promql.parser import parse_promql
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from tocsin.lang.flow.model import Flow
    from tocsin.lang.logql import ast as logql
    from tocsin.lang.promql import ast as promql
    from tocsin.lang.promql.flow import Flows
    from tocsin.plan.model import Plan, Rule
    from tocsin.plan.model import Recording as PlannedRecording

_OR = re.compile(r"\bor\b", re.IGNORECASE)


class Facts:
    """The label flow of the rules of one plan, which knows its recording rules."""

    def __init__(self, recordings: Recordings) -> None:
        self.recordings = recordings
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

    def result(self, rule: Rule | PlannedRecording, *, conventions: bool = False) -> Flow | None:
        """What a rule's expression can return, in either language; None when it cannot be read.

        Unless `conventions` are asked for, neither its labels, nor that it is empty or always the same
        number, rests on the names of metrics; the range of its value may.
        """
        if rule.engine is not Engine.PROMETHEUS:
            try:
                return logql_flows(rule.expr).result
            except LangError:
                return None
        if conventions:
            flows = self.flows(rule.expr, conventions=True)
            return None if flows is None else flows.result
        if rule.expr not in self._results:
            self._results[rule.expr] = self._result(rule.expr)
        return self._results[rule.expr]

    def _result(self, expr: str) -> Flow | None:
        flows = self.flows(expr, conventions=True)
        # Conventions tell of values: only where those decide something is the other inference needed.
        if flows is not None and _depends(expr, flows.result):
            flows = self.flows(expr)
        return None if flows is None else flows.result


def _depends(expr: str, flow: Flow) -> bool:
    """Whether the conventions may have decided what is empty, which number it is, or whose labels stay."""
    return flow.empty is not None or flow.value.constant is not None or _OR.search(expr) is not None


def facts(plan: Plan) -> Facts:
    """The facts of a plan; asking twice costs nothing."""
    return _facts(Same(plan))


@lru_cache(maxsize=2)
def _facts(key: Same[Plan]) -> Facts:
    return Facts(Recordings(Recording(rule.record, rule.expr, rule.labels) for _, rule in recording(key.one)))


@lru_cache(maxsize=32768)
def promql_tree(expr: str) -> promql.Node | None:
    """The tree of a PromQL expression; None when it cannot be read."""
    try:
        return parse_promql(expr)
    except LangError:
        return None


# A dozen checks look at the parts of every query: they are walked over once.
@lru_cache(maxsize=32768)
def promql_parts(expr: str) -> tuple[promql.Node, ...]:
    """All parts of a PromQL expression, outer before inner; none when it cannot be read."""
    tree = promql_tree(expr)
    return () if tree is None else tuple(promql_walk(tree))


@lru_cache(maxsize=32768)
def logql_tree(expr: str) -> logql.Node | None:
    """The tree of a LogQL expression; None when it cannot be read."""
    try:
        return parse_logql(expr)
    except LangError:
        return None


@lru_cache(maxsize=32768)
def logql_parts(expr: str) -> tuple[logql.Node, ...]:
    """All parts of a LogQL expression, outer before inner; none when it cannot be read."""
    tree = logql_tree(expr)
    return () if tree is None else tuple(logql_walk(tree))
