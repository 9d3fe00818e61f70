"""The plan's values: what the engines load and people read, with every default, name and link settled.

Targets, checks and the routing simulator read these and nothing else. Texts that may hold templates are kept
as the author wrote them. Durations are Prometheus texts, as both engines and people read them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tocsin.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from tocsin.lang.matchers import Matcher
    from tocsin.lang.quantities import Unit
    from tocsin.plan.slo import Slo
    from tocsin.source.place import Place


class Engine(StrEnum):
    """Which program evaluates a rule."""

    PROMETHEUS = "prometheus"
    LOKI = "loki"


@frozen
class Urls:
    """Base addresses without a slash at the end; None where the spec names none."""

    prometheus: str | None
    alertmanager: str | None
    grafana: str | None
    loki: str | None
    jaeger: str | None
    runbooks: str | None


@frozen
class Project:
    """The system and what its outputs share."""

    name: str
    title: str
    language: str
    urls: Urls
    prometheus_uid: str
    loki_uid: str
    folder: str
    overview: DashboardRef
    alertmanager: Mapping[str, Any]
    """Alertmanager's global section, ready to be written."""


@frozen
class DashboardRef:
    """A generated dashboard: its uid, title, and address (None without a Grafana)."""

    uid: str
    title: str
    url: str | None


@frozen
class PanelRef:
    """The panel of one alert, on the dashboard of its group."""

    id: int
    title: str
    url: str | None
    """Address of just this panel; None without a Grafana."""


@frozen
class PageRef:
    """A generated runbook page: its file inside the runbooks folder, and its address when published."""

    file: str
    url: str | None


@frozen
class Timing:
    """Spacing of notifications; None means inherited."""

    group_wait: str | None
    group_interval: str | None
    repeat_interval: str | None


@frozen
class ResponseTargets:
    """How quickly people answer and mend; None where nothing was promised."""

    detect_to_act: str | None
    act_to_resolve: str | None
    mttr: str | None


@frozen
class Severity:
    """A step of urgency; rank 1 is the most urgent."""

    name: str
    rank: int
    title: str
    icon: str
    notify: Timing
    respond: ResponseTargets


@frozen
class Team:
    """Owners of alerts."""

    name: str
    title: str
    contact: str | None


@frozen
class Receiver:
    """A receiver and its channels, each an Alertmanager integration ready to be written."""

    name: str
    title: str | None
    channels: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    """Pairs of Alertmanager's key (`slack_configs`) and its entries."""
    place: Place | None = None


@frozen
class Route:
    """A node of the route tree as Alertmanager loads it; None and empty mean inherited."""

    matchers: tuple[Matcher, ...]
    receiver: str | None
    group_by: tuple[str, ...] | None
    timing: Timing
    continues: bool
    mute_time_intervals: tuple[str, ...]
    active_time_intervals: tuple[str, ...]
    routes: tuple[Route, ...]
    place: Place
    written: tuple[Place, ...] = ()
    """Where each of the matchers is written; empty where nobody wrote them."""
    continue_is_written: bool = True
    """False where it goes on because the Prometheus operator has every resource of a team go on."""


@frozen
class TimeInterval:
    """A named time interval, its periods ready to be written."""

    name: str
    periods: tuple[Mapping[str, Any], ...]
    place: Place | None = None


@frozen
class Inhibition:
    """While an alert that meets `source` fires, those that meet `target` and agree in `equal` stay quiet."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]
    place: Place
    source_written: tuple[Place, ...] = ()
    """Where each matcher of the source is written; empty where nobody wrote them."""
    target_written: tuple[Place, ...] = ()


@frozen
class Written:
    """Where the author wrote a rule's texts; what the spec adds by itself has the place that asked for it."""

    text: str
    """What stands at `expr`; the rule's expression may be dedented, and compared with a threshold."""
    name: Place
    expr: Place
    threshold: Place | None
    """Where the threshold stands that Tocsin put into the expression; None when it put in none."""
    for_: Place
    labels: Mapping[str, Place]
    annotations: Mapping[str, Place]


@frozen
class Rule:
    """One alerting rule as an engine loads it: one alert in one severity."""

    alert: str
    severity: str
    """The label `severity`, or an empty text."""
    engine: Engine
    expr: str
    for_: str
    keep_firing_for: str | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    comparison: str | None
    """`>`, `<`, …; None where the expression has no threshold that could be told apart."""
    threshold: float | None
    threshold_text: str | None
    """The threshold in the words of its unit, such as `5 s` or `90 %`."""
    written: Written
    place: Place


@frozen
class Recording:
    """One recording rule."""

    record: str
    engine: Engine
    expr: str
    labels: Mapping[str, str]
    description: str | None
    written: Written
    place: Place


