"""The plan's alerts as people know them, with their links, cases and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.lang.quantities import Unit
    from tocsin.plan.model.plain import DrawnQuery
    from tocsin.plan.model.project import DashboardRef, Timing
    from tocsin.plan.model.rules import Engine, Rule
    from tocsin.plan.model.runbooks import Runbook
    from tocsin.source.place import Place


@value_object
class PanelRef:
    """The panel of one alert, on the dashboard of its group."""

    id: int
    title: str
    url: str | None
    """Address of just this panel; None without a Grafana."""


@value_object
class NotifiedReceiver:
    """A receiver that is notified of one severity of an alert, and how soon and how often."""

    severity: str
    labels: Mapping[str, str]
    """With which labels, where those that differ between the alert's instances decide it."""
    receiver: str
    timing: Timing
    mute_time_intervals: tuple[str, ...]
    active_time_intervals: tuple[str, ...]


@value_object
class Dependency:
    """Another alert that keeps this one quiet while it fires with the same values of `equal`."""

    alert: str
    equal: tuple[str, ...]


@value_object
class AlertLinks:
    """Pages of the running engines about one alert; None where the spec names no address."""

    query: str | None
    """The panel's query, opened in Prometheus or in Grafana's Explore for logs."""
    rule: str | None
    """The rule among Prometheus' alerts."""
    silence: str | None
    """Alertmanager's form for a new silence, filled in."""


@value_object
class LogLines:
    """One log line, written every so often to the stream of some labels."""

    stream: Mapping[str, str]
    line: str
    every: str


@value_object
class Case:
    """What an engine sees from a first moment on, and which severities of the alert fire `at` a later one.

    A case of an alert on metrics has `series`: samples by series, both in promtool's notation. Where several
    rules have one severity, at least one of them fires, or the one of `variant`.
    """

    title: str | None
    series: Mapping[str, str]
    logs: tuple[LogLines, ...]
    interval: str
    at: str
    fires: tuple[str, ...]
    place: Place
    variant: str = ""

    def has_firing(self, alert: Alert, rule: Rule) -> bool | None:
        """Whether it says that a rule of the alert fires; None where it does not tell which of several."""
        if rule.severity not in self.fires:
            return False
        if not rule.is_one_of_several(alert.rules) or self.variant == rule.variant:
            return True
        return False if self.variant else None


@value_object
class Membership:
    """Of one of several alerts that are written once: the name for all of them, and what is its own.

    The texts are those of all, before the labels are filled in.
    """

    family: str
    labels: Mapping[str, str]
    summary: str
    description: str
    query: str


@value_object
class Alert:
    """An alert as people know it: one name, and one rule for each severity, or several.

    The rules compare one query with their thresholds, or each has a condition of its own.
    """

    name: str
    """What the spec calls it: pages, panels and references go by it, and no two alerts share it."""
    alertname: str
    """What its rules call it, so what engines and people do; alerts may share it."""
    group: str
    engine: Engine
    summary: str
    """An empty text where the author wrote none; so is the description."""
    description: str
    team: str | None
    query: str
    """What the panel draws: the rules' expression without the threshold, or the first one's condition."""
    log_queries: tuple[str, ...]
    """The log lines behind a LogQL alert."""
    unit: Unit
    per: tuple[str, ...]
    """Labels that tell the alert's instances apart; empty when nobody can say which they are."""
    legend: str | None
    minimum: float | None
    maximum: float | None
    rules: tuple[Rule, ...]
    """The most urgent severity first."""
    told: tuple[NotifiedReceiver, ...]
    told_complete: bool
    """False where the labels allow more ways through the routes than `told` lists."""
    related: tuple[str, ...]
    depends_on: tuple[Dependency, ...]
    missing_data: str | None
    panel: PanelRef
    links: AlertLinks
    runbook: Runbook
    cases: tuple[Case, ...]
    place: Place
    inhibiting: tuple[str, ...] = ()
    """Severities of which each inhibits those after it; none where that is not wanted."""
    filters: tuple[str, ...] = ()
    """The labels by which the panel can be filtered to one instance; `dashboard_url` passes them on."""
    member: Membership | None = None


@value_object
class GroupPanel:
    """A panel of a group's dashboard that belongs to no alert."""

    title: str
    description: str | None
    query: DrawnQuery
    """What it draws, and its legend; without one, an empty text."""
    unit: Unit
    minimum: float | None
    maximum: float | None


@value_object
class Group:
    """Alerts that belong together and share a dashboard."""

    name: str
    title: str
    description: str | None
    dashboard: DashboardRef
    alerts: tuple[Alert, ...]
    panels: tuple[GroupPanel, ...] = ()
