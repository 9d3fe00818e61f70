"""The labels that alerts carry to Alertmanager: what the query returns, the rule sets, and the server adds.

This is the one model of them. The query may read recording rules, whose labels it then returns; templates of
the rule's labels may copy those of the query; Prometheus adds its external labels and relabels.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.answers import answered_once
from tocsin.lang.flow.label_values import ANY, MISSING
from tocsin.lang.flow.model import METRIC_NAME
from tocsin.plan.model import Engine, Rule
from tocsin.plan.query_flows import query_flows
from tocsin.plan.source_spans import query_tokens
from tocsin.routing.alert_relabelling import first_dropping_step, values_after_relabelling
from tocsin.routing.rule_labels import copied_labels, rule_label_values
from tocsin.routing.tree import label_names

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.flow.model import Flow, Why
    from tocsin.plan.model import Plan, Relabelling, Server
    from tocsin.plan.query_flows import QueryFlows

EXTERNAL = frozenset(
    {"account", "cluster", "cluster_name", "clustername", "datacenter", "dc", "env", "environment"}
    | {"monitor", "project", "prometheus", "prometheus_replica", "receive", "region", "replica"}
    | {"site", "stage", "tenant", "tenant_id", "zone"}
)
"""Labels that servers add to all their alerts (`external_labels`), so that rules need not have them."""
_OF_TARGETS = frozenset({"instance", "job", "pod", "container", "namespace", "node", "severity", "alertname"})


class AlertLabels:
    """The labels of the alerts of one rule as Alertmanager receives them."""

    def __init__(
        self, rule: Rule, flows: QueryFlows, server: Server | None = None, own: Container[str] = ()
    ) -> None:
        """`own` are names of labels that a server of which nothing is known does not add."""
        self.rule = rule
        self.server = server if rule.engine is Engine.PROMETHEUS else None
        """The Prometheus that sends them, where its configuration is known."""
        self._flows = flows
        self._own = own

    @cached_property
    def flow(self) -> Flow | None:
        """What the query returns; None where it cannot be read. Inferring it costs more than all the rest."""
        return self._flows.result(self.rule)

    def values(self, name: str) -> LabelValues:
        """All values that a label can have; the empty string stands for an alert without it."""
        if self.server is not None:
            return values_after_relabelling(self.server, name, self._made)
        values = self._made(name)
        if name in self.rule.labels or not values.allows("") or name in self._own:
            return values
        return ANY

    def some_values(self, name: str) -> LabelValues:
        """Values that it can have at least, whether or not an unknown server adds it: that can be costly."""
        return self._made(name) if self.server is None else self.values(name)

    def usual_values(self, name: str) -> LabelValues:
        """The values that a label can have where samples bring no label that nothing here names.

        Rule, query, recordings and server name labels. Nearly any other could stand on a sample or be added
        by a server of which nothing is known, but mostly none does.
        """
        if self.server is None:
            return self._usually_made(name)
        return values_after_relabelling(self.server, name, self._usually_made)

    @cached_property
    def known(self) -> dict[str, str]:
        """The labels that rule or server decide; an empty one is a label that is missing."""
        return self._with_one_value((*self.rule.labels, "alertname", *self.written_by_server))

    @cached_property
    def fixed(self) -> dict[str, str]:
        """All labels that have one value in all alerts of the rule, those of the query's result included."""
        return {name: value for name, value in self._with_one_value(self.names).items() if value}

    @property
    def names(self) -> tuple[str, ...]:
        """The labels that the rule, the result of its query, or its server names."""
        returned = () if self.flow is None else self.flow.labels
        return *self.rule.labels, "alertname", *self.written_by_server, *returned

    def is_same(self, other: AlertLabels) -> bool:
        """Whether both follow from the same: the rule but for its texts, the recordings, and the server."""
        one, two = self.rule, other.rule
        return (
            self._flows is other._flows
            and (one.alert, one.expr, one.engine, one.labels) == (two.alert, two.expr, two.engine, two.labels)
            and self.server == other.server
            and self._own == other._own
        )

    def is_named(self, name: str) -> bool:
        """Whether the rule, its query, a recording that it reads, or its server mentions a label."""
        return name in self.written_by_server or self._is_made(name)

    def is_missing(self, name: str) -> bool:
        """Whether no alert of the rule has the label, unless a server of which nothing is known adds it."""
        return self.some_values(name) == MISSING

    def always_has(self, name: str) -> bool:
        """Whether every alert of the rule has the label."""
        return not self.values(name).allows("")

    def lost(self, name: str) -> Why | None:
        """Why no alert of the rule has a label, where its query decides that; None where one may have it."""
        if name in self.rule.labels or self.values(name) != MISSING or self.flow is None:
            return None
        fact = self.flow.label(name)
        return fact.why if fact.is_impossible else None

    @cached_property
    def dropped_by(self) -> Relabelling | None:
        """The relabelling that surely drops every alert of the rule before it is sent."""
        return None if self.server is None else first_dropping_step(self.server, self._made)

    def mentions(self, label: str) -> bool:
        """Whether the rule itself sets a label or has its name in the query."""
        if label in self.rule.labels:
            return True
        # Few queries hold the name at all.
        expr = self.rule.expr
        return label in expr and any(token.text == label for token in query_tokens(expr, self.rule.engine))

    def may_meet(self, matchers: Iterable[Matcher]) -> bool:
        """Whether an alert of the rule may meet all matchers."""
        return not any(values.is_empty for values in self.narrowed(matchers).values())

    def surely_meets(self, matchers: Iterable[Matcher]) -> bool:
        """Whether every alert of the rule meets all matchers."""
        return all(self.values(one.name).always_matches(one.op, one.value) for one in matchers)

    def narrowed(self, matchers: Iterable[Matcher]) -> dict[str, LabelValues]:
        """The values that the labels named by matchers can have in those alerts that meet them all."""
        found: dict[str, LabelValues] = {}
        for matcher in matchers:
            values = found.get(matcher.name)
            values = self.values(matcher.name) if values is None else values
            found[matcher.name] = values.narrowed(matcher.op, matcher.value)
        return found

    def _with_one_value(self, names: Iterable[str]) -> dict[str, str]:
        found = {}
        for name in dict.fromkeys(names):
            # Most labels are plain texts, which nothing on the way changes.
            text = None if self.server is not None or name == METRIC_NAME else self.rule.labels.get(name)
            if text is not None and name != "alertname" and "{{" not in text:
                found[name] = text
                continue
            values = self.usual_values(name)
            if values.listed is not None and len(values.listed) == 1:
                found[name] = next(iter(values.listed))
        return found

    @cached_property
    def written_by_server(self) -> frozenset[str]:
        """The labels that the server adds or writes."""
        if self.server is None:
            return frozenset()
        written = (step.target for step in self.server.relabellings if step.target)
        return frozenset((*self.server.external_labels, *written))

    def _made(self, name: str) -> LabelValues:
        """The values of a label as the rule makes it."""
        return rule_label_values(self.rule, name, self._flow)

    def _usually_made(self, name: str) -> LabelValues:
        return self._made(name) if self._is_made(name) else MISSING

    def _is_made(self, name: str) -> bool:
        """Whether the rule, its query or a recording that it reads mentions a label."""
        if name == "alertname" or name in self.rule.labels or name in copied_labels(self.rule):
            return True
        return self.flow is not None and name in self.flow.labels

    def _flow(self) -> Flow | None:
        return self.flow


