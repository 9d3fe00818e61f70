"""What became of the alerts: added, removed, renamed, or changed in what people would notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.diff.changes import AlertChange, Detail
from tocsin.existing.canonical import canonical_expression, is_same_duration, is_same_expression
from tocsin.plan.rule_variants import tell_apart
from tocsin.routing.alert_labels import alert_labels

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

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
    were, are = variants(old), variants(new)
    found = [_change(old[key], new[after], intervals, are[after]) for key, after in pairs.items()]
    found += [AlertChange("removed", *key[:2], variant=were[key]) for key in old if key not in pairs]
    found += [AlertChange("added", *key[:2], variant=are[key]) for key in new if key not in taken]
    yield from sorted_changes(one for one in found if one is not None)


def sorted_changes(changes: Iterable[AlertChange]) -> list[AlertChange]:
    """The changes by alert, severity, what tells its rules apart, and kind."""
    return sorted(changes, key=lambda one: (one.alert, one.severity, one.variant, one.kind))


def variants(rules: Mapping[Key, Rule]) -> dict[Key, str]:
    """What tells each rule from the others of its alert with the same severity; empty of the only one."""
    alike: dict[tuple[str, str], list[Key]] = {}
    for key in rules:
        alike.setdefault(key[:2], []).append(key)
    return {
        key: rule.variant
        for keys in alike.values()
        for key, rule in zip(keys, tell_apart([rules[key] for key in keys]), strict=True)
    }


def pair_rules(old: dict[Key, Rule], new: dict[Key, Rule]) -> Iterator[tuple[Key, Key]]:
    """Which rule became which: by name and severity, then by name alone, then by expression.

    Of several with one name and severity, those with the same labels belong together, then those with the
    same expression, then they go by their order.
    """
    gone, come = dict(old), dict(new)
    for identity, is_ordered in _IDENTITIES:
        left, right = _groups(gone, identity), _groups(come, identity)
        for what, keys in left.items():
            others = right.get(what, [])
            # Where several could be meant, nobody can say which became which.
            if len(keys) == len(others) and (is_ordered or len(keys) == 1):
                yield from zip(keys, others, strict=True)
                for key, other in zip(keys, others, strict=True):
                    del gone[key], come[other]


def is_same_query(old: Rule | Recording, new: Rule | Recording) -> bool:
    """Whether the engine reads the same from both expressions, however they are written."""
    return old.expr == new.expr or (
        old.engine is new.engine and is_same_expression(old.expr, new.expr, new.engine)
    )


def _labels(rule: Rule) -> tuple[object, ...]:
    return rule.alert, rule.severity, frozenset(rule.labels.items())


def _same(rule: Rule) -> tuple[object, ...]:
    return *_labels(rule), canonical_expression(rule.expr, rule.engine)


def _severity(rule: Rule) -> tuple[object, ...]:
    return rule.alert, rule.severity


def _expression_of_alert(rule: Rule) -> tuple[object, ...]:
    return rule.alert, *_expression(rule)


def _name(rule: Rule) -> tuple[object, ...]:
    return (rule.alert,)


def _expression(rule: Rule) -> tuple[object, ...]:
    return rule.engine.value, canonical_expression(rule.expr, rule.engine), rule.severity


def _query(rule: Rule) -> tuple[object, ...]:
    return rule.engine.value, canonical_expression(_without_threshold(rule), rule.engine), rule.severity


_IDENTITIES: tuple[tuple[Callable[[Rule], tuple[object, ...]], bool], ...] = (
    (_labels, False),
    (_severity, False),
    (_same, True),
    (_labels, True),
    (_expression_of_alert, True),
    (_severity, True),
    (_name, False),
    (_expression, False),
    (_query, False),
)
"""What a rule is known by, the surest first, and whether several that share it go by their order."""


def _groups(
    rules: dict[Key, Rule], identity: Callable[[Rule], tuple[object, ...]]
) -> dict[tuple[object, ...], list[Key]]:
    found: dict[tuple[object, ...], list[Key]] = {}
    for key, rule in rules.items():
        found.setdefault(identity(rule), []).append(key)
    return found


def _change(old: Rule, new: Rule, intervals: Mapping[int, str | None], variant: str) -> AlertChange | None:
    details = tuple(_details(old, new, intervals))
    if old.alert != new.alert:
        name = Detail("name", old.alert, new.alert)
        return AlertChange("renamed", new.alert, new.severity, (name, *details), variant)
    return AlertChange("changed", new.alert, new.severity, details, variant) if details else None


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
