"""The rule groups of a file, split over several objects where one would be too large for a cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from tocsin.deliver.errors import DeliveryError
from tocsin.deliver.kubernetes.objects import check_size
from tocsin.lang.kubernetes.names import object_names
from tocsin.plan.divide import divide
from tocsin.plan.names import rule_file_stem
from tocsin.targets.rules import group_value
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from tocsin.plan.model import Plan, RuleGroup

Key = TypeVar("Key", bound=tuple[str, ...])

NO_NAMES: Mapping[str, str] = {}
MOST_BYTES_TOGETHER = 200 * 1024
"""Below what client-side `kubectl apply` can store in an annotation, and what the operator takes."""
MOST_BYTES_OF_ONE = 512 * 1024
"""What the operator takes of one PrometheusRule (`MaxConfigMapDataSize` in `pkg/operator/rules.go`)."""


def file_stem(group: RuleGroup) -> str:
    """The name of the group's rule file, without its extension."""
    return rule_file_stem(group.file)


def rule_parts(
    plan: Plan, groups: Iterable[tuple[Key, RuleGroup]], own_names: Mapping[str, str] = NO_NAMES
) -> Iterator[tuple[Key, str, list[dict[str, Any]]]]:
    """The objects of rule groups: the key of the file, the object's name, and the values of its groups.

    Each group comes with the key of its file: its stem, and before it the tenant where there are any.
    Files with these stems have objects with names of their own. DeliveryError where a single group is too
    large, or two objects have one name.
    """
    files: dict[Key, list[RuleGroup]] = {}
    for key, group in groups:
        files.setdefault(key, []).append(group)
    parts = [(key, part, values) for key in sorted(files) for part, values in _divided(files[key])]
    project = plan.project.name
    made = object_names((project, *key, *part) for key, part, _ in parts if key[-1] not in own_names)
    taken: set[str] = set()
    for key, part, values in parts:
        own = own_names.get(key[-1])
        name = made[project, *key, *part] if own is None else "-".join((own, *part))
        if name in taken:
            raise DeliveryError(
                f"two objects with rules are called `{name}`: change one under `rules: names:`"
            )
        taken.add(name)
        yield key, name, values


def group_bytes(group: RuleGroup) -> int:
    """The size of a rule group in an object, in bytes."""
    return len(yaml_text(group_value(group)).encode())


def _divided(groups: list[RuleGroup]) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """The parts that have groups, each with the suffix of its name."""
    sizes = {group.name: group_bytes(group) for group in groups}
    for group in groups:
        advice = "divide its alerts into more groups"
        check_size(sizes[group.name], MOST_BYTES_OF_ONE, f"the rule group {group.name}", advice)
    named = divide(groups, lambda one: one.name, lambda one: sizes[one.name], MOST_BYTES_TOGETHER)
    for bucket, held in named:
        yield (bucket.suffix,) if bucket.suffix else (), [group_value(group) for group in held]