@answered_once
def alert_labels(plan: Plan) -> tuple[AlertLabels, ...]:
    """The labels of the alerts of all rules of a plan, in the order of the rules.

    A label that some rule sets, that some query surely returns or that routes ask for is one of the rules.
    Any other that an alert lacks may still be added by the server that sends it, and can be anything.
    """
    flows = query_flows(plan)
    own = _Own(plan, flows)
    return tuple(AlertLabels(rule, flows, plan.server, own) for rule in _rules(plan))


def sent_alerts(plan: Plan) -> tuple[AlertLabels, ...]:
    """Those of which the server that evaluates them does not drop all alerts."""
    return tuple(alert for alert in alert_labels(plan) if alert.dropped_by is None)


def added_by_servers(plan: Plan) -> frozenset[str]:
    """Labels that alerts may have though no rule knows them: those of the server, or the usual ones."""
    logs = any(group.engine is Engine.LOKI for group in plan.rule_groups)
    if plan.server is None:
        return EXTERNAL
    return frozenset(plan.server.external_labels) | (EXTERNAL if logs else frozenset())


def _rules(plan: Plan) -> Iterator[Rule]:
    return (rule for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule))


class _Own:
    """The names of the labels that no server adds to the alerts of a plan."""

    def __init__(self, plan: Plan, flows: QueryFlows) -> None:
        self._rules = list(_rules(plan))
        self._flows = flows
        named = set(_OF_TARGETS)
        if plan.route is not None:
            named |= label_names(plan.route)
        for rule in self._rules:
            named.update(rule.labels)
        self._decided = dict.fromkeys(named, True) | dict.fromkeys(EXTERNAL, False)

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        if name not in self._decided:
            self._decided[name] = self._is_returned(name)
        return self._decided[name]

    def _is_returned(self, name: str) -> bool:
        """Whether the query of some rule surely returns the label."""
        # Those that name it are the likely ones: the flow of the others is mostly not needed.
        for rule in sorted(self._rules, key=lambda rule: name not in rule.expr):
            flow = self._flows.result(rule)
            if flow is not None and name in flow.guaranteed:
                return True
        return False