@frozen
class RuleGroup:
    """A rule group as an engine loads it; `file` is its path inside the engine's rules folder."""

    name: str
    engine: Engine
    tenant: str | None
    file: str
    interval: str | None
    """None where the engine's own interval holds."""
    rules: tuple[Rule | Recording, ...]
    place: Place


@frozen
class Command:
    """Something to run or to write, in a language."""

    language: str
    code: str


@frozen
class Finding:
    """What a step may show; `action` is the key of an action of the same runbook."""

    see: str
    means: str | None
    action: str | None


@frozen
class Step:
    """One step of a diagnosis or a procedure."""

    title: str | None
    text: str | None
    command: Command | None
    promql: str | None
    logql: str | None
    findings: tuple[Finding, ...]


@frozen
class Action:
    """One way to mend."""

    name: str
    number: int
    title: str
    text: str | None
    commands: tuple[Command, ...]


@frozen
class Runbook:
    """What a person does when the alert fires; empty parts were not written by anybody."""

    page: PageRef
    description: str | None
    impact: tuple[str, ...]
    diagnosis: tuple[Step, ...]
    actions: tuple[Action, ...]
    respond: ResponseTargets
    success: tuple[str, ...]
    prevention: tuple[str, ...]
    after_incident: tuple[str, ...]


@frozen
class Told:
    """A receiver that is told of one severity of an alert, and how soon and how often."""

    severity: str
    receiver: str
    timing: Timing
    mute_time_intervals: tuple[str, ...]
    active_time_intervals: tuple[str, ...]


@frozen
class Dependency:
    """Another alert that keeps this one quiet while it fires with the same values of `equal`."""

    alert: str
    equal: tuple[str, ...]


@frozen
class AlertLinks:
    """Pages of the running engines about one alert; None where the spec names no address."""

    query: str | None
    """The panel's query, opened in Prometheus or in Grafana's Explore for logs."""
    rule: str | None
    """The rule among Prometheus' alerts."""
    silence: str | None
    """Alertmanager's form for a new silence, filled in."""


@frozen
class LogLines:
    """One log line, written every so often to the stream of some labels."""

    stream: Mapping[str, str]
    line: str
    every: str


@frozen
class Case:
    """What an engine sees from a first moment on, and which severities of the alert fire `at` a later one.

    A case of an alert on metrics has `series`: samples by series, both in promtool's notation.
    """

    title: str | None
    series: Mapping[str, str]
    logs: tuple[LogLines, ...]
    interval: str
    at: str
    fires: tuple[str, ...]
    place: Place


@frozen
class Alert:
    """An alert as people know it: one name, one query, one rule for each severity."""

    name: str
    group: str
    engine: Engine
    summary: str
    description: str
    team: str | None
    query: str
    """What the panel draws: the rules' expression without the threshold."""
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
    told: tuple[Told, ...]
    related: tuple[str, ...]
    depends_on: tuple[Dependency, ...]
    missing_data: str | None
    panel: PanelRef
    links: AlertLinks
    runbook: Runbook
    cases: tuple[Case, ...]
    place: Place


@frozen
class Group:
    """Alerts that belong together and share a dashboard."""

    name: str
    title: str
    description: str | None
    dashboard: DashboardRef
    alerts: tuple[Alert, ...]


@frozen
class Procedure:
    """A general procedure with a page of its own."""

    name: str
    title: str
    page: PageRef
    when: str | None
    text: str | None
    steps: tuple[Step, ...]
    template: Command | None


@frozen
class EscalationLevel:
    """Who takes over, and when."""

    title: str
    when: tuple[str, ...]
    receiver: str | None


@frozen
class Link:
    """A page worth knowing."""

    title: str
    url: str
    note: str | None


@frozen
class Escalation:
    """The levels, the first one first, and how people talk meanwhile."""

    levels: tuple[EscalationLevel, ...]
    channels: tuple[str, ...]
    links: tuple[Link, ...]


@frozen
class Allowance:
    """A finding that somebody has looked at and accepts, with the reason."""

    check: str
    scope: tuple[str | int, ...]
    """Findings at places whose path begins like this are meant."""
    reason: str
    until: date | None
    """The last day on which it holds; None means always."""
    place: Place


@frozen
class TextRules:
    """What a team demands of labels, or of annotations; a pattern is RE2 and matches the whole value."""

    required: tuple[str, ...]
    forbidden: tuple[str, ...]
    values: Mapping[str, str]
    """The pattern of the values of each name."""


@frozen
class ForLimits:
    """How long an alert of one severity may wait, or be kept, both ends included; None is no limit."""

    minimum: str | None
    maximum: str | None


@frozen
class Rejection:
    """A pattern (RE2) that matches nowhere in the texts it is for."""

    pattern: str
    inside: tuple[str, ...]
    """Some of `expr`, `labels`, `annotations`, `label_names` and `annotation_names`."""
    reason: str


