"""Which alerts of the rules a difference can meet, by the labels that they have, may have and cannot have."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tocsin.diff.classes import TooManyError
from tocsin.lang.errors import LangError
from tocsin.lang.logql.flow import logql_flow
from tocsin.lang.promql.flow import promql_flow
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.diff.classes import Comparison, Pair
    from tocsin.diff.forest import Node
    from tocsin.diff.trees import Trees
    from tocsin.lang.flow.model import Flow
    from tocsin.lang.matchers import Matcher
    from tocsin.plan.model import Rule


def known_labels(rule: Rule) -> dict[str, str]:
    """The labels of which the value is known: those that the rule sets without a template."""
    return {
        **{name: value for name, value in rule.labels.items() if "{{" not in value},
        "alertname": rule.alert,
    }


def result_flow(rule: Rule) -> Flow | None:
    """What is known of the labels that the rule's query gives; None where the query cannot be read."""
    try:
        return promql_flow(rule.expr) if rule.engine is Engine.PROMETHEUS else logql_flow(rule.expr)
    except LangError:
        return None


@dataclass(slots=True)
class Hits:
    """The alerts that one class meets, each with labels that show it."""

    sure: dict[str, dict[str, str]] = field(default_factory=dict)
    """By labels that their rules set or their queries name."""
    perhaps: dict[str, dict[str, str]] = field(default_factory=dict)
    """By labels that nothing names, but that the samples may have."""


def hits(trees: Trees, comparison: Comparison, rules: Iterable[Rule]) -> dict[Pair, Hits]:
    """For each class the alerts that are or can be in it."""
    found: dict[Pair, Hits] = {}
    for rule in rules:
        known = known_labels(rule)
        old, new = given(trees, trees.old, known), given(trees, trees.new, known)
        if old is new:
            continue
        flow = result_flow(rule)
        asked = (old.inner | new.inner) - rule.labels.keys() - {"alertname"}
        unnamed = {label: "" for label in asked if flow is None or label not in flow.labels}
        impossible = {label: "" for label in asked if flow is not None and flow.label(label).is_impossible}
        for absent, where in (({**unnamed, **impossible}, "sure"), (impossible, "perhaps")):
            try:
                classes = comparison.classes(given(trees, old, absent), given(trees, new, absent))
            except TooManyError:
                continue
            for pair, one in classes.items():
                labels = {values.label: values.example for values in one.cases[0]}
                alerts = found.setdefault(pair, Hits())
                if rule.alert not in alerts.sure:
                    getattr(alerts, where).setdefault(rule.alert, {**labels, **known})
    return found


def can_meet(rule: Rule, matchers: Iterable[Matcher]) -> bool:
    """Whether an alert of the rule can meet matchers, as far as the labels with known values tell."""
    known = known_labels(rule)
    return all(m.name not in known or m.matches(known) for m in matchers)


def given(trees: Trees, node: Node, labels: Mapping[str, str]) -> Node:
    """What is left of a node when some labels are known."""
    # An alert's name is told apart last: by then there is little left.
    for label in sorted(labels, key=lambda one: (one == "alertname", one)):
        if label in node.inner:
            node = trees.forest.given(node, trees.space.at(label, labels[label]))
    return node
