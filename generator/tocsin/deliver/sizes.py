"""The size of what is delivered, compared with what its programs accept."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from tocsin.deliver.kubernetes.objects import FOLDER, MOST_BYTES, MOST_BYTES_APPLIED
from tocsin.deliver.kubernetes.parts import MOST_BYTES_OF_ONE, group_bytes
from tocsin.deliver.rulers import ruler_namespaces
from tocsin.deliver.rulers.namespaces import MOST_BYTES as MOST_BYTES_OF_FILE
from tocsin.plan.model import Engine
from tocsin.plan.ruler_groups import divided_rules
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Plan, RuleGroup, Ruler


@value_object
class Size:
    """The largest thing of its kind, or how many there are."""

    program: str
    what: str
    size: int
    most: int | None
    """What the program takes; None where it takes any."""
    name: str = ""
    """Of the largest one."""
    is_full: bool = False
    """Whether it is as much as the program takes, and that is too much, as a change of it needs more."""

    @property
    def is_too_much(self) -> bool:
        """Whether the program refuses it, or every change of it."""
        return self.most is not None and (self.size > self.most or self.is_full)


def delivery_sizes(plan: Plan, files: Sequence[File]) -> Iterator[Size]:
    """The sizes by program; `files` are those of the output."""
    for engine in Engine:
        groups = [group for group in plan.rule_groups if group.engine is engine]
        if groups:
            yield Size(engine.value, "rule groups", len(groups), None)
            yield _largest(engine.value, "rules of a group", None, _rules(groups))
    if plan.kubernetes is not None:
        yield from _objects(plan, files)
    for ruler in plan.rulers:
        yield from _of_ruler(plan, ruler)


def series_of_alerts(plan: Plan) -> list[tuple[tuple[str, ...], int]]:
    """By which labels the alerts come in several series, and how many alerts do; the most alerts first."""
    counts = Counter(alert.per for group in plan.groups for alert in group.alerts)
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _objects(plan: Plan, files: Iterable[File]) -> Iterator[Size]:
    sizes: dict[bool, list[tuple[str, int]]] = {True: [], False: []}
    for file in files:
        if file.path.startswith(f"{FOLDER}/"):
            name = file.path.removeprefix(f"{FOLDER}/")
            sizes[name.startswith("prometheusrule-")].append((name, len(file.content)))
    if count := sum(map(len, sizes.values())):
        yield Size("kubernetes", "objects", count, None)
        yield _largest("kubernetes", "bytes of a PrometheusRule", MOST_BYTES_APPLIED, sizes[True])
        yield _largest("kubernetes", "bytes of another object", MOST_BYTES, sizes[False])
    groups = ((group.name, group_bytes(group)) for group in plan.rule_groups)
    yield _largest("kubernetes", "bytes of a rule group", MOST_BYTES_OF_ONE, groups)


def _of_ruler(plan: Plan, ruler: Ruler) -> Iterator[Size]:
    program = "mimir" if ruler.engine is Engine.PROMETHEUS else "loki ruler"
    divided = divided_rules(plan, ruler)
    for tenant, groups in divided.groups.items():
        of = f" of the tenant {tenant}" if tenant else ""
        most, count = ruler.groups or None, len(groups)
        yield Size(program, f"rule groups{of}", count, most, is_full=count == most)
        held = _rules(one.group for one in groups)
        yield _largest(program, f"rules of a group{of}", ruler.rules_per_group or None, held)
    files = ((one.file.path, len(one.file.content)) for one in ruler_namespaces(plan, ruler))
    yield _largest(program, "bytes of a file", MOST_BYTES_OF_FILE, files)
    yield Size(program, "reads that are an interval late", len(divided.lags), None)


def _rules(groups: Iterable[RuleGroup]) -> Iterator[tuple[str, int]]:
    return ((group.name, len(group.rules)) for group in groups)


def _largest(program: str, what: str, most: int | None, sizes: Iterable[tuple[str, int]]) -> Size:
    name, size = max(sizes, key=lambda item: (item[1], item[0]), default=("", 0))
    return Size(program, what, size, most, name)
