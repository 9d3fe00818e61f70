"""The plan of a spec whose groups are validated and planned apart from each other, by several processes."""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from tocsin.compile.assemble import assemble_plan
from tocsin.compile.frame import Frame
from tocsin.compile.groups import all_groups, compile_groups
from tocsin.compile.kept_groups import keep_groups, written
from tocsin.compile.other_groups import NeededGroupsError, OtherGroups
from tocsin.compile.packed_group import PackedGroup
from tocsin.compile.problems import late_problems, problems_around, problems_of_groups
from tocsin.compile.problems.references import alerts_named, every_alert
from tocsin.compile.problems.rule_files import OwnNames
from tocsin.compile.recordings import spec_flows
from tocsin.parallel import parallel_map
from tocsin.source.node import plain_data
from tocsin.spec.fast_load import with_groups, without_groups
from tocsin.spec.known_group import whole_values

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tocsin.compile.group_part import GroupPart
    from tocsin.compile.groups import CompiledGroup
    from tocsin.compile.kept_groups import KeptGroups
    from tocsin.plan.model import Plan
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.result_store import ResultStore
    from tocsin.spec.alerts import Group
    from tocsin.spec.fast_load import Values
    from tocsin.spec.model import Spec
    from tocsin.spec.recover import Recovered

    AlertNames = Mapping[str, Mapping[str, object]]
    """The alerts of each group, by the names of both."""

