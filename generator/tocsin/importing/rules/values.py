"""A group of imported rules as the value of a key below `groups:`, in the order in which people read it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.importing.rules.model import ImportedAlert, ImportedRule
from tocsin.importing.sourced import Sourced, plain_text
from tocsin.plan.model import Engine
from tocsin.spec.conditions import COMPARISONS
from tocsin.text.yaml import AsWritten, Folded, OnOneLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.importing.rules.model import ImportedGroup, Split

_KEYS = {sign: key for key, sign in COMPARISONS.items()}
_TEXTS = ("summary", "description")
_OWN_OPTIONS = ("interval", "limit", "query_offset")
"""Options for which a group of a spec has a key of its own."""


def group_value(group: ImportedGroup) -> dict[str, object]:
    """The value of a group."""
    value: dict[str, object] = {"title": group.name}
    if group.key != group.name:
        value["name"] = group.name
    if group.file != f"{group.key}.yaml":
        value["file"] = group.file
    if group.order:
        value["order"] = group.order
    value |= {name: group.options[name] for name in _OWN_OPTIONS if _is_said(group.options, name)}
    if options := {name: one for name, one in group.options.items() if name not in _OWN_OPTIONS}:
        value["options"] = options
    if group.team is not None:
        value["team"] = group.team
    if group.labels:
        value["labels"] = dict(group.labels)
    if recordings := list(_recordings(group)):
        value["recordings"] = recordings
    alerts = {item.key: _alert(item, group) for item in group.items if isinstance(item, ImportedAlert)}
    if alerts:
        value["alerts"] = alerts
    return value


def _is_said(options: Mapping[str, Sourced], name: str) -> bool:
    """Whether an option says something else than the absence of it."""
    return name in options and not (name == "limit" and options[name].value == 0)


def _recordings(group: ImportedGroup) -> Iterable[Sourced]:
    after: str | None = None
    for item in group.items:
        if isinstance(item, ImportedAlert):
            after = item.key
            continue
        language = "logql" if group.engine is Engine.LOKI else "promql"
        value: dict[str, object] = {"record": item.name, language: item.expr}
        if item.labels:
            value["labels"] = dict(item.labels)
        if after is not None:
            value["after"] = after
        yield Sourced(value, None, item.node)


def _alert(alert: ImportedAlert, group: ImportedGroup) -> object:
    first = alert.rules[0]
    named: dict[str, object] = {} if alert.key.partition("@")[0] == alert.name else {"name": alert.name}
    if alert.has_one_query:
        value = {**named, **_texts(first.annotations), **_compared(alert, group)}
    elif len(alert.rules) == 1:
        value = {**named, **_texts(first.annotations), **_one_rule(first, group)}
    else:
        value = {**named, **_several(alert, group)}
    runbook: dict[str, object] = {} if alert.runbook is None else {"url": alert.runbook}
    if alert.page is not None:
        runbook |= alert.page.value
    if alert.panel is not None:
        value["panel"] = alert.panel.value
    return {**value, "runbook": runbook} if runbook else value


def _compared(alert: ImportedAlert, group: ImportedGroup) -> dict[str, object]:
    """The query, and under each severity what it is compared with."""
    first = alert.rules[0]
    assert first.split is not None, "an alert with one query has thresholds"
    return {
        **_query(first, first.split, group),
        **({} if alert.unit is None else {"unit": alert.unit}),
        "thresholds": dict(_threshold(rule, rule.split) for rule in alert.rules if rule.split is not None),
        **_labels(first, group),
    }


def _query(rule: ImportedRule, split: Split, group: ImportedGroup) -> dict[str, object]:
    language = "logql" if group.engine is Engine.LOKI else "promql"
    return {language: Sourced(_block(split.query), rule.expr.key, rule.expr.node)}


def _threshold(rule: ImportedRule, split: Split) -> tuple[str, object]:
    """The severity of a rule, and under it what its query is compared with."""
    limit = AsWritten(split.quantity or split.number)
    return _severity(rule), OnOneLine({_KEYS[split.op]: limit, **_times(rule)})


def _severity(rule: ImportedRule) -> str:
    return "none" if rule.severity is None else plain_text(rule.severity)


def _one_rule(rule: ImportedRule, group: ImportedGroup) -> dict[str, object]:
    return {
        "expr": rule.expr,
        **({"engine": "loki"} if group.engine is Engine.LOKI else {}),
        "severity": rule.severity or "none",
        **_times(rule),
        **_labels(rule, group),
    }


def _several(alert: ImportedAlert, group: ImportedGroup) -> dict[str, object]:
    """Rules with a condition each; the team is the alert's."""
    first = alert.rules[0]
    shared = {
        name: one
        for name, one in first.annotations.items()
        if all(_said(rule.annotations, name) == one.value for rule in alert.rules)
    }
    is_query = any(rule.split is not None for rule in alert.rules)
    value: dict[str, object] = {
        **_texts(shared),
        **({"engine": "loki"} if group.engine is Engine.LOKI and not is_query else {}),
        **({} if alert.unit is None else {"unit": alert.unit}),
    }
    value["rules"] = [
        Sourced(
            {
                **_condition(rule, group),
                **({"labels": dict(rule.labels)} if rule.labels else {}),
                **_texts({name: one for name, one in rule.annotations.items() if name not in shared}),
            },
            None,
            rule.node,
        )
        for rule in alert.rules
    ]
    if first.team is not None and group.team is None:
        value["team"] = first.team
    return value


def _condition(rule: ImportedRule, group: ImportedGroup) -> dict[str, object]:
    """What says when one of several rules fires."""
    if rule.split is None:
        return {"severity": rule.severity or "none", "expr": rule.expr, **_times(rule)}
    return {**_query(rule, rule.split, group), "thresholds": dict([_threshold(rule, rule.split)])}


def _texts(annotations: Mapping[str, Sourced]) -> dict[str, object]:
    """Annotations, those first that have a key of their own."""
    folded = {name: _text(one) for name, one in annotations.items()}
    own = {name: folded[name] for name in _TEXTS if name in annotations and annotations[name].value}
    others = {name: one for name, one in folded.items() if name not in own}
    return {**own, **({"annotations": others} if others else {})}


def _text(value: Sourced) -> Sourced:
    return replace(value, value=Folded(value.value)) if isinstance(value.value, str) else value


def _times(rule: ImportedRule) -> dict[str, object]:
    found = {"for": rule.for_, "keep_firing_for": rule.keep_firing_for}
    return {name: one for name, one in found.items() if one is not None}


def _labels(rule: ImportedRule, group: ImportedGroup) -> dict[str, object]:
    labels = {name: one for name, one in rule.labels.items() if name not in group.labels}
    own_team = rule.team if group.team is None else None
    return {
        **({"team": own_team} if own_team is not None else {}),
        **({"labels": labels} if labels else {}),
    }


def _said(annotations: Mapping[str, Sourced], name: str) -> object:
    return annotations[name].value if name in annotations else None


def _block(query: str) -> str:
    return query if "\n" not in query or query.endswith("\n") else f"{query}\n"
