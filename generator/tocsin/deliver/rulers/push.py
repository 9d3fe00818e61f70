"""What has to be sent to a ruler, so that it has the rules of a plan, and sending it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.deliver.rulers.differences import Difference, group_differences
from tocsin.deliver.rulers.namespaces import is_own_namespace, ruler_namespaces
from tocsin.existing.canonical import canonical_group
from tocsin.plan.model import Engine
from tocsin.source.document import Document
from tocsin.source.node import MappingNode
from tocsin.source.yaml import read_yaml
from tocsin.targets.rules import group_value
from tocsin.text.yaml import yaml_text
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tocsin.deliver.rulers.api import Groups, RulerApi
    from tocsin.existing.canonical import CanonicalGroup
    from tocsin.plan.model import Plan, Ruler


@value_object
class GroupChange:
    """One request: a rule group that is added, changed or removed."""

    kind: str
    """`added`, `changed` or `removed`."""
    tenant: str
    namespace: str
    group: str
    rules: int
    """How many rules it has then; those that it had, where it is removed."""
    text: str
    """The group as YAML; empty where it is removed."""
    differences: tuple[Difference, ...] = ()


@value_object
class _Wanted:
    group: CanonicalGroup
    text: str


def ruler_tenants(plan: Plan, ruler: Ruler, further: Iterable[str] = ()) -> tuple[str, ...]:
    """The tenants that a ruler is asked as, an empty text for none; `further` are such as have no rules."""
    own = [one.tenant for one in ruler_namespaces(plan, ruler)]
    if ruler.engine is Engine.PROMETHEUS and not own:
        own = [ruler.tenant or ""]
    return tuple(dict.fromkeys((*own, *further)))


def ruler_changes(plan: Plan, ruler: Ruler, tenant: str, stored: Groups) -> tuple[GroupChange, ...]:
    """What to do with the groups that a ruler has stored for a tenant, in the order in which to do it.

    Only the namespaces of the plan are looked at. Recordings come before the alerts that may read them, and
    what is removed goes last, alerts first. Where the ruler takes no more groups, as many as necessary are
    removed before.
    """
    wanted = _wanted(plan, ruler, tenant)
    own = {
        (namespace, group.name): group
        for namespace, groups in stored.items()
        if is_own_namespace(ruler, namespace)
        for group in groups
    }
    written = sorted(
        _written(wanted, own, tenant, ruler.engine), key=lambda one: not _records(wanted[_key(one)].group)
    )
    removed = sorted(
        (
            GroupChange("removed", tenant, namespace, name, len(group.rules), "")
            for (namespace, name), group in own.items()
            if (namespace, name) not in wanted
        ),
        key=lambda one: _records(own[_key(one)]),
    )
    early = _lacking_room(ruler, written, sum(map(len, stored.values())))
    return (*removed[:early], *written, *removed[early:])


def apply_changes(api: RulerApi, changes: Sequence[GroupChange], done: Callable[[GroupChange], None]) -> None:
    """Do what is planned, in its order; RulerError at the first request that fails.

    Another plan then has what is left, and doing it completes this one.
    """
    for change in changes:
        if change.kind == "removed":
            api.delete(change.namespace, change.group)
        else:
            api.put(change.namespace, change.text)
        done(change)


def _wanted(plan: Plan, ruler: Ruler, tenant: str) -> dict[tuple[str, str], _Wanted]:
    found = {}
    for namespace in ruler_namespaces(plan, ruler):
        for one in namespace.groups if namespace.tenant == tenant else ():
            text = yaml_text(group_value(one.group))
            node = read_yaml(Document(namespace.file.path, text)).node
            assert isinstance(node, MappingNode), "a rule group is a mapping"
            found[namespace.name, one.group.name] = _Wanted(canonical_group(node), text)
    return found


def _written(
    wanted: dict[tuple[str, str], _Wanted],
    own: dict[tuple[str, str], CanonicalGroup],
    tenant: str,
    engine: Engine,
) -> Iterator[GroupChange]:
    for (namespace, name), one in wanted.items():
        there = own.get((namespace, name))
        count = len(one.group.rules)
        if there is None:
            yield GroupChange("added", tenant, namespace, name, count, one.text)
        elif differences := tuple(group_differences(there, one.group, engine)):
            yield GroupChange("changed", tenant, namespace, name, count, one.text, differences)


def _lacking_room(ruler: Ruler, written: Sequence[GroupChange], stored: int) -> int:
    """How many groups have to go before anything is written; a group that is changed counts twice then."""
    if not ruler.groups or not written:
        return 0
    added = sum(one.kind == "added" for one in written)
    return max(0, stored + max(added, 1) - ruler.groups)


def _records(group: CanonicalGroup) -> bool:
    return any(rule.kind == "record" for rule in group.rules)


def _key(change: GroupChange) -> tuple[str, str]:
    return change.namespace, change.group
