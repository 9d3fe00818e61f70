"""Recording rules that differ between the two sides, and the alerts that read them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from tocsin.diff.changes import Detail, RecordingChange
from tocsin.diff.rules import intervals_by_rule, is_same_query
from tocsin.existing.canonical import is_same_duration
from tocsin.plan.model import Engine, Recording, Rule
from tocsin.plan.query_flows import recordings_in
from tocsin.plan.recorded_reads import may_read, named_selectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.lang.promql.ast import Selector
    from tocsin.plan.model import Plan


def changed_recordings(old: Plan, new: Plan) -> Iterator[RecordingChange]:
    """The recordings that differ, by name, with the alerts of either side that read them."""
    changes = list(_changes(old, new))
    # The queries of all alerts are read only where a recording changes.
    sides = [_Readers(plan) for plan in (old, new)] if changes else []
    for kind, rules, details in changes:
        alerts = {alert for side in sides for rule in rules for alert in side.alerts(rule)}
        yield RecordingChange(kind, rules[0].record, tuple(sorted(alerts)), details)


def _changes(old: Plan, new: Plan) -> Iterator[tuple[str, tuple[Recording, ...], tuple[Detail, ...]]]:
    """What became of which rules: the one of either side, or both of a pair."""
    before, after = _by_name(old), _by_name(new)
    intervals = {**intervals_by_rule(old), **intervals_by_rule(new)}
    for key in sorted({*before, *after}):
        left, right = before.get(key, []), after.get(key, [])
        # Several rules may record one metric, each with labels of its own: only those that differ count.
        gone = [one for one in left if not any(_is_same(one, other, intervals) for other in right)]
        come = [one for one in right if not any(_is_same(one, other, intervals) for other in left)]
        if len(gone) == len(come) == 1:
            yield "changed", (gone[0], come[0]), tuple(_details(gone[0], come[0], intervals))
        else:
            yield from (("removed", (one,), ()) for one in gone)
            yield from (("added", (one,), ()) for one in come)


def _by_name(plan: Plan) -> dict[tuple[str, str], list[Recording]]:
    def key(rule: Recording) -> tuple[str, str]:
        return rule.engine.value, rule.record

    rules = sorted(recordings_in(plan.rule_groups), key=key)
    return {name: list(found) for name, found in groupby(rules, key)}


def _is_same(old: Recording, new: Recording, intervals: dict[int, str | None]) -> bool:
    return not any(_details(old, new, intervals))


def _details(old: Recording, new: Recording, intervals: dict[int, str | None]) -> Iterator[Detail]:
    if not is_same_query(old, new):
        yield Detail("expression", old.expr, new.expr)
    for name in sorted({*old.labels, *new.labels}):
        if old.labels.get(name) != new.labels.get(name):
            yield Detail(f"label {name}", old.labels.get(name), new.labels.get(name))
    if not is_same_duration("interval", intervals[id(old)], intervals[id(new)]):
        yield Detail("interval", intervals[id(old)], intervals[id(new)])


class _Readers:
    """Which alerts of a plan read a recording, by themselves or through other recordings."""

    def __init__(self, plan: Plan) -> None:
        self._selected_by: dict[str, list[tuple[Selector, Rule | Recording]]] = {}
        for group in plan.rule_groups:
            # What Loki records is read in Prometheus.
            for rule in group.rules if group.engine is Engine.PROMETHEUS else ():
                for metric, selector in named_selectors(rule.expr):
                    self._selected_by.setdefault(metric, []).append((selector, rule))

    def alerts(self, record: Recording) -> set[str]:
        found: set[str] = set()
        seen: set[int] = set()
        waiting = [record]
        while waiting:
            one = waiting.pop()
            for selector, rule in self._selected_by.get(one.record, ()):
                if id(rule) in seen or not may_read(selector, one):
                    continue
                seen.add(id(rule))
                if isinstance(rule, Rule):
                    found.add(rule.alert)
                else:
                    waiting.append(rule)
        return found
