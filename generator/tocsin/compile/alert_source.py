"""Alerts as the spec means them: those of its groups, and those that follow from its objectives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.source.place import Place
from tocsin.spec.exceptions import BRANCHES, INSTEAD
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tocsin.plan.model import RulePlaces
    from tocsin.spec.alerts import Alert
    from tocsin.spec.model import Spec

    Path = tuple[str | int, ...]


@value_object
class Around:
    """What an alert takes from its project and its group."""

    project: Mapping[str, str]
    """Labels."""
    team: str | None
    group: Mapping[str, str]
    """Labels of the group's rules."""
    rule_group: Mapping[str, str]
    """Labels that stand at its rule group."""

    def labels(self, team: str | None, own: Mapping[str, str]) -> dict[str, str]:
        """All labels of an alert with a team and labels of its own."""
        return {
            **self.rule_group,
            **({"team": team} if team else {}),
            **self.project,
            **self.group,
            **own,
        }


@value_object
class AlertSource:
    """One alert: what its author wrote of it, or what was written for it in its form."""

    name: str
    group: str
    settings: Alert
    team: str | None
    labels: Mapping[str, str]
    """All labels that its rules set, but the severity and those of one rule alone."""
    place: Place
    own: Mapping[str, str]
    """The labels among them that it says itself."""
    around: Around

    @property
    def alertname(self) -> str:
        """What its rules call it."""
        return self.settings.name or self.name.partition("@")[0]


@value_object
class RuleSource:
    """One rule of an alert: its condition, and what holds for it alone."""

    severity: str
    expr: str
    comparison: str | None
    """None, as the two after it, where the expression has no threshold that can be separated."""
    threshold: float | None
    threshold_text: str | None
    for_: str
    keep_firing_for: str | None
    written: RulePlaces
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    condition: str | None = None
    selected: str = ""
    """Of one of several that share the alert's series: the matchers that select its own."""
    order: int = 0
    """Its place among the rules of its alert, where it is not by urgency that they are evaluated."""


def alert_forms(spec: Spec, group: str) -> Iterator[tuple[Path, str, Alert]]:
    """The alerts of a group with path and name, each also as it is for some values of labels."""
    for name, alert in spec.groups[group].alerts.items():
        path: Path = ("groups", group, "alerts", name)
        yield path, name, alert
        for number, branch in enumerate(alert.branches):
            if branch.instead is not None:
                yield (*path, BRANCHES, number, INSTEAD), name, branch.instead


def written_alert(spec: Spec, group_name: str, name: str) -> AlertSource:
    """An alert of one of the spec's groups."""
    group = spec.groups[group_name]
    alert = group.alerts[name]
    around = Around(spec.project.labels, group.team, group.labels, group.options.labels)
    place = Place(("groups", group_name, "alerts", name))
    return alert_source(name, group_name, alert, alert.labels, place, around)


def alert_source(
    name: str, group: str, settings: Alert, own: Mapping[str, str], place: Place, around: Around
) -> AlertSource:
    """An alert with the labels that it says itself, and those that stand around it."""
    team = settings.team or around.team
    return AlertSource(name, group, settings, team, around.labels(team, own), place, own, around)
