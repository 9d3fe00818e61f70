"""Which alert keeps which one quiet, as Alertmanager's `inhibit/inhibit.go` decides it.

An alert that meets both sides of a rule cannot be kept quiet by another one that does. For each set of
values of the `equal` labels a rule remembers one source only: the one that ends last, and of several the one
that came last. So a source that meets both sides can hide another one that would have inhibited.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model import Inhibition
    from tocsin.routing.config import FiringAlert


@value_object
class Inhibited:
    """The rule that keeps an alert quiet, and the alert that does."""

    rule: Inhibition
    source: FiringAlert


class Inhibitor:
    """The rules with the alerts that fire at one moment, given in the order in which they came."""

    def __init__(self, rules: Iterable[Inhibition], firing: Iterable[FiringAlert]) -> None:
        self._rules = tuple(rules)
        alerts = tuple(firing)
        self._sources = [_sources(rule, alerts) for rule in self._rules]

    def inhibited_by(self, labels: Mapping[str, str]) -> Inhibited | None:
        """The first rule that keeps an alert with these labels quiet; a missing label counts as empty."""
        for rule, sources in zip(self._rules, self._sources, strict=True):
            if not sources or not _meets(rule.target, labels):
                continue
            source = sources.get(_values(rule, labels))
            if source is None:
                continue
            if _meets(rule.source, labels) and _meets(rule.target, source.labels):
                continue
            return Inhibited(rule, source)
        return None


def _sources(rule: Inhibition, alerts: tuple[FiringAlert, ...]) -> dict[tuple[str, ...], FiringAlert]:
    found: dict[tuple[str, ...], FiringAlert] = {}
    for alert in alerts:
        if _meets(rule.source, alert.labels):
            values = _values(rule, alert.labels)
            known = found.get(values)
            if known is None or _ends(known) <= _ends(alert):
                found[values] = alert
    return found


def _ends(alert: FiringAlert) -> float:
    return alert.ends.timestamp() if isinstance(alert.ends, datetime) else float("inf")


def _values(rule: Inhibition, labels: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(labels.get(name, "") for name in rule.equal)


def _meets(matchers: Iterable[Matcher], labels: Mapping[str, str]) -> bool:
    return all(matcher.matches(labels) for matcher in matchers)
