"""The labels with which alerts leave for Alertmanager: the result of the query, and what the rule sets."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.alerts import alerting
from tocsin.checks.facts import facts, promql_parts
from tocsin.checks.same import Same
from tocsin.frozen import frozen
from tocsin.lang.flow.label_values import ANY, MISSING, one
from tocsin.lang.promql.ast import Selector
from tocsin.plan.model import Engine
from tocsin.plan.pieces import tokens
from tocsin.routing.leaving import dropping, leaving
from tocsin.routing.tree import label_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.flow.model import Flow, Why
    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Plan, Relabelling, Rule, Server

_COPIED = re.compile(r"\{\{-?\s*\$labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*-?\}\}")

EXTERNAL = frozenset(
    {"account", "cluster", "cluster_name", "clustername", "datacenter", "dc", "env", "environment"}
    | {"monitor", "project", "prometheus", "prometheus_replica", "receive", "region", "replica"}
    | {"site", "stage", "tenant", "tenant_id", "zone"}
)
"""Labels that servers add to all their alerts (`external_labels`), so that rules need not have them."""
_OF_TARGETS = frozenset({"instance", "job", "pod", "container", "namespace", "node", "severity", "alertname"})


@frozen
class Sent:
    """An alerting rule and what is known of the labels of its alerts."""

    rule: Rule
    flow: Flow | None
    """None where the expression cannot be read."""
    inside: frozenset[str]
    """Names of labels that no server adds to its alerts."""
    server: Server | None
    """The one that sends them, where its configuration is known."""

    def texts(self, name: str) -> LabelValues:
        """All that a label can be; the empty text stands for an alert without it."""
        if self.server is not None:
            return leaving(self.server, name, self._made)
        texts = self._made(name)
        if self.flow is None or name in self.rule.labels:
            return texts
        return ANY if texts.allows("") and name not in self.inside else texts

    def _made(self, name: str) -> LabelValues:
        """What a label can be as the rule makes it."""
        if name == "alertname":
            return one(self.rule.alert)
        value = self.rule.labels.get(name)
        if value is not None:
            return self._said(value)
        if self.flow is None:
            return ANY
        return self.flow.label(name).texts

    def lost(self, name: str) -> Why | None:
        """Why no alert of the rule has a label, where its query decides that; None where one may have it."""
        if name in self.rule.labels or self.flow is None or self.texts(name) != MISSING:
            return None
        fact = self.flow.label(name)
        return fact.why if fact.is_impossible else None

    def lacks(self, name: str) -> bool:
        """Whether no alert of the rule has a label, be it that a server of which nothing is known adds it."""
        if self.server is not None:
            return self.texts(name) == MISSING
        return self.flow is not None and self._made(name) == MISSING

    @property
    def dropped_by(self) -> Relabelling | None:
        """The relabelling that surely drops every alert of the rule, and what is left would be sent."""
        return None if self.server is None else dropping(self.server, self._made)

    def names(self, label: str) -> bool:
        """Whether the rule says anything of a label: sets it, or names it in its query."""
        if label in self.rule.labels:
            return True
        # Few queries hold the text at all.
        expr = self.rule.expr
        return label in expr and any(token.text == label for token in tokens(expr, self.rule.engine))

    def may_meet(self, matchers: Iterable[Matcher]) -> bool:
        """Whether an alert of the rule may meet all matchers."""
        return not any(texts.is_empty for texts in narrowed(self, matchers).values())

    def surely_meets(self, matchers: Iterable[Matcher]) -> bool:
        """Whether every alert of the rule meets all matchers."""
        return all(self.texts(one.name).always_matches(one.op, one.value) for one in matchers)

    def _said(self, value: str) -> LabelValues:
        if "{{" not in value:
            return one(value)
        copied = _COPIED.fullmatch(value)
        if copied is not None and self.flow is not None:
            return self.flow.label(copied[1]).texts
        return ANY


def narrowed(alert: Sent, matchers: Iterable[Matcher]) -> dict[str, LabelValues]:
    """What the labels that the matchers name can be in those alerts of a rule that meet them all."""
    found: dict[str, LabelValues] = {}
    for matcher in matchers:
        texts = found.get(matcher.name)
        texts = alert.texts(matcher.name) if texts is None else texts
        found[matcher.name] = texts.narrowed(matcher.op, matcher.value)
    return found


def selected_values(rule: Rule, label: str) -> LabelValues | None:
    """What the selectors of a PromQL rule ask of a label; None where none of them asks."""
    if rule.engine is not Engine.PROMETHEUS:
        return None
    found: LabelValues | None = None
    for node in promql_parts(rule.expr):
        if isinstance(node, Selector) and any(one.name == label for one in node.matchers):
            texts = ANY
            for matcher in node.matchers:
                if matcher.name == label:
                    texts = texts.narrowed(matcher.op, matcher.value)
            found = texts if found is None else found.either(texts)
    return found


def sent(plan: Plan) -> tuple[Sent, ...]:
    """The alerting rules of a plan with their labels, in the order of evaluation.

    A label that some rule sets, that some query surely returns or that routes ask for is one of the rules.
    Any other that an alert lacks may still be added by the server that sends it, and can be anything.
    """
    return _sent(Same(plan))


@lru_cache(maxsize=2)
def _sent(key: Same[Plan]) -> tuple[Sent, ...]:
    plan = key.one
    known = facts(plan)
    rules = [(rule, known.result(rule)) for _, rule in alerting(plan)]
    inside = set(_OF_TARGETS)
    if plan.route is not None:
        inside |= label_names(plan.route)
    for rule, flow in rules:
        inside.update(rule.labels)
        if flow is not None:
            inside.update(flow.guaranteed)
    own = frozenset(inside) - EXTERNAL
    return tuple(
        Sent(rule, flow, own, plan.server if rule.engine is Engine.PROMETHEUS else None)
        for rule, flow in rules
    )


def arriving(plan: Plan) -> tuple[Sent, ...]:
    """Those of which the server that sends them does not drop all alerts."""
    return tuple(alert for alert in sent(plan) if alert.dropped_by is None)


def added_by_servers(plan: Plan) -> frozenset[str]:
    """Labels that alerts may have though no rule knows them: those of the server, or the usual ones."""
    logs = any(group.engine is Engine.LOKI for group in plan.rule_groups)
    if plan.server is None:
        return EXTERNAL
    return frozenset(plan.server.external_labels) | (EXTERNAL if logs else frozenset())
