"""Alerts that are written twice, for what a pattern matches and for the rest, where nothing is left over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.checks.framework.rules_index import all_words, rules_index
from tocsin.checks.query.nodes_by_kind import parts_of
from tocsin.plan.model import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.checks.framework.plan_slice import Share
    from tocsin.checks.framework.surroundings import Surroundings
    from tocsin.plan.model import Recording

EVERYTHING = frozenset({".*", "^.*$", "(.*)"})
"""Regular expressions that match any value."""


def _in_both_halves(parts: Iterable[frozenset[tuple[str, ...]]]) -> frozenset[tuple[str, ...]]:
    halves = all_words(parts)
    return frozenset(one[1:] for one in halves if one[0] == "=~" and ("!~", *one[1:]) in halves)


@rules_index("alerts split by a pattern for everything", _in_both_halves)
def _split(share: Share) -> frozenset[tuple[str, ...]]:
    """The operators, alerts, labels and patterns."""
    return frozenset(
        (matcher.op, rule.alert, matcher.name, matcher.value)
        for rule, matcher in parts_of(share).matchers
        if matcher.op in ("=~", "!~") and matcher.value in EVERYTHING and isinstance(rule, Rule)
    )


def splits_by_everything(rule: Rule | Recording, name: str, value: str, around: Surroundings) -> bool:
    """Whether a pattern of a rule is a setting that its alert is split by, and was left at everything.

    kube-prometheus has such a pair: for critical integrations of Alertmanager, and for the others.
    """
    return isinstance(rule, Rule) and around.has(_split, (rule.alert, name, value))
