"""The labels with which alerts arrive at Alertmanager, as far as their rule and their server tell."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.lang.errors import LangError
from tocsin.lang.flow.label_values import MISSING
from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.promql.flow import promql_flow
from tocsin.plan.model import Engine
from tocsin.routing.leaving import dropping, leaving
from tocsin.routing.making import made

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.lang.flow.label_values import LabelValues
    from tocsin.lang.flow.model import Flow
    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Plan, Rule, Server


class Arrival:
    """The alerts of one rule, as they arrive."""

    def __init__(self, rule: Rule, server: Server | None = None) -> None:
        self.rule = rule
        self._server = server if rule.engine is Engine.PROMETHEUS else None

    @cached_property
    def known(self) -> dict[str, str]:
        """The labels of which the value is known: an empty one is missing for sure.

        What the server adds is known where neither the rule nor its query names the label, as the samples
        will hardly have it, too.
        """
        known = {}
        for name in dict.fromkeys((*self.rule.labels, "alertname", *self._touched)):
            texts = self._made(name) if self._server is None else leaving(self._server, name, self._usual)
            if texts.listed is not None and len(texts.listed) == 1:
                known[name] = next(iter(texts.listed))
        return known

    @cached_property
    def flow(self) -> Flow | None:
        """What is known of the labels that the rule's query gives; None where the query cannot be read."""
        rule = self.rule
        try:
            return promql_flow(rule.expr) if rule.engine is Engine.PROMETHEUS else logql_flow(rule.expr)
        except LangError:
            return None

    @cached_property
    def is_dropped(self) -> bool:
        """Whether the server drops all of them before they are sent."""
        return self._server is not None and dropping(self._server, self._made) is not None

    def texts(self, name: str) -> LabelValues:
        """All that a label can be; the empty text stands for an alert without it."""
        return self._made(name) if self._server is None else leaving(self._server, name, self._made)

    def is_named(self, name: str) -> bool:
        """Whether the rule, its query or its server says anything of a label."""
        return (
            name == "alertname"
            or name in self.rule.labels
            or name in self._touched
            or (self.flow is not None and name in self.flow.labels)
        )

    def is_missing(self, name: str) -> bool:
        """Whether none of the alerts has the label."""
        return self.texts(name) == MISSING

    def can_meet(self, matchers: Iterable[Matcher]) -> bool:
        """Whether one of the alerts can meet matchers, as far as the labels with known values tell."""
        return all(m.name not in self.known or m.matches(self.known) for m in matchers)

    @cached_property
    def _touched(self) -> frozenset[str]:
        """The labels that the server adds or writes."""
        if self._server is None:
            return frozenset()
        written = (step.target for step in self._server.relabellings if step.target)
        return frozenset((*self._server.external_labels, *written))

    def _usual(self, name: str) -> LabelValues:
        """What a label can be as the rule makes it, where samples have no label that nothing names."""
        if name == "alertname" or name in self.rule.labels:
            return self._made(name)
        is_named = self.flow is None or name in self.flow.labels
        return self._made(name) if is_named else MISSING

    def _made(self, name: str) -> LabelValues:
        """What a label can be as the rule makes it."""
        return made(self.rule, name, self._flow)

    def _flow(self) -> Flow | None:
        return self.flow


def arrivals(plan: Plan, rules: Iterable[Rule]) -> list[Arrival]:
    """The alerts of rules of the plan that arrive, as its server sends them."""
    every = [Arrival(rule, plan.server) for rule in rules]
    return [one for one in every if not one.is_dropped]