_OF_RECORDINGS = ("title", "labels", "options")
"""What of a group is written at its recordings, and its title, which it has to have."""
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
    named = None if alerts is None else _own_names(groups)
    if spec is None or alerts is None or named is None or spec.project.branches:
        # What the exceptions of the project reach, all groups together decide.
        return None
    if any(problems_around(spec, alerts, named)):
        return None
    recording = _recording(groups)
    recorded = with_groups(spec, recording) if recording else spec
    if recorded is None:
        return None
    kept = None if store is None else keep_groups(store, values, recording)
    apart = _GroupsApart(spec, groups, alerts, kept, spec_flows(recorded))
    parts = apart.find_kept()
    missing = [name for name in apart.names if name not in parts]
    size = -(-len(missing) // (processes * _SHARES)) or 1
    shares = [missing[start : start + size] for start in range(0, len(missing), size)]
    try:
        found = list(chain.from_iterable(parallel_map(apart.compile_to_keep, shares, processes)))
    except _WrongError:
        return None
    parts.update((name, apart.keep(name, one)) for name, one in zip(missing, found, strict=True))
    return assemble_plan(spec, apart.frame, parts.values())


def build_beside(left: Recovered, sound: Mapping[str, Any], store: ResultStore) -> Plan | None:
    """The plan of what is left of a spec in which something was wrong, with groups that are sound.

    `sound` are the values of these, which the spec does not hold. They are taken from the store; groups of
    the spec are not kept there, as what is wrong may be a secret in clear. NeededGroupsError where some were
    not planned earlier, or not beside what is left; None where nobody can look at them apart.
    """
    values: Any = plain_data(left.root)
    groups = dict(sorted({**sound, **values.get("groups", {})}.items()))
    alerts = _alert_names(groups)
    if alerts is None:
        return None
    spec = left.spec.model_copy(update={"groups": {}})
    recording = _recording(groups)
    recorded = with_groups(spec, recording) if recording else spec
    kept = keep_groups(store, {**values, "groups": groups}, recording)
    if recorded is None or kept is None:
        return None
    apart = _GroupsApart(spec, {**sound, **left.spec.groups}, alerts, kept, spec_flows(recorded))
    parts = apart.find_kept()
    missing = [name for name in apart.names if name not in parts]
    if needed := {*missing} - left.spec.groups.keys():
        raise NeededGroupsError(needed)
    compiled = zip(missing, compile_groups(left.spec, apart.frame, missing), strict=True)
    # With their digests, so that what follows from them is found again while the mistake stands.
    for name, one in compiled:
        parts[name] = PackedGroup.of(one, written(one, alerts_named(left.spec, name))).part()
    return assemble_plan(spec, apart.frame, parts.values())


class _GroupsApart:
    """The groups of a spec, each of which is compiled with those alone that it depends on."""

    def __init__(
        self,
        spec: Spec,
        groups: Mapping[str, Any],
        alerts: AlertNames,
        kept: KeptGroups | None,
        flows: QueryFlows,
    ) -> None:
        """The flows know the recordings of all groups, beside which each is compiled."""
        self._spec = spec
        self._groups = groups
        self._alerts = alerts
        self._kept = kept
        self._flows = flows
        self._homes = {alert: group for group, names in alerts.items() for alert in names}
        self._known: dict[str, Group] = {}
        self.frame = Frame.of(spec, self._flows)
        self.names = sorted(all_groups(spec, alerts))

    def find_kept(self) -> dict[str, GroupPart]:
        """The groups that an earlier run has kept."""
        if self._kept is None:
            return {}
        there = every_alert(self._spec, self._alerts)
        found = {
            name: self._kept.find(self._needed_by(name), there, partial(self._compile_one, name))
            for name in self.names
        }
        return {name: part for name, part in found.items() if part is not None}

    def compile_to_keep(self, names: Sequence[str]) -> list[PackedGroup]:
        """Some groups, and how they are kept; _WrongError where something is wrong."""
        return [
            PackedGroup.of(one, None if self._kept is None else written(one, named))
            for one, named in self._compile(names)
        ]

    def keep(self, name: str, made: PackedGroup) -> GroupPart:
        """The part of the plan that a group is, which a later run finds where it can be kept."""
        if self._kept is not None and made.written is not None:
            self._kept.keep(self._needed_by(name), made.written)
        return made.part()

    def _compile_one(self, name: str) -> CompiledGroup:
        return self._compile([name])[0][0]

    def _compile(self, names: Sequence[str]) -> list[tuple[CompiledGroup, tuple[str, ...]]]:
        """Some groups, each with the alerts that it names."""
        needed = _needed([name for name in names if name in self._alerts], self._alerts, self._homes)
        groups = {name: self._known.get(name) or whole_values(self._groups[name]) for name in needed}
        some = with_groups(self._spec, groups)
        if (
            some is None
            or any(problems_of_groups(some, self._alerts))
            or any(late_problems(some, self._flows))
        ):
            raise _WrongError
        self._known.update((name, some.groups[name]) for name in needed if name not in names)
        named = [alerts_named(some, name) for name in names]
        return list(zip(compile_groups(some, self.frame, names), named, strict=True))

    def _needed_by(self, name: str) -> list[str]:
        """The group and those on which it depends, in an order that follows from the group alone."""
        return [name, *(one for one in _needed([name], self._alerts, self._homes) if one != name)]


def other_groups(groups: Mapping[str, Any]) -> OtherGroups | None:
    """What has to be known of groups by their values; None where they cannot be looked at apart."""
    alerts = _alert_names(groups)
    named = None if alerts is None else _own_names(groups)
    return None if alerts is None or named is None else OtherGroups(alerts, named, _recording(groups))


def _alert_names(groups: object) -> dict[str, dict[str, object]] | None:
    """The alerts of each group by name; None when the groups cannot be looked at apart from each other."""
    if not isinstance(groups, dict):
        return None
    found: dict[str, dict[str, object]] = {}
    for name, group in groups.items():
        alerts = group.get("alerts") if isinstance(group, dict) else None
        if not isinstance(alerts, dict):
            return None
        found[name] = alerts
    return found


def _own_names(groups: Mapping[str, Any]) -> dict[str, OwnNames] | None:
    """What each group says that its rule group and its file are called; None where that is no text."""
    found = {key: OwnNames(group.get("name"), group.get("file")) for key, group in groups.items()}
    texts = (text for one in found.values() for text in one)
    return found if all(text is None or isinstance(text, str) for text in texts) else None


def _recording(groups: Mapping[str, Any]) -> dict[str, Any]:
    """The groups with recordings among their alerts, without these: what all groups may read."""
    found: dict[str, Any] = {}
    for key, group in groups.items():
        recordings = group.get("recordings")
        if isinstance(recordings, list) and recordings:
            around = {name: value for name, value in group.items() if name in _OF_RECORDINGS}
            # The alert that one stands behind is none of these.
            rules = [_without_after(rule) if isinstance(rule, dict) else rule for rule in recordings]
            found[key] = {**around, "recordings": rules, "alerts": {}}
    return found


def _without_after(rule: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in rule.items() if name != "after"}


def _needed(names: Iterable[str], alerts: AlertNames, homes: Mapping[str, str]) -> list[str]:
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
