"""What each language has to say: the type of a file of translations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping


@value_object
class DashboardWords:
    """The texts of the dashboards in one language; braces stand for what is filled in."""

    overview: str
    group: str
    groups: str
    groups_about: str
    one_alert: str
    many_alerts: str

    by_severity: str
    by_severity_about: str
    pending: str
    pending_about: str
    by_team: str
    by_team_about: str
    now: str
    now_about: str
    timeline: str
    timeline_about: str
    history: str
    history_about: str
    nothing_fires: str
    nothing_fired: str

    further: str
    """Heading of the panels that belong to no alert."""
    alerts: str
    alert: str
    severity: str
    no_severity: str
    """What stands for the severity of an alert that has none; so on the pages."""
    team: str
    since: str

    firing: str
    """Name of the band that shows when one severity of an alert fired."""
    fires: str
    """What the band says at a time."""
    limit: str
    """Name of a series with which another one is compared."""
    series_of: str
    """Name of a series that counts those of a metric."""
    no_data: str
    no_lines: str
    """What an empty panel says of a log alert."""
    no_match: str
    """What an empty panel says of an alert that fires as soon as its query returns something."""
    well: str
    failing: str
    """What a value of 0 or 1 means to the alert."""
    value: str
    """What stands for the alert's value where a text has a template."""
    comparisons: Mapping[str, str]
    differently: str
    """The condition of a rule whose threshold cannot be distinguished from its query."""
    joined: Mapping[str, str]
    """Two conditions, by the operator between them."""
    is_absent: str
    returns_something: str
    held: str
    at_once: str
    missing_data: str
    not_in_prometheus: str
    logs: str
    logs_about: str

    link_runbook: str
    link_runbooks: str
    link_rule: str
    link_rules: str
    link_query: str
    link_silence: str
    link_overview: str
    link_dashboards: str
    link_dashboard: str
    link_alertmanager: str
    objectives: str
    budgets: str
    objectives_about: str
    objective: str
    budget_left: str
    budget_left_about: str
    budgets_about: str
    budget_course: str
    budget_course_about: str
    budget_spending: str
    budget_spending_about: str
    budget_spent: str
    this_month: str
    this_month_about: str


@value_object
class NotificationWords:
    """What notifications say around the texts of the alerts; `{}` stands for what is filled in."""

    firing: str
    """Follows the number of alerts that fire."""
    resolved: str
    team: str
    labels: str
    since: str
    until: str
    lasting: str
    """How long an alert has been firing; what is filled in is a duration such as `12 minutes`."""
    lasted: str
    """How long a resolved alert fired."""
    day: str
    days: str
    hour: str
    hours: str
    minute: str
    minutes: str
    less_than_a_minute: str
    and_then: str
    """Between the two units of a duration."""
    command: str
    runbook: str
    panel: str
    silence: str
    source: str
    more: str
    """Stands for the alerts that a message has no room for; what is filled in is their number."""
    list_all: str
    """Name of the link that lists the alerts of the group."""
    time: str
    """Layout of a time, as Go writes it."""
    clock: str
    """The same without the day."""


@value_object
class RoutingWords:
    """What pictures and pages of routing say; `{}` stands for what is filled in."""

    every_alert: str
    grouped: str
    one_group: str
    after: str
    changes: str
    again: str
    only_in: str
    not_in: str
    either: str
    goes_on: str
    more: str
    title: str
    tree: str
    read: str
    table: str
    with_labels: str
    inhibitions: str
    inhibitions_read: str
    source: str
    target: str
    equal: str
    gaps: str
    gaps_none: str
    gaps_read: str
    quiet: str
    all_day: str
    weekdays: tuple[str, ...]


@value_object
class RunbookWords:
    """What the pages say around the author's own texts; `{}` stands for what is filled in."""

    runbooks: str
    made_by: str
    contents: str
    by_severity: str
    by_group: str
    alert: str
    severity: str
    no_severity: str
    summary: str
    team: str
    steps: str
    written: str
    unwritten: str
    elsewhere: str
    runbook_elsewhere: str
    nothing_here: str
    procedures: str
    escalation: str
    level: str
    when: str
    from_the_start: str
    """When a level takes part; what is filled in is a severity."""
    unresolved_after: str
    """The same; what is filled in is a severity and a duration."""
    receiver: str
    channels: str
    links: str
    index: str
    one_page: str
    """Title of the page that holds all runbooks."""
    panel: str
    dashboard: str
    overview: str
    query: str
    run_query: str
    rule: str
    silence: str
    fires: str
    who: str
    told: str
    more_ways: str
    first: str
    again: str
    only_in: str
    not_in: str
    respond: str
    act: str
    resolve: str
    mttr: str
    what: str
    impact: str
    diagnosis: str
    still_to_write: str
    ask: str
    """Whom to ask where nothing is written; what is filled in is a team with its contact."""
    add_steps: str
    """Where steps can be written; what is filled in is the name of the alert."""
    start_here: str
    step: str
    fill_in: str
    """Explains the placeholders of a command; what is filled in lists them."""
    filled_in: str
    """Says that messages have the command with its placeholders filled in."""
    actions: str
    action: str
    no_actions: str
    success: str
    prevention: str
    after_incident: str
    missing_data: str
    related: str
    around: str
    silenced_by_severity: str
    silenced_by: str
    silences: str
    anywhere: str
    same: str
    watched: str
    log_lines: str
    condition: str
    comparisons: dict[str, str]
    holds: str
    for_: str
    keeps: str
    evaluated: str
    template: str


@value_object
class SloWords:
    """What the pages say of an objective; `{}` stands for what is filled in."""

    title: str
    intro: str
    slo: str
    promised: str
    promise: str
    budget: str
    watched_by: str
    nobody: str
    team: str
    measured: str
    good_over: str
    within_over: str
    not_promised: str
    all_bad: str
    all_late: str
    kept_share: str
    kept_quantile: str
    group_about: str
    burns: str
    burning: str
    spent_in: str
    also_in: str
    with_events: str
    missing: str
    missing_about: str
    is_missing: str
    missing_step: str
    severity: str
    windows: str
    both_windows: str
    above: str
    by_then: str
    outage_after: str
    never: str
    for_objective: str
    tiers_about: str
    budget_panels: str


@value_object
class Texts:
    """All generated texts in one language."""

    language: str
    """As `project.language` names it."""
    dashboards: DashboardWords
    notifications: NotificationWords
    routing: RoutingWords
    runbooks: RunbookWords
    slos: SloWords
