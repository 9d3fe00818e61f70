"""The plan of a spec whose groups are validated and planned apart from each other, by several processes."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from tocsin.compile.assemble import assemble_plan
from tocsin.compile.frame import Frame
from tocsin.compile.group_part import as_part
from tocsin.compile.groups import all_groups, compile_groups
from tocsin.compile.kept_groups import Written, keep_groups, part_of, written
from tocsin.compile.problems import late_problems, problems_around, problems_of_groups
from tocsin.compile.problems.references import alerts_named, every_alert
from tocsin.compile.recordings import spec_flows
from tocsin.parallel import parallel_map
from tocsin.spec.fast_load import with_groups, without_groups

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.compile.group_part import GroupPart
    from tocsin.compile.groups import CompiledGroup
    from tocsin.plan.model import Plan
    from tocsin.result_store import ResultStore
    from tocsin.spec.alerts import Group
    from tocsin.spec.fast_load import Values

_SHARES = 16
"""For each process: enough that all are done at about the same time."""


class _WrongError(Exception):
    """Something is wrong in one of the groups: the others need not be planned."""


def build_apart(values: Values, processes: int, store: ResultStore | None = None) -> Plan | None:
    """The plan of a spec by its values; None where `build` would have something to say about it.

    Groups that an earlier run has planned with the same values are taken from the store.
    """
    groups: Any = values.get("groups")
    spec = without_groups(values)
    alerts = _alert_names(groups)
    if spec is None or alerts is None or any(problems_around(spec, alerts)):
        return None
    flows = spec_flows(spec)
    frame = Frame.of(spec, flows)
    homes = {alert: group for group, names in alerts.items() for alert in names}
    known: dict[str, Group] = {}

    def planned(names: Sequence[str]) -> list[tuple[CompiledGroup, tuple[str, ...]]]:
        """Some groups, each with the alerts that it names."""
        needed = _needed([name for name in names if name in alerts], alerts, homes)
        some = with_groups(spec, {name: known.get(name, groups[name]) for name in needed})
        if some is None or any(problems_of_groups(some, alerts)) or any(late_problems(some, flows)):
            raise _WrongError
        known.update((name, some.groups[name]) for name in needed if name not in names)
        named = [alerts_named(some, name) for name in names]
        return list(zip(compile_groups(some, frame, names), named, strict=True))

    def again(name: str) -> CompiledGroup:
        return planned([name])[0][0]

    def needed_by(name: str) -> list[str]:
        """The group and those on which it depends, in an order that follows from the group alone."""
        return [name, *(one for one in _needed([name], alerts, homes) if one != name)]

    names = sorted(all_groups(spec, alerts))
    kept = None if store is None else keep_groups(store, values)
    there = every_alert(spec, alerts)
    parts: dict[str, GroupPart] = {}
    if kept is not None:
        for name in names:
            part = kept.find(needed_by(name), there, partial(again, name))
            if part is not None:
                parts[name] = part

    def made(names: Sequence[str]) -> list[Written | CompiledGroup]:
        """Some groups, as they are kept where that is possible."""
        found = planned(names)
        if kept is None:
            return [one for one, _ in found]
        return [written(one, named) or one for one, named in found]

    missing = [name for name in names if name not in parts]
    size = -(-len(missing) // (processes * _SHARES)) or 1
    shares = [missing[start : start + size] for start in range(0, len(missing), size)]
    try:
        found = list(chain.from_iterable(parallel_map(made, shares, processes)))
    except _WrongError:
        return None
    for name, one in zip(missing, found, strict=True):
        if isinstance(one, Written):
            parts[name] = part_of(one)
            if kept is not None:
                kept.keep(needed_by(name), one)
        else:
            parts[name] = as_part(one)
    return assemble_plan(spec, frame, parts.values())


def _alert_names(groups: object) -> dict[str, dict[str, object]] | None:
    """The alerts of each group by name; None when the groups cannot be looked at apart from each other."""
    if not isinstance(groups, dict):
        return None
    found: dict[str, dict[str, object]] = {}
    for name, group in groups.items():
        alerts = group.get("alerts") if isinstance(group, dict) else None
        # Names of rule groups, and what is recorded among alerts, matter to all groups.
        if not isinstance(alerts, dict) or group.keys() & {"name", "file", "recordings"}:
            return None
        found[name] = alerts
    return found


def _needed(
    names: Iterable[str], alerts: Mapping[str, Mapping[str, object]], homes: Mapping[str, str]
) -> list[str]:
    """The groups, and those with alerts on which theirs depend, and so on."""
    needed = dict.fromkeys(names)
    waiting = [name for name in needed if name in alerts]
    while waiting:
        for alert in alerts[waiting.pop()].values():
            for cause in _causes(alert):
                home = homes.get(cause)
                if home is not None and home not in needed:
                    needed[home] = None
                    waiting.append(home)
    return list(needed)


def _causes(alert: Any) -> list[str]:
    """The names of the alerts on which one depends, as far as they have the form of names."""
    causes = alert.get("depends_on") if isinstance(alert, dict) else None
    if not isinstance(causes, list):
        return []
    names = [cause.get("alert") if isinstance(cause, dict) else cause for cause in causes]
    return [name for name in names if isinstance(name, str)]
