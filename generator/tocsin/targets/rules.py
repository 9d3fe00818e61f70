"""Rule files: the form that Prometheus and Loki's ruler share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.files import File, text_file
from tocsin.plan.model import Recording
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Plan, Rule, RuleGroup


def rule_files(plan: Plan, groups: Iterable[tuple[str, RuleGroup]]) -> Iterator[File]:
    """One file for each path, with the groups that belong into it in their order."""
    files: dict[str, list[RuleGroup]] = {}
    for path, group in groups:
        files.setdefault(path, []).append(group)
    heading = f"Made by Tocsin from the spec of {plan.project.name}; change the spec instead."
    for path, inside in sorted(files.items()):
        value = {"groups": [_group(group) for group in inside]}
        yield text_file(path, yaml_text(value, heading=heading))


def _group(group: RuleGroup) -> dict[str, Any]:
    rules = [_recording(rule) if isinstance(rule, Recording) else _alert(rule) for rule in group.rules]
    return {"name": group.name, "interval": group.interval, "rules": rules}


def _alert(rule: Rule) -> dict[str, Any]:
    written: dict[str, Any] = {"alert": rule.alert, "expr": rule.expr}
    if rule.for_ != "0s":
        written["for"] = rule.for_
    if rule.keep_firing_for:
        written["keep_firing_for"] = rule.keep_firing_for
    written["labels"] = rule.labels
    written["annotations"] = rule.annotations
    return written


def _recording(rule: Recording) -> dict[str, Any]:
    written: dict[str, Any] = {"record": rule.record, "expr": rule.expr}
    if rule.labels:
        written["labels"] = rule.labels
    return written