@frozen
class RecordingRules:
    """What a team demands of recording rules: the pattern of their names, and labels of what they record."""

    name: str | None
    keep: tuple[str, ...]
    remove: tuple[str, ...]


@frozen
class Policy:
    """A team's own rules for its alerts."""

    alert_name: str | None
    """The pattern of every alert's name."""
    severities: tuple[str, ...]
    """The values that the label `severity` may have; empty for any."""
    labels: TextRules
    annotations: TextRules
    for_: Mapping[str, ForLimits]
    """By severity."""
    keep_firing_for: Mapping[str, ForLimits]
    """By severity."""
    reject: tuple[Rejection, ...]
    selectors: tuple[str, ...]
    """Labels on which every selector has a matcher."""
    recordings: RecordingRules
    runbooks: Mapping[str, tuple[str, ...]]
    """By severity: the sections of a runbook, called as in the spec, that an alert has to have."""


@frozen
class Relabelling:
    """One of the `alert_relabel_configs`, with Prometheus' defaults filled in; `regex` is RE2 and valid."""

    action: str
    sources: tuple[str, ...]
    separator: str
    regex: str
    target: str
    """The label that is written; empty where the action writes none."""
    replacement: str
    place: Place


@frozen
class Server:
    """What is known of the Prometheus that evaluates the rules and sends the alerts."""

    evaluation_interval: str
    scrape_interval: str
    jobs: Mapping[str, str]
    """The scrape interval of each job."""
    external_labels: Mapping[str, str]
    """A value with a `$` is filled in when the server starts."""
    relabellings: tuple[Relabelling, ...]
    """What is done with the labels of alerts on their way to Alertmanager, in this order."""
    rule_files: tuple[tuple[str, Place], ...]
    """The patterns of the rule files, and where they are written."""
    place: Place


@frozen
class RoutingCase:
    """An alert at a moment while others fire, and who is to be told of it."""

    title: str | None
    labels: Mapping[str, str]
    at: datetime | None
    """None where time intervals are not asked."""
    active: tuple[Mapping[str, str], ...]
    receivers: tuple[str, ...]
    """Those who are told, in the order of the tree."""
    muted_by: tuple[str, ...]
    inhibited_by: str | None
    """The name of an alert."""
    place: Place


@frozen
class DrawnQuery:
    """A query of a plain dashboard, as it is written, with Grafana's variables in it."""

    expr: str
    engine: Engine | None
    """None where the datasource does not tell."""
    legend: str
    place: Place
    legend_place: Place


@frozen
class Dashboard:
    """A plain Grafana dashboard."""

    uid: str
    panels: frozenset[int]
    """The ids of its panels."""
    queries: tuple[DrawnQuery, ...]
    variables: frozenset[str]
    """The names that its template variables have."""
    place: Place


@frozen
class MarkdownFile:
    """A Markdown file beside plain rules, which their annotations may link."""

    path: str
    """From the root of its repository."""
    text: str | None
    """None where nobody links it or named it."""
    place: Place


@frozen
class TemplateFile:
    """A file with notification templates."""

    text: str
    place: Place


@frozen
class TemplateGlob:
    """A pattern of files with notification templates that a plain Alertmanager configuration loads."""

    pattern: str
    place: Place
    files: tuple[TemplateFile, ...] | None
    """Those that match, in the order of their names; None where nobody could look."""


@frozen
class Plan:
    """All that the outputs and the checks are made of.

    A spec becomes a whole plan. Files that a team already has become one with holes: there are no `groups`,
    severities and teams, only `rule_groups`; `route` is None without an Alertmanager configuration; and an
    expression may be one that its engine refuses. Targets take whole plans only.
    """

    project: Project
    severities: tuple[Severity, ...]
    """The most urgent first."""
    teams: tuple[Team, ...]
    receivers: tuple[Receiver, ...]
    route: Route | None
    """None where no Alertmanager configuration was read."""
    time_intervals: tuple[TimeInterval, ...]
    inhibitions: tuple[Inhibition, ...]
    groups: tuple[Group, ...]
    rule_groups: tuple[RuleGroup, ...]
    procedures: tuple[Procedure, ...]
    escalation: Escalation
    policy: Policy | None = None
    allowances: tuple[Allowance, ...] = ()
    templates: tuple[TemplateGlob, ...] = ()
    """Those of notifications that a plain Alertmanager configuration loads, in its order."""
    routing_cases: tuple[RoutingCase, ...] = ()
    dashboards: tuple[Dashboard, ...] = ()
    """Plain ones; those of a spec are its groups'."""
    markdown: tuple[MarkdownFile, ...] = ()
    """The Markdown files in the repository of plain files."""
    repositories: tuple[str, ...] = ()
    """The addresses of that repository, such as `github.com/owner/name`."""
    slos: tuple[Slo, ...] = ()
    """By name."""
    server: Server | None = None
    """None where nobody showed Prometheus' configuration."""
