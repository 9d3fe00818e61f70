"""What became of the alerts: added, removed, renamed, or changed in what people would notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.changes import AlertChange, Detail
from tocsin.existing.canonical import canonical_expression, is_same_duration, is_same_expression
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from tocsin.plan.model import Plan, Recording, Rule
    from tocsin.routing.alert_labels import AlertLabels

Key = tuple[str, str, int]


def alerts_by_key(plan: Plan) -> dict[Key, AlertLabels]:
    """The alerting rules by alert, severity, and a number where several have both."""
    found: dict[Key, AlertLabels] = {}
    for alert in alert_labels(plan):
        rule, number = alert.rule, 0
        while (rule.alert, rule.severity, number) in found:
            number += 1
        found[rule.alert, rule.severity, number] = alert
    return found


def intervals_by_rule(plan: Plan) -> dict[int, str | None]:
    """How often each rule of a plan is evaluated, by the rule's identity; None where the engine says it."""
    return {id(rule): group.interval for group in plan.rule_groups for rule in group.rules}


def changed_alerts(
    old: dict[Key, Rule], new: dict[Key, Rule], intervals: Mapping[int, str | None]
) -> Iterator[AlertChange]:
    """All that became of the alerts, by name; `intervals` are those of both sides."""
    pairs = dict(pair_rules(old, new))
    taken = set(pairs.values())
    found = [_change(old[key], new[after], intervals) for key, after in pairs.items()]
    found += [AlertChange("removed", key[0], key[1]) for key in old if key not in pairs]
    found += [AlertChange("added", key[0], key[1]) for key in new if key not in taken]
    changes = [one for one in found if one is not None]
    yield from sorted(changes, key=lambda one: (one.alert, one.severity, one.kind))


def pair_rules(old: dict[Key, Rule], new: dict[Key, Rule]) -> Iterator[tuple[Key, Key]]:
    """Which rule became which: by name and severity, then by name alone, then by expression."""
    gone = {key: rule for key, rule in old.items() if key not in new}
    come = {key: rule for key, rule in new.items() if key not in old}
    yield from ((key, key) for key in old if key in new)
    for identity in (_name, _expression, _query):
        left, right = _groups(gone, identity), _groups(come, identity)
        for what, keys in left.items():
            others = right.get(what, [])
            # Where several could be meant, nobody can say which became which.
            if len(keys) == len(others) == 1:
                yield keys[0], others[0]
                del gone[keys[0]], come[others[0]]


def is_same_query(old: Rule | Recording, new: Rule | Recording) -> bool:
    """Whether the engine reads the same from both expressions, however they are written."""
    return old.expr == new.expr or (
        old.engine is new.engine and is_same_expression(old.expr, new.expr, new.engine)
    )


def _name(rule: Rule) -> tuple[object, ...]:
    return (rule.alert,)


def _expression(rule: Rule) -> tuple[object, ...]:
    return rule.engine.value, canonical_expression(rule.expr, rule.engine), rule.severity


def _query(rule: Rule) -> tuple[object, ...]:
    return rule.engine.value, canonical_expression(_without_threshold(rule), rule.engine), rule.severity


def _groups(
    rules: dict[Key, Rule], identity: Callable[[Rule], tuple[object, ...]]
) -> dict[tuple[object, ...], list[Key]]:
    found: dict[tuple[object, ...], list[Key]] = {}
    for key, rule in rules.items():
        found.setdefault(identity(rule), []).append(key)
    return found


def _change(old: Rule, new: Rule, intervals: Mapping[int, str | None]) -> AlertChange | None:
    details = tuple(_details(old, new, intervals))
    if old.alert != new.alert:
        name = Detail("name", old.alert, new.alert)
        return AlertChange("renamed", new.alert, new.severity, (name, *details))
    return AlertChange("changed", new.alert, new.severity, details) if details else None


def _details(old: Rule, new: Rule, intervals: Mapping[int, str | None]) -> Iterator[Detail]:
    if old.severity != new.severity:
        yield Detail("severity", old.severity or None, new.severity or None)
    if not is_same_query(old, new):
        # A threshold in words says more than two expressions that differ in a number.
        left, right = _threshold(old), _threshold(new)
        said = left is not None and right is not None and left != right
        if said:
            yield Detail("threshold", left, right)
        before, after = _without_threshold(old), _without_threshold(new)
        if not said or not is_same_expression(before, after, new.engine):
            yield Detail("expression", old.expr, new.expr)
    if not is_same_duration("for", old.for_, new.for_):
        yield Detail("for", old.for_, new.for_)
    if not is_same_duration("keep_firing_for", old.keep_firing_for, new.keep_firing_for):
        yield Detail("keep_firing_for", old.keep_firing_for, new.keep_firing_for)
    for name in sorted({*old.labels, *new.labels} - {"severity"}):
        if old.labels.get(name) != new.labels.get(name):
            yield Detail(f"label {name}", old.labels.get(name), new.labels.get(name))
    if not is_same_duration("interval", intervals[id(old)], intervals[id(new)]):
        yield Detail("interval", intervals[id(old)], intervals[id(new)])
    for name in sorted({*old.annotations, *new.annotations}):
        was, now = old.annotations.get(name), new.annotations.get(name)
        if was != now and (_is_authored(old, name) or _is_authored(new, name)):
            yield Detail(f"annotation {name}", was, now)


def _is_authored(rule: Rule, annotation: str) -> bool:
    """Whether an author wrote it: what Tocsin writes itself has the place of the alert's name."""
    place = rule.written.annotations.get(annotation)
    return place is not None and not place.key


def _threshold(rule: Rule) -> str | None:
    return None if rule.threshold_text is None else f"{rule.comparison} {rule.threshold_text}"


def _without_threshold(rule: Rule) -> str:
    if rule.comparison is None:
        return rule.expr
    before, sign, _ = rule.expr.rpartition(rule.comparison)
    return before if sign else rule.expr
