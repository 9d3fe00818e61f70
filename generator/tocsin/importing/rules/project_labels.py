"""Labels that all rules of all imported files have, at the project."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.importing.rules.lifts import OWN_KEYS, rules_of, without_labels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tocsin.importing.rules.model import ImportedGroup
    from tocsin.importing.rules.rule_file import RuleFile
    from tocsin.importing.sourced import Sourced


def share_with_project(files: Sequence[RuleFile]) -> list[RuleFile]:
    """The files without the labels that all of their rules have, which stand beside them.

    Of a single group, the group has them.
    """
    groups = [group for file in files for group in file.groups]
    first, *others = [labels for group in groups for labels in _of_rules(group)] or [{}]
    shared = {
        name: one
        for name, one in first.items()
        if name not in OWN_KEYS
        and "{{" not in str(one.value)
        and all(name in labels and labels[name].value == one.value for labels in others)
    }
    if not shared or len(groups) < 2:
        return [*files]
    return [
        replace(
            file,
            groups=tuple(_without(group, shared) for group in file.groups),
            project_labels=shared,
        )
        for file in files
    ]


def _of_rules(group: ImportedGroup) -> Iterator[Mapping[str, Sourced]]:
    """The labels of each rule, with those of the group."""
    yield from ({**group.labels, **rule.labels} for rule in rules_of(group))


def _without(group: ImportedGroup, names: Mapping[str, Sourced]) -> ImportedGroup:
    own = {name: one for name, one in group.labels.items() if name not in names}
    return replace(without_labels(group, names), labels=own)
