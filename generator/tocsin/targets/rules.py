"""Rule files, which Prometheus and Loki's ruler read in one shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.files import text_file
from tocsin.plan.model import Rule
from tocsin.plan.parts import PartedRuleGroups
from tocsin.targets.heading import generated_heading
from tocsin.targets.kept_texts import KeptTexts
from tocsin.text.yaml import yaml_heading, yaml_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from tocsin.files import File
    from tocsin.plan.model import Engine, Plan, Recording, RuleGroup
    from tocsin.result_store import ResultStore

_GROUPS = "groups:\n"


def rule_files(
    plan: Plan, engine: Engine, path_of: Callable[[RuleGroup], str], store: ResultStore | None = None
) -> Iterator[File]:
    """The files of the rule groups of an engine; groups of one path share a file in their order.

    What earlier runs wrote of a group of the spec is taken from the store.
    """
    files: dict[str, list[str]] = {}
    for path, text in _written(plan, engine, path_of, store):
        files.setdefault(path, []).append(text)
    head = f"{yaml_heading(generated_heading(plan))}{_GROUPS}"
    for path, texts in sorted(files.items()):
        yield text_file(path, "".join((head, *texts)))


def _written(
    plan: Plan, engine: Engine, path_of: Callable[[RuleGroup], str], store: ResultStore | None
) -> Iterator[tuple[str, str]]:
    """The path and the text of each rule group."""

    def written(groups: Iterable[RuleGroup]) -> list[tuple[str, str]]:
        return [
            (path_of(group), yaml_text({"groups": [group_value(group)]}).removeprefix(_GROUPS))
            for group in groups
            if group.engine is engine
        ]

    known = plan.rule_groups
    if not isinstance(known, PartedRuleGroups):
        yield from written(known)
        return
    yield from written(known.first)
    kept = KeptTexts(store, f"rule groups for {engine.value}", ())
    for part in known.parts:
        found = kept.find(part, (), 2)
        if found is None:
            found = [one for pair in written(part.read()[1]) for one in pair]
            kept.keep(part, (), found)
        yield from zip(found[::2], found[1::2], strict=True)


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
