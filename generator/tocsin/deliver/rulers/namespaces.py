"""The namespaces of a ruler: files as mimirtool and lokitool read them, none of them too long to review."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.plan.divide import divide
from tocsin.plan.model import Engine
from tocsin.plan.ruler_groups import DeliveredGroup, divided_rules
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Plan, Ruler

MOST_BYTES = 200 * 1024
"""Of a file, so that a review shows it, and it fits into a ConfigMap."""
_HEAD = "groups:\n"
_PART = re.compile(r"(?:-[0-9]+of[0-9]+)*")


@value_object
class Namespace:
    """Some groups of a tenant, under a name of which the ruler has one."""

    tenant: str
    """Empty where none is named."""
    name: str
    groups: tuple[DeliveredGroup, ...]
    file: File


def ruler_namespaces(plan: Plan, ruler: Ruler) -> Iterator[Namespace]:
    """The namespaces of all tenants, by tenant and name.

    There is one, unless its file would be too long. Then the groups are divided by their names in the plan,
    and a single group of the plan that is too long by the names of its parts.
    """
    # Checks ask for the groups of a ruler, and the targets take long to load.
    from tocsin.targets.heading import generated_heading

    heading = f"{generated_heading(plan)}\n"
    for tenant, groups in divided_rules(plan, ruler).groups.items():
        parts: list[tuple[str, list[_Written]]] = []
        for suffix, held in _divided([_Written(one) for one in groups], len(heading.encode())):
            parts.append((f"{ruler.namespace}{suffix}", held))
        for name, held in sorted(parts):
            text = yaml_text({"namespace": name}, heading=heading) + _HEAD
            text += "".join(one.text for one in held)
            file = text_file(f"{_folder(ruler, tenant)}/{name}.yaml", text)
            yield Namespace(tenant, name, tuple(one.group for one in held), file)


def is_own_namespace(ruler: Ruler, name: str) -> bool:
    """Whether a namespace is one that the ruler's rules are, or have been, divided into."""
    return name.startswith(ruler.namespace) and bool(_PART.fullmatch(name, len(ruler.namespace)))


class _Written:
    """A group with its text as an item of the list of groups."""

    def __init__(self, group: DeliveredGroup) -> None:
        self.group = group
        from tocsin.targets.rules import group_value

        self.text = yaml_text({"groups": [group_value(group.group)]}).removeprefix(_HEAD)
        self.size = len(self.text.encode())


def _divided(written: Sequence[_Written], heading: int) -> Iterator[tuple[str, list[_Written]]]:
    """The parts, each with what its namespace's name ends with."""
    most = MOST_BYTES - heading - 1024
    for outer, held in divide(written, lambda one: one.group.of.name, lambda one: one.size, most):
        suffix = f"-{outer.suffix}" if outer.suffix else ""
        if sum(one.size for one in held) <= most:
            yield suffix, held
            continue
        for inner, rest in divide(held, lambda one: one.group.group.name, lambda one: one.size, most):
            yield f"{suffix}-{inner.suffix}" if inner.suffix else suffix, rest


def _folder(ruler: Ruler, tenant: str) -> str:
    return f"loki-ruler/{tenant}" if ruler.engine is Engine.LOKI else "mimir"
