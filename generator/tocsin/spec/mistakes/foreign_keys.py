"""Keys by which other tools, and other languages of the same things, call what the spec calls otherwise.

Each table goes from what to write to the words that people write: from a key of the same mapping, from a path
such as `notify.group_wait` to a key inside of it, or from a sentence where one edit is not enough.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from tocsin.lang.alertmanager.integrations import INTEGRATIONS
from tocsin.spec import (
    alerts,
    cases,
    conditions,
    group_options,
    integrations,
    project,
    routing,
    runbook,
    slos,
)
from tocsin.spec.model import Spec

if TYPE_CHECKING:
    from pydantic import BaseModel

_NAMED = "the name is the key above, as in `{where}`: take this key away"
_FILES = "Tocsin writes the files itself: take this key away"
_RESOURCE = "a spec is not a Kubernetes resource; remove this key"

_TABLES: dict[type[BaseModel], dict[str, str]] = {
    Spec: {
        "project.alertmanager": "global alertmanager",
        "routing": "route routing_rules",
        "routing.routes": "routes",
        "routing.time_intervals": "time_intervals mute_time_intervals timeIntervals",
        "severities": "severity",
        "teams": "team",
        "receivers": "receiver",
        "groups": "group rule_groups",
        "recordings": "recording_rules records record",
        "slos": "slo objectives sli slis service_level_objectives",
        "procedures": "procedure playbooks playbook",
        "project.targets": "targets versions",
        "an alert stands in a group: write `groups: {web: {title: Web, alerts: {…}}}`": "alerts alert rules",
        "routing.inhibitions": "inhibit_rules inhibitions inhibition_rules inhibit",
        "a runbook stands in its alert, under `runbook:`": "runbooks runbook",
        "notifications.templates": "templates",
        "an alert's panel is made of its query; `panel:` in the alert changes it": "dashboards panels panel",
        "a test stands in its alert, under `tests:`; one of routes under `routing: {tests: […]}`": "tests",
        _RESOURCE: "apiVersion kind metadata spec",
        _FILES: "rule_files evaluation_interval",
    },
    project.Project: {
        "urls": "url links addresses",
        "urls.prometheus": "prometheus prometheus_url",
        "urls.grafana": "grafana grafana_url",
        "urls.runbooks": "runbooks runbook_url runbooks_url runbook_base_url",
        "urls.loki": "loki loki_url",
        "alertmanager": "global",
        "targets": "versions version",
        "defaults.interval": "interval evaluation_interval",
        "defaults.for": "for",
        "labels": "external_labels static_labels",
        "language": "lang locale",
        "title": "display_name",
        "timezone": "tz time_zone location zone",
    },
    project.Urls: {"runbooks": "runbook runbook_url docs wiki"},
    project.Defaults: {"interval": "evaluation_interval", "for": "duration pending"},
    routing.Severity: {
        "rank": "order level priority weight",
        "title": "name display_name",
        "icon": "emoji",
        "respond": "response response_targets targets sla",
        "respond.mttr": "mttr",
        "mute_time_intervals": "mute_timings mute_times mute muted",
        "active_time_intervals": "active_timings active_times time_intervals active hours",
        "one receiver is named with `receiver:`; `routing.routes` with `continue: true` reaches several": ""
        "receivers",
    },
    routing.Team: {
        "title": "name display_name",
        "contact": "contacts channel slack email mail",
        "mute_time_intervals": "mute_timings mute_times mute muted",
        "active_time_intervals": "active_timings active_times time_intervals active hours",
    },
    routing.Routing: {
        "catch_all": "receiver default_receiver default",
        "routes": "route rules",
        "time_intervals": "mute_time_intervals active_time_intervals intervals",
        "inhibitions": "inhibit_rules inhibit inhibition_rules",
    },
    routing.Inhibition: {
        "source": "source_matchers source_match source_match_re sourceMatch",
        "target": "target_matchers target_match target_match_re targetMatch",
    },
    routing.Route: {
        "matchers": "match match_re match_labels matcher object_matchers",
        "severity": "severities",
        "team": "teams",
        "mute_time_intervals": "mute_timings mute_times mute",
        "active_time_intervals": "active_timings active_times time_intervals active only_in",
        "a route has one receiver: write a route for each, with `continue: true` on all but the last": ""
        "receivers",
    },
    routing.Period: {
        "location": "timezone tz zone time_zone timeZone",
        "weekdays": "days weekday day_of_week days_of_week",
        "days_of_month": "day_of_month month_days dates",
        'write `times: [{start_time: "09:00", end_time: "18:00"}]`': "start end from to start_time end_time "
        "hours time",
    },
    routing.TimeRange: {
        "start_time": "start from begin",
        "end_time": "end to until stop",
    },
    routing.RoutingTest: {
        "receivers": "receiver expect expected expected_receivers",
        "at": "time when now",
        "tz": "timezone location zone time_zone",
        "title": "name description",
    },
    alerts.Group: {
        "title": "display_name",
        "team": "owner",
        "alerts": "rules",
        **{
            f"options.{key}": key
            for key in group_options.GroupOptions.model_fields
            if key not in alerts.Group.model_fields
        },
    },
    alerts.Alert: {
        "promql": "query metric expression prometheus",
        "logql": "loki log_query",
        "for": "duration pending pending_period pendingFor",
        "team": "owner",
        "summary": "title message",
        "thresholds": "threshold levels",
        "a complete `expr` has one `severity:`; with `promql:` each stands under `thresholds:`": "severities",
        "missing_data": "no_data noDataState no_data_state",
        "depends_on": "dependsOn inhibited_by inhibit depends",
        "runbook.url": "runbook_url runbookUrl runbook_link playbook",
        "runbook.impact": "impact",
        "runbook.diagnosis": "diagnosis steps",
        "runbook.actions": "actions",
        "per": "group_by by instances",
        "related": "related_alerts see_also",
        "panel": "dashboard graph",
        "a threshold stands under its severity: write `thresholds: {warning: {above: 5}}`": " ".join(
            conditions.COMPARISONS
        ),
        "who is notified follows from severity and team: see `receiver:` in `severities` and `teams`, and "
        "`routing.routes`": "receiver receivers route channel notify",
        "it is made of `project.urls.grafana`: take this key away": "dashboard_url",
        "a recording rule stands in `recordings: {web: {rules: [{record: …, promql: …}]}}`": "record",
        _NAMED.format(where="alerts: {HighLatency: {…}}"): "alert name",
    },
    alerts.Dependency: {"alert": "name", "equal": "on labels by"},
    conditions.Threshold: {
        "above": "gt > greater_than more_than over exceeds value threshold",
        "at_least": "gte ge >= greater_or_equal",
        "below": "lt < less_than under",
        "at_most": "lte le <= less_or_equal",
        "equals": "eq == = equal is",
        "differs": "ne neq != not_equal",
        "for": "duration pending",
        _NAMED.format(where="thresholds: {warning: {above: 5}}"): "severity name",
    },
    alerts.Recording: {"promql": "expr query", "record": "name metric"},
    alerts.RecordingGroup: {"rules": "recordings records"},
    alerts.GroupPanel: {
        "promql": "query expr",
        "minimum": "min",
        "maximum": "max",
        "legend": "legend_format",
    },
    alerts.Panel: {"promql": "query expr", "minimum": "min", "maximum": "max", "legend": "legend_format"},
    slos.Slo: {
        "objective": "target goal",
        "window": "time_window timeWindow period",
        "ratio": "sli indicator events",
        "latency": "duration",
        "title": "name display_name",
        "alerts": "alerting alert",
        "team": "owner service",
    },
    slos.Ratio: {
        "good": "good_query success",
        "bad": "error_query errors error bad_query failure",
        "total": "total_query all",
    },
    slos.Latency: {"within": "threshold below limit target", "buckets": "promql query"},
    runbook.Runbook: {
        "url": "link href runbook_url",
        "diagnosis": "steps checks diagnose",
        "actions": "fixes mitigation mitigations resolution remediation",
        "description": "summary text",
        "success": "success_criteria resolved",
        "after_incident": "postmortem post_mortem follow_up",
        "respond": "response response_targets",
        "`escalation:` stands at the top of the spec, for all alerts": "escalation",
    },
    runbook.Step: {
        "promql": "query expr",
        "command": "cmd run commands",
        "title": "name step",
        "text": "description",
        "findings": "results outcomes",
    },
    runbook.Action: {"commands": "command cmd run", "title": "name", "text": "description"},
    runbook.Command: {"code": "command cmd run text", "language": "lang shell"},
    runbook.Observation: {"see": "if when", "means": "meaning then", "action": "do actions"},
    runbook.Procedure: {"title": "name", "text": "description"},
    runbook.EscalationLevel: {"title": "name level", "when": "after"},
    runbook.Link: {"title": "name", "url": "href link"},
    cases.Case: {
        "series": "input_series metrics values",
        "at": "eval_time time",
        "fires": "exp_alerts expect expected firing",
        "title": "name",
    },
    integrations.Receiver: {
        **{name: f"{name}_configs {name}_config {name}s {one.words}" for name, one in INTEGRATIONS.items()},
        _NAMED.format(where="receivers: {ops: {slack: […]}}"): "name",
    },
}


@cache
def foreign_keys(model: type[BaseModel]) -> dict[str, str]:
    """What to write in a mapping of this model, by the words that people write."""
    record = integrations.record_of(model)
    table = _TABLES.get(model, {}) if record is None else record.words
    return {word: meant for meant, words in table.items() for word in words.split()}
