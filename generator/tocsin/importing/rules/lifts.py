"""What an import may write shorter or more telling than it was: one rewrite after the other.

None of them has to be right: each is kept only where the rules that the spec makes are still the same.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from tocsin.existing.canonical import is_same_expression
from tocsin.importing.rules.model import ImportedAlert, ImportedRule
from tocsin.importing.rules.split import split_plain
from tocsin.importing.rules.units import say_unit, use_unit
from tocsin.importing.sourced import plain_text
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tocsin.importing.dashboard_panels import DashboardPanels
    from tocsin.importing.rules.model import ImportedGroup
    from tocsin.importing.runbook_pages import RunbookPages
    from tocsin.importing.sourced import Sourced

Lift = Callable[["ImportedGroup"], "ImportedGroup"]
NOTHING_APART: Mapping[str, Collection[str]] = {}
OWN_KEYS = frozenset({"severity", "team"})
"""Labels that only a rule has as such, where their values are none that a key could name."""
_RUNBOOK = "runbook_url"


def lift_group(
    group: ImportedGroup, names: Iterable[str], apart: Mapping[str, Collection[str]] = NOTHING_APART
) -> ImportedGroup:
    """The group after these lifts, in their order; `apart` are the alerts that a lift leaves as they are."""
    for name in names:
        lifted = LIFTS[name](group)
        kept = {
            item.key: item
            for item in group.items
            if isinstance(item, ImportedAlert) and item.key in apart.get(name, ())
        }
        if kept:
            lifted = _with_alerts(lifted, partial(_kept_one, kept))
        group = lifted
    return group


def _split_thresholds(group: ImportedGroup) -> ImportedGroup:
    """A query and the number that it is compared with, apart."""

    def lifted(alert: ImportedAlert) -> ImportedAlert:
        rules = tuple(replace(rule, split=split_plain(rule, group.engine)) for rule in alert.rules)
        is_query = len(rules) == 1 and rules[0].split is not None
        return replace(alert, rules=rules, has_one_query=is_query)

    return _with_alerts(group, lifted)


def _merge_severities(group: ImportedGroup) -> ImportedGroup:
    """One query with a threshold for each severity, where several rules differ in nothing else."""

    def lifted(alert: ImportedAlert) -> ImportedAlert:
        if len(alert.rules) == 1:
            return alert
        rules = tuple(replace(rule, split=split_plain(rule, group.engine)) for rule in alert.rules)
        found = replace(alert, rules=rules, has_one_query=True)
        return found if _is_one_query(found, group.engine) else alert

    return _with_alerts(group, lifted)


def _is_one_query(alert: ImportedAlert, engine: Engine) -> bool:
    """Whether the rules of an alert differ in nothing but their severities and limits."""
    first, *others = alert.rules
    severities = {rule.severity and plain_text(rule.severity) for rule in alert.rules}
    queries = [rule.split.query for rule in alert.rules if rule.split is not None]
    return (
        len(severities) == len(alert.rules) == len(queries)
        and all(_is_alike(first, rule) for rule in others)
        and all(is_same_expression(queries[0], query, engine) for query in queries)
    )


def _say_units(group: ImportedGroup) -> ImportedGroup:
    """What a query is measured in, and its thresholds in that unit."""
    return _with_alerts(
        group,
        lambda alert: say_unit(alert, group.engine, lambda split: _is_one_query(split, group.engine)),
    )


def _share_labels(group: ImportedGroup) -> ImportedGroup:
    """Labels that all rules of a group have, at the group."""
    rules = list(rules_of(group))
    if len(rules) < 2:
        return group
    first, *others = rules
    shared = {
        name: one
        for name, one in first.labels.items()
        if name not in OWN_KEYS
        and all(name in rule.labels and rule.labels[name].value == one.value for rule in others)
    }

    return replace(without_labels(group, shared), labels=shared) if shared else group


def without_labels(group: ImportedGroup, names: Collection[str]) -> ImportedGroup:
    """The group, without these labels at its rules."""

    def bare(rule: ImportedRule) -> ImportedRule:
        return replace(rule, labels=_without(rule.labels, names))

    items = (
        replace(item, rules=tuple(map(bare, item.rules))) if isinstance(item, ImportedAlert) else bare(item)
        for item in group.items
    )
    return replace(group, items=tuple(items))


def _share_team(group: ImportedGroup) -> ImportedGroup:
    """The team of all alerts of a group, at the group."""
    rules = [rule for rule in rules_of(group) if rule.is_alert]
    teams = {None if rule.team is None else rule.team.value for rule in rules}
    if len(rules) < 2 or len(teams) != 1 or None in teams:
        return group
    return replace(group, team=rules[0].team)


def _take_runbooks(group: ImportedGroup) -> ImportedGroup:
    """The address of a runbook where a spec has it."""

    def lifted(alert: ImportedAlert) -> ImportedAlert:
        first = alert.rules[0].annotations.get(_RUNBOOK)
        found = {_RUNBOOK in rule.annotations and rule.annotations[_RUNBOOK].value for rule in alert.rules}
        if first is None or len(found) != 1 or not first.value:
            return alert
        rules = tuple(
            replace(rule, annotations=_without(rule.annotations, (_RUNBOOK,))) for rule in alert.rules
        )
        return replace(alert, rules=rules, runbook=first)

    return _with_alerts(group, lifted)


def join_pages(group: ImportedGroup, pages: RunbookPages, apart: Collection[str]) -> ImportedGroup:
    """The alerts with the pages about them, but for those with the keys in `apart`."""

    def joined(alert: ImportedAlert) -> ImportedAlert:
        page = pages.find(alert.name, runbook_address(alert))
        return alert if page is None or alert.key in apart else replace(alert, page=page)

    return _with_alerts(group, joined)


def runbook_address(alert: ImportedAlert) -> str | None:
    """The address of the page about an alert, if it has one."""
    address = alert.runbook or alert.rules[0].annotations.get(_RUNBOOK)
    return None if address is None else str(address.value)


def draw_as_panels(group: ImportedGroup, panels: DashboardPanels, plain: Collection[str]) -> ImportedGroup:
    """The alerts drawn as the panels of their queries, but for those with the keys in `plain`."""

    def drawn(alert: ImportedAlert) -> ImportedAlert:
        if (
            alert.key in plain
            or group.engine is not Engine.PROMETHEUS
            or (not alert.has_one_query and len(alert.rules) > 1)
        ):
            return alert
        first = alert.rules[0]
        query = first.split.query if first.split is not None else plain_text(first.expr)
        panel = panels.find(query)
        return alert if panel is None else use_unit(replace(alert, panel=panel), panel.unit)

    return _with_alerts(group, drawn) if group.engine is Engine.PROMETHEUS else group


LIFTS: dict[str, Lift] = {
    "thresholds": _split_thresholds,
    "severities": _merge_severities,
    "units": _say_units,
    "labels": _share_labels,
    "teams": _share_team,
    "runbooks": _take_runbooks,
}
"""All lifts by name, in the order in which they are made."""
PAGES = "pages"
"""That a page becomes the runbook of its alert, which is no part of a rule."""
PROJECT = "project"
"""That labels of all rules of all files stand at the project."""
PANELS = "panels"
"""That a panel of a dashboard says how its alert is drawn, which is no part of a rule either."""
ALL_LIFTS = (*LIFTS, PROJECT, PAGES, PANELS)
OF_ALERTS = (("runbooks", "units"), ("thresholds", "severities"))
"""Those that are made of each alert by itself; the first are taken back before the others."""


def _is_alike(one: ImportedRule, other: ImportedRule) -> bool:
    """Whether two rules say the same but for their conditions and severities."""
    return (
        _said(one.labels) == _said(other.labels)
        and _said(one.annotations) == _said(other.annotations)
        and (one.team and one.team.value) == (other.team and other.team.value)
    )


def _said(texts: Mapping[str, Sourced]) -> dict[str, object]:
    return {name: one.value for name, one in texts.items()}


def _without(texts: Mapping[str, Sourced], names: Iterable[str]) -> dict[str, Sourced]:
    gone = set(names)
    return {name: one for name, one in texts.items() if name not in gone}


def rules_of(group: ImportedGroup) -> Iterable[ImportedRule]:
    """The rules of a group, in their order."""
    for item in group.items:
        yield from item.rules if isinstance(item, ImportedAlert) else (item,)


def _kept_one(kept: Mapping[str, ImportedAlert], alert: ImportedAlert) -> ImportedAlert:
    return kept.get(alert.key, alert)


def _with_alerts(group: ImportedGroup, change: Callable[[ImportedAlert], ImportedAlert]) -> ImportedGroup:
    items = tuple(change(item) if isinstance(item, ImportedAlert) else item for item in group.items)
    return replace(group, items=items)
