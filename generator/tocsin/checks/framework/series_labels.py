"""Labels that the series of an estate carry, as far as its own rules show or every scrape adds them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.annotation_templates import templates
from tocsin.checks.framework.query_trees import promql_parts
from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.checks.framework.surroundings import plan_index
from tocsin.lang.promql import ast as promql
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.plan.model import Plan

_OF_TARGETS = frozenset(
    {"job", "instance", "namespace", "pod", "container", "node", "service", "endpoint", "cluster"}
)
"""What Prometheus, its operator and the usual relabelling add to each series that is scraped."""

_NAMING = (promql.Selector, promql.Aggregation, promql.Binary)


@plan_index("labels that series carry")
def carried_labels(plan: Plan) -> frozenset[str]:
    """The labels that a query names, that a text reads where its rule does not set them, or of any target.

    Queries on `ALERTS` do not count: its series have the labels of the rules.
    """
    return _OF_TARGETS | {label for label in told_labels.find(plan) if isinstance(label, str)}


@rules_index("labels that queries name and texts read", all_words)
def told_labels(share: Share) -> frozenset[str]:
    """The same without those of any target: what queries name and texts read."""
    found = set[str]()
    for _, rule in share.rules:
        parts = promql_parts(rule.expr) if rule.engine is Engine.PROMETHEUS else ()
        naming = [part for part in parts if isinstance(part, _NAMING)]
        if not any(isinstance(part, promql.Selector) and _is_of_alerts(part) for part in naming):
            found.update(label for part in naming for label in _named(part))
    for rule, texts in templates(share):
        for text in texts:
            found.update(use.name for use in text.reads.labels if use.name not in rule.labels)
    return frozenset(found - {"alertname", "severity"})


def _is_of_alerts(selector: promql.Selector) -> bool:
    return selector.name is None or selector.name.startswith("ALERTS")


def _named(part: promql.Node) -> Iterator[str]:
    match part:
        case promql.Selector():
            yield from (matcher.name for matcher in part.matchers)
        case promql.Aggregation() if part.grouping is not None:
            yield from part.grouping.labels
        case promql.Binary():
            yield from part.matching.labels
            yield from part.matching.include
