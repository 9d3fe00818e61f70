"""The labels with which alerts leave for Alertmanager: the result of the query, and what the rule sets."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from tocsin.checks.alerts import alerting
from tocsin.checks.facts import facts, promql_parts
from tocsin.checks.same import Same
from tocsin.lang.flow.label_values import ANY, MISSING
from tocsin.lang.promql.ast import Selector
from tocsin.plan.model import Engine
from tocsin.plan.pieces import tokens
from tocsin.routing.leaving import dropping, leaving
from tocsin.routing.making import made
from tocsin.routing.tree import label_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.checks.facts import Facts
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.flow.model import Flow, Why
    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Plan, Relabelling, Rule, Server

EXTERNAL = frozenset(
    {"account", "cluster", "cluster_name", "clustername", "datacenter", "dc", "env", "environment"}
    | {"monitor", "project", "prometheus", "prometheus_replica", "receive", "region", "replica"}
    | {"site", "stage", "tenant", "tenant_id", "zone"}
)
"""Labels that servers add to all their alerts (`external_labels`), so that rules need not have them."""
_OF_TARGETS = frozenset({"instance", "job", "pod", "container", "namespace", "node", "severity", "alertname"})


class Sent:
    """An alerting rule and what is known of the labels of its alerts."""

    def __init__(self, rule: Rule, known: Facts, inside: Inside, server: Server | None) -> None:
        self.rule = rule
        self.server = server
        """The one that sends them, where its configuration is known."""
        self._known = known
        self._inside = inside

    @cached_property
    def flow(self) -> Flow | None:
        """What the query returns; None where it cannot be read. To know it costs more than all the rest."""
        return self._known.result(self.rule)

    def texts(self, name: str) -> LabelValues:
        """All that a label can be; the empty text stands for an alert without it."""
        if self.server is not None:
            return leaving(self.server, name, self._made)
        texts = self._made(name)
        if name in self.rule.labels or not texts.allows("") or name in self._inside:
            return texts
        return ANY

    def some_texts(self, name: str) -> LabelValues:
        """What it can be at least, be it that an unknown server adds the label: that can be dear to tell."""
        return self._made(name) if self.server is None else self.texts(name)

    def _made(self, name: str) -> LabelValues:
        """What a label can be as the rule makes it."""
        return made(self.rule, name, self._flow)

    def _flow(self) -> Flow | None:
        return self.flow

    def lost(self, name: str) -> Why | None:
        """Why no alert of the rule has a label, where its query decides that; None where one may have it."""
        if name in self.rule.labels or self.texts(name) != MISSING or self.flow is None:
            return None
        fact = self.flow.label(name)
        return fact.why if fact.is_impossible else None

    def lacks(self, name: str) -> bool:
        """Whether no alert of the rule has a label, be it that a server of which nothing is known adds it."""
        if self.server is not None:
            return self.texts(name) == MISSING
        return self._made(name) == MISSING and self.flow is not None

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


class Inside:
    """The names of the labels that no server adds to the alerts of a plan."""

    def __init__(self, plan: Plan, known: Facts) -> None:
        self._rules = [rule for _, rule in alerting(plan)]
        self._known = known
        named = set(_OF_TARGETS)
        if plan.route is not None:
            named |= label_names(plan.route)
        for rule in self._rules:
            named.update(rule.labels)
        self._decided = dict.fromkeys(named, True) | dict.fromkeys(EXTERNAL, False)

    def __contains__(self, name: str) -> bool:
        if name not in self._decided:
            self._decided[name] = self._is_returned(name)
        return self._decided[name]

    def _is_returned(self, name: str) -> bool:
        """Whether the query of some rule surely returns the label."""
        # Those that name it are the likely ones: the flow of the others is mostly not needed.
        for rule in sorted(self._rules, key=lambda rule: name not in rule.expr):
            flow = self._known.result(rule)
            if flow is not None and name in flow.guaranteed:
                return True
        return False


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
    plan, known = key.one, facts(key.one)
    inside = Inside(plan, known)
    return tuple(
        Sent(rule, known, inside, plan.server if rule.engine is Engine.PROMETHEUS else None)
        for _, rule in alerting(plan)
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
