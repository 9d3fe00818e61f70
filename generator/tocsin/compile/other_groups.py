"""Groups of a spec in which nothing is wrong, beside those that are looked at because something is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.compile.problems import alert_names, problems, problems_around, problems_of_groups
from tocsin.compile.problems.rule_files import OwnNames, own_names
from tocsin.compile.recordings import spec_flows
from tocsin.spec.fast_load import with_groups
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from tocsin.diagnostics.problem import Problem
    from tocsin.plan.query_flows import QueryFlows
    from tocsin.spec.alerts import Alert
    from tocsin.spec.model import Spec


class NeededGroupsError(Exception):
    """Some of the other groups cannot be left out: a problem lies in them, or has to do with them."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__("groups are needed")
        self.names = frozenset(names)


@value_object
class OtherGroups:
    """What has to be known of groups that a spec need not hold."""

    alerts: Mapping[str, Collection[str]]
    """The names of the alerts of each group."""
    named: Mapping[str, OwnNames]
    recording: Mapping[str, Any]
    """The groups with recordings, with what of them all groups may read."""

    def problems_beside(self, spec: Spec) -> list[Problem]:
        """Everything that has to be fixed before there can be a plan of the spec with these groups.

        NeededGroupsError where a problem lies in one of these, or an alert of the spec depends on one of
        theirs.
        """
        if not self.alerts:
            return list(problems(spec))
        self._require_causes(spec)
        alerts = dict(sorted({**self.alerts, **alert_names(spec)}.items()))
        named = dict(sorted({**self.named, **own_names(spec)}.items()))
        found = [*problems_around(spec, alerts, named), *problems_of_groups(spec, alerts)]
        places = (place for one in found for place in (one.place, *(place for place, _ in one.related)))
        needed = {str(place.path[1]) for place in places if place.path[:1] == ("groups",) and place.path[1:]}
        if needed & self.alerts.keys():
            raise NeededGroupsError(needed & self.alerts.keys())
        return found

    def flows_beside(self, spec: Spec) -> QueryFlows:
        """The flows of the queries of the spec, which know the recording rules of these groups as well."""
        recorded = with_groups(spec, {**self.recording, **spec.groups}) if self.recording else spec
        return spec_flows(recorded or spec)

    def _require_causes(self, spec: Spec) -> None:
        homes = {alert: name for name, alerts in self.alerts.items() for alert in alerts}
        causes = {cause for group in spec.groups.values() for cause in _causes(group.alerts.values())}
        if needed := {homes[cause] for cause in causes if cause in homes}:
            raise NeededGroupsError(needed)


NO_OTHERS = OtherGroups({}, {}, {})


def _causes(alerts: Iterable[Alert]) -> Iterator[str]:
    for alert in alerts:
        for cause in alert.depends_on:
            yield cause if isinstance(cause, str) else cause.alert
