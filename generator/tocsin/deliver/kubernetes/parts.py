"""The rule groups of a file, divided where one object would be too large for a cluster.

A group goes to a part by the checksum of its name, and the number of parts is a power of two: another rule
changes one object, until there have to be twice as many.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, TypeVar

from tocsin.deliver.kubernetes.objects import check_size
from tocsin.lang.kubernetes.names import object_names
from tocsin.targets.rules import group_value
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Plan, RuleGroup

Key = TypeVar("Key", bound=tuple[str, ...])

MOST_BYTES_TOGETHER = 200 * 1024
"""Below what client-side `kubectl apply` can store in an annotation, and what the operator takes."""
_MOST_BYTES_OF_ONE = 512 * 1024
"""What the operator takes of one PrometheusRule (`MaxConfigMapDataSize` in `pkg/operator/rules.go`)."""
_MOST_PARTS = 1024


def file_stem(group: RuleGroup) -> str:
    """The name of the group's rule file, without its ending."""
    return group.file.removesuffix(".yaml")


def rule_parts(
    plan: Plan, groups: Iterable[tuple[Key, RuleGroup]]
) -> Iterator[tuple[Key, str, list[dict[str, Any]]]]:
    """The objects of rule groups: the key of the file, the object's name, and the values of its groups.

    Each group comes with the key of its file: its stem, and before it the tenant where there are any.
    DeliveryError where a single group is too large.
    """
    files: dict[Key, list[RuleGroup]] = {}
    for key, group in groups:
        files.setdefault(key, []).append(group)
    parts = [(key, part, values) for key in sorted(files) for part, values in _divided(files[key])]
    names = object_names((plan.project.name, *key, *part) for key, part, _ in parts)
    for key, part, values in parts:
        yield key, names[plan.project.name, *key, *part], values


def _divided(groups: list[RuleGroup]) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """The parts that have groups, each with what to add to the name of the whole."""
    sized = [(group.name, value := group_value(group), _size(value)) for group in groups]
    for name, _, size in sized:
        advice = "divide its alerts into more groups"
        check_size(size, _MOST_BYTES_OF_ONE, f"the rule group {name}", advice)
    count = 1
    while count < _MOST_PARTS and any(_is_too_large(sized, number, count) for number in range(count)):
        count *= 2
    for number in range(count):
        if values := [value for name, value, _ in sized if _part_of(name, count) == number]:
            yield () if count == 1 else (f"{number + 1}of{count}",), values


def _is_too_large(sized: list[tuple[str, dict[str, Any], int]], number: int, count: int) -> bool:
    sizes = [size for name, _, size in sized if _part_of(name, count) == number]
    return len(sizes) > 1 and sum(sizes) > MOST_BYTES_TOGETHER


def _part_of(name: str, count: int) -> int:
    return zlib.crc32(name.encode()) % count


def _size(value: dict[str, Any]) -> int:
    return len(yaml_text(value).encode())
