"""Rule files, which Prometheus and Loki's ruler read in one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.files import text_file
from tocsin.plan.model import Rule
from tocsin.targets.heading import generated_heading
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.files import File
    from tocsin.plan.model import Plan, Recording, RuleGroup


def rule_files(plan: Plan, groups: Iterable[tuple[str, RuleGroup]]) -> Iterator[File]:
    """The files of rule groups, each given with its path; groups of one path share a file in their order."""
    files: dict[str, list[dict[str, Any]]] = {}
    for path, group in groups:
        files.setdefault(path, []).append(group_value(group))
    heading = generated_heading(plan)
    for path, values in sorted(files.items()):
        yield text_file(path, yaml_text({"groups": values}, heading=heading))


def group_value(group: RuleGroup) -> dict[str, Any]:
    """A rule group as it is written, its keys in the order people write them."""
    options = {"interval": group.interval, "query_offset": group.query_offset, "limit": group.limit or None}
    return {
        "name": group.name,
        **{key: value for key, value in options.items() if value is not None},
        **group.foreign,
        **({"labels": group.labels} if group.labels else {}),
        "rules": [
            _alerting(rule, group) if isinstance(rule, Rule) else _recording(rule, group)
            for rule in group.rules
        ],
    }


def _own_labels(rule: Rule | Recording, group: RuleGroup) -> dict[str, str]:
    """The labels of a rule but for those that it takes from its group."""
    return {name: text for name, text in rule.labels.items() if group.labels.get(name) != text}


def _alerting(rule: Rule, group: RuleGroup) -> dict[str, Any]:
    value: dict[str, Any] = {"alert": rule.alert, "expr": rule.expr}
    if rule.for_ != "0s":
        value["for"] = rule.for_
    if rule.keep_firing_for is not None and rule.keep_firing_for != "0s":
        value["keep_firing_for"] = rule.keep_firing_for
    if labels := _own_labels(rule, group):
        value["labels"] = labels
    if rule.annotations:
        value["annotations"] = rule.annotations
    return value


def _recording(rule: Recording, group: RuleGroup) -> dict[str, Any]:
    value: dict[str, Any] = {"record": rule.record, "expr": rule.expr}
    if labels := _own_labels(rule, group):
        value["labels"] = labels
    return value
