"""What of a plan is larger than an object of Kubernetes can be, told before the objects are made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.deliver.kubernetes.objects import MOST_BYTES
from tocsin.deliver.kubernetes.parts import MOST_BYTES_OF_ONE, group_bytes
from tocsin.plan.model import Engine, Rule
from tocsin.source.place import Place
from tocsin.targets.alertmanager.configuration import configuration
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Kubernetes, Plan, RuleGroup

_BYTES_OF_A_LETTER = 8
"""At most: one that YAML escapes."""
_BESIDE = 400
"""Letters of a rule beside its texts, at most."""


@value_object
class Oversized:
    """Something that a cluster refuses for its size."""

    what: str
    size: int
    most: int
    """In bytes, as `size`."""
    place: Place
    help: str


def oversized(plan: Plan) -> Iterator[Oversized]:
    """Rule groups and the Secret of Alertmanager that are too large; none where nothing is for a cluster."""
    asked = plan.kubernetes
    if asked is None:
        return
    for group in plan.rule_groups:
        if not _is_delivered(group, asked) or _letters(group) * _BYTES_OF_A_LETTER <= MOST_BYTES_OF_ONE:
            continue
        size = group_bytes(group)
        if size > MOST_BYTES_OF_ONE:
            help_ = "divide its alerts into more groups, or shorten their texts"
            yield Oversized(f"the rule group `{group.name}`", size, MOST_BYTES_OF_ONE, group.place, help_)
    if asked.alertmanager is not None and asked.alertmanager.form == "secret":
        size = len(yaml_text(configuration(plan)).encode())
        if size > MOST_BYTES:
            place = Place(("deliver", "kubernetes", "alertmanager"), key=True)
            help_ = "divide the spec, or leave `alertmanager:` out"
            yield Oversized(f"the Secret `{asked.alertmanager.name}`", size, MOST_BYTES, place, help_)


def _is_delivered(group: RuleGroup, asked: Kubernetes) -> bool:
    return group.engine is Engine.PROMETHEUS or (asked.loki is not None and asked.loki.form != "none")


def _letters(group: RuleGroup) -> int:
    return sum(
        len(rule.expr)
        + sum(len(text) for text in rule.labels.values())
        + (sum(len(text) for text in rule.annotations.values()) if isinstance(rule, Rule) else 0)
        + _BESIDE
        for rule in group.rules
    )
