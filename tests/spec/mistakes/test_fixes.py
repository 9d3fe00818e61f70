"""The edit that a help carries, applied: no finding is left, and the spec says what was meant."""

from __future__ import annotations

from operator import attrgetter

import pytest
from tests.spec.mistakes.edits import SPEC, applied, diagnostics_of, plan_of, spec_of, the_only_one

INTERVAL = 'routing.time_intervals["office"][0]'

# What is written, what stands there instead, and what the spec says in the end at a path of it.
EDITS: list[tuple[str, str, str, object]] = [
    # Days, months, years.
    *(
        ('weekdays: ["monday:friday"]', f"weekdays: [{written}]", f"{INTERVAL}.weekdays", ["monday:friday"])
        for written in (
            "monday-friday",
            "Mo-Fr",
            "mon-fri",
            "Mon–Fri",
            "monday..friday",
            "monday to friday",
            "weekdays",
            "segunda-sexta",
            "1-5",
            '"monday:fryday"',
        )
    ),
    ('weekdays: ["monday:friday"]', "weekdays: [Mo]", f"{INTERVAL}.weekdays", ["monday"]),
    ('weekdays: ["monday:friday"]', "weekdays: Mo-Fr", f"{INTERVAL}.weekdays", ["monday:friday"]),
    ('weekdays: ["monday:friday"]', "days: [Mo-Fr]", f"{INTERVAL}.weekdays", ["monday:friday"]),
    ('weekdays: ["monday:friday"]', "months: [Jan-Mar]", f"{INTERVAL}.months", ["january:march"]),
    ('weekdays: ["monday:friday"]', "months: [März]", f"{INTERVAL}.months", ["march"]),
    ('weekdays: ["monday:friday"]', "days_of_month: [1-5]", f"{INTERVAL}.days_of_month", ["1:5"]),
    ('weekdays: ["monday:friday"]', "days_of_month: [last]", f"{INTERVAL}.days_of_month", ["-1"]),
    ('weekdays: ["monday:friday"]', "years: [2026-2028]", f"{INTERVAL}.years", ["2026:2028"]),
    # Times of the day.
    *(
        ('start_time: "09:00"', f"start_time: {written}", f"{INTERVAL}.times[0].start_time", "09:00")
        for written in ("9:00", "9", "9am", '"9:00"', "09:00:00")
    ),
    ('end_time: "18:00"', "end_time: 6pm", f"{INTERVAL}.times[0].end_time", "18:00"),
    ('end_time: "18:00"', 'end: "18:00"', f"{INTERVAL}.times[0].end_time", "18:00"),
    *(
        (
            'times: [{start_time: "09:00", end_time: "18:00"}]',
            f"times: {written}",
            f"{INTERVAL}.times[0].end_time",
            "18:00",
        )
        for written in (
            "[09:00-18:00]",
            "09:00-18:00",
            "[9 to 18]",
            '{start_time: "09:00", end_time: "18:00"}',
        )
    ),
    # Time zones.
    *(
        ("location: Europe/Berlin", f"{key}: Europe/Berlin", f"{INTERVAL}.location", "Europe/Berlin")
        for key in ("timezone", "tz", "zone", "time_zone", "Location")
    ),
    ("location: Europe/Berlin", "timezone: Berlin", f"{INTERVAL}.location", "Europe/Berlin"),
    ("location: Europe/Berlin", "location: europe/berlin", f"{INTERVAL}.location", "Europe/Berlin"),
    ("location: Europe/Berlin", "location: America/New York", f"{INTERVAL}.location", "America/New_York"),
    # Durations.
    *(
        ("        for: 5m", f"        for: {written}", 'groups["web"].alerts["Slow"].for_', "5m")
        for written in ("5 minutes", "5min", "5 m", "5M", "PT5M", "5 Minuten", "5mins")
    ),
    ("        for: 5m", "        for: 1.5h", 'groups["web"].alerts["Slow"].for_', "1h30m"),
    ("        for: 5m", "        duration: 5m", 'groups["web"].alerts["Slow"].for_', "5m"),
    ("window: 30d", "window: 30 days", 'slos["fast"].window', "30d"),
    # Receivers.
    (
        "email: [{to: ops@example.org}]",
        "email: ops@example.org",
        'receivers["mail"].email[0].to',
        "ops@example.org",
    ),
    (
        "email: [{to: ops@example.org}]",
        "email: {to: ops@example.org}",
        'receivers["mail"].email[0].to',
        "ops@example.org",
    ),
    (
        "email: [{to: ops@example.org}]",
        "email: [ops@example.org]",
        'receivers["mail"].email[0].to',
        "ops@example.org",
    ),
    (
        "email: [{to: ops@example.org}]",
        "email: [{to: [a@b.org, c@d.org]}]",
        'receivers["mail"].email[0].to',
        "a@b.org, c@d.org",
    ),
    (
        "email: [{to: ops@example.org}]",
        "email_configs: [{to: ops@example.org}]",
        'receivers["mail"].email[0].to',
        "ops@example.org",
    ),
    ("{slack: [", "{slack_configs: [", 'receivers["ops"].slack[0].channel', "#ops"),
    (
        "api_url_file: /etc/slack",
        "url_file: /etc/slack",
        'receivers["ops"].slack[0].api_url_file',
        "/etc/slack",
    ),
    # Routes.
    ("matchers: ['tier=\"front\"']", "match: {tier: front}", "routing.routes[0].matchers", ['tier="front"']),
    (
        "matchers: ['tier=\"front\"']",
        "match_re: {tier: front|back}",
        "routing.routes[0].matchers",
        ['tier=~"front|back"'],
    ),
    (
        "matchers: ['tier=\"front\"']",
        "matchers: {tier: front}",
        "routing.routes[0].matchers",
        ['tier="front"'],
    ),
    (
        "matchers: ['tier=\"front\"']",
        "matchers: [{tier: front}]",
        "routing.routes[0].matchers",
        ['tier="front"'],
    ),
    (
        "matchers: ['tier=\"front\"']",
        'matchers: tier="front"',
        "routing.routes[0].matchers",
        ['tier="front"'],
    ),
    (
        "matchers: ['tier=\"front\"']",
        "severity: critical|warning",
        "routing.routes[0].severity",
        ["critical", "warning"],
    ),
    (
        "matchers: ['tier=\"front\"']",
        "severities: [critical, warning]",
        "routing.routes[0].severity",
        ["critical", "warning"],
    ),
    (
        "active_time_intervals: [office]",
        "active_time_intervals: office",
        "routing.routes[0].active_time_intervals",
        ["office"],
    ),
    ("      receiver: ops", "      receiver: [ops]", "routing.routes[0].receiver", "ops"),
    ("group_by: [alertname]", "group_by: alertname, job", "routing.group_by", ["alertname", "job"]),
    ("group_by: [alertname]", "groupBy: [alertname]", "routing.group_by", ["alertname"]),
    ("catch_all: mail", "receiver: mail", "routing.catch_all", "mail"),
    ("{rank: 2, title: Warning}", "{order: 2, title: Warning}", 'severities["warning"].rank', 2),
    (
        "{rank: 2, title: Warning}",
        "{rank: 2, title: Warning, group_wait: 30s}",
        'severities["warning"].notify.group_wait',
        "30s",
    ),
    # Alerts.
    (
        "promql: max by (job) (latency_seconds)",
        "query: max by (job) (latency_seconds)",
        'groups["web"].alerts["Slow"].promql',
        "max by (job) (latency_seconds)",
    ),
    ("warning: {above: 2}", "warning: 2", 'groups["web"].alerts["Slow"].thresholds["warning"].above', 2.0),
    (
        "warning: {above: 2}",
        "warning: {gt: 2}",
        'groups["web"].alerts["Slow"].thresholds["warning"].above',
        2.0,
    ),
    (
        "warning: {above: 2}",
        'warning: {">": 2}',
        'groups["web"].alerts["Slow"].thresholds["warning"].above',
        2.0,
    ),
    ("related: [Slow]", "related: Slow", 'groups["web"].alerts["Down"].related', ["Slow"]),
    ("related: [Slow]", "owner: web", 'groups["web"].alerts["Down"].team', "web"),
    ("related: [Slow]", "labels: {shard: 1.10}", 'groups["web"].alerts["Down"].labels', {"shard": "1.10"}),
    ("related: [Slow]", "labels: {blue: true}", 'groups["web"].alerts["Down"].labels', {"blue": "true"}),
    ("unit: seconds", "unit: s", 'groups["web"].alerts["Slow"].unit', "seconds"),
    ("unit: seconds", "unit: second", 'groups["web"].alerts["Slow"].unit', "seconds"),
    ("    title: Web\n", "    display_name: Web\n", 'groups["web"].title', "Web"),
    (
        "related: [Slow]",
        "runbook: {steps: [{title: Look}]}",
        'groups["web"].alerts["Down"].runbook.diagnosis[0].title',
        "Look",
    ),
    (
        "related: [Slow]",
        "runbook: {impact: Nobody can buy}",
        'groups["web"].alerts["Down"].runbook.impact',
        ["Nobody can buy"],
    ),
    (
        "related: [Slow]",
        "runbook: {diagnosis: [Look at the log]}",
        'groups["web"].alerts["Down"].runbook.diagnosis[0].title',
        "Look at the log",
    ),
    (
        "promql: up}",
        "command: uptime}",
        'groups["web"].alerts["Slow"].runbook.diagnosis[0].command.code',
        "uptime",
    ),
    (
        "related: [Slow]",
        "runbook: https://wiki.example.org/down",
        'groups["web"].alerts["Down"].runbook.url',
        "https://wiki.example.org/down",
    ),
    (
        "related: [Slow]",
        "runbook_url: https://wiki.example.org/down",
        'groups["web"].alerts["Down"].runbook.url',
        "https://wiki.example.org/down",
    ),
    (
        "related: [Slow]",
        "runbook: {link: https://wiki.example.org/down}",
        'groups["web"].alerts["Down"].runbook.url',
        "https://wiki.example.org/down",
    ),
    (
        "related: [Slow]",
        "runbook: {actions: {restart: Restart it}}",
        'groups["web"].alerts["Down"].runbook.actions["restart"].title',
        "Restart it",
    ),
    ("related: [Slow]", "keepFiringFor: 5m", 'groups["web"].alerts["Down"].keep_firing_for', "5m"),
    ("related: [Slow]", "per: instance", 'groups["web"].alerts["Down"].per', ["instance"]),
    (
        "warning: {above: 2}",
        "warning: above 2",
        'groups["web"].alerts["Slow"].thresholds["warning"].above',
        "2",
    ),
    (
        "warning: {above: 2}",
        'warning: "> 2"',
        'groups["web"].alerts["Slow"].thresholds["warning"].above',
        "2",
    ),
    (
        "matchers: ['tier=\"front\"']",
        "matchers: [tier == front]",
        "routing.routes[0].matchers",
        ["tier = front"],
    ),
    (
        "matchers: ['tier=\"front\"']",
        "matchers: ['{tier=\"front\"}']",
        "routing.routes[0].matchers",
        ['tier="front"'],
    ),
    ("group_by: [alertname]", "group_by: all", "routing.group_by", ["..."]),
    ("  web: {title: Web}", "  web: Web", 'teams["web"].title', "Web"),
    ("  name: shop\n", "  name: My Shop\n", "project.name", "My-Shop"),
    (
        'weekdays: ["monday:friday"]',
        "weekdays: {from: mon, to: fri}",
        f"{INTERVAL}.weekdays",
        ["monday:friday"],
    ),
    # Objectives.
    ("objective: 99.5%", "objective: 99,5%", 'slos["fast"].objective', "99.5%"),
    ("objective: 99.5%", "objective: 99.5", 'slos["fast"].objective', "99.5%"),
    ("objective: 99.5%", "objective: 0.995", 'slos["fast"].objective', "99.5%"),
    ("objective: 99.5%", "target: 99.5%", 'slos["fast"].objective', "99.5%"),
    # The project.
    ("  title: Shop\n", "  title: Shop\n  language: pt_BR\n", "project.language", "pt-BR"),
    ("  title: Shop\n", "  title: Shop\n  language: German\n", "project.language", "de"),
    ("  title: Shop\n", "  title: Shop\n  language: Spanish\n", "project.language", "es"),
    ("  title: Shop\n", "  title: Shop\n  interval: 30s\n", "project.defaults.interval", "30s"),
    ("http://prometheus:9090", "prometheus:9090", "project.urls.prometheus", "http://prometheus:9090"),
    (
        "https://git.example.org/runbooks",
        "git.example.org/runbooks",
        "project.urls.runbooks",
        "https://git.example.org/runbooks",
    ),
]


def at(spec: object, path: str) -> object:
    """What stands at a path such as `routing.routes[0].receiver` of a spec."""
    return eval(f"spec.{path}", {"spec": spec})


@pytest.mark.parametrize(("right", "wrong", "path", "meant"), EDITS, ids=[edit[1] for edit in EDITS])
def test_the_edit_of_the_help_removes_the_finding_and_means_what_was_meant(
    right: str, wrong: str, path: str, meant: object
) -> None:
    assert SPEC.count(right) == 1
    text = SPEC.replace(right, wrong)
    text = applied(text, the_only_one(text))
    assert at(spec_of(text), path) == meant
    assert diagnostics_of(text) == ()
    plan_of(text)


QUANTITIES = [
    ("ratio", "1,5%", 0.015),
    ("percent", "1,5%", 1.5),
    ("ratio", "90 percent", 0.9),
    ("bytes", "10Gi", 10 * 1024**3),
    ("bytes", "10M", 10_000_000),
    ("bytes", "10 mb", 10_000_000),
    ("seconds", "5min", 300),
    ("seconds", "500 msec", 0.5),
    ("count", '"> 5"', 5),
    ("count", "10 000", 10_000),
]


@pytest.mark.parametrize(("unit", "written", "value"), QUANTITIES)
def test_a_quantity_that_the_help_proposes_is_the_one_that_was_meant(
    unit: str, written: str, value: float
) -> None:
    text = SPEC.replace("unit: seconds", f"unit: {unit}").replace("{above: 2}", f"{{above: {written}}}")
    text = text.replace(
        "{above: 5, for: 3m}", "{above: 1000000, for: 3m}" if unit == "count" else "{above: 5}"
    )
    fixed = applied(text, the_only_one(text))
    [rule] = [rule for rule in plan_of(fixed).groups[0].alerts[0].rules if rule.severity == "warning"]
    assert rule.threshold == value


def test_every_example_has_a_path_of_its_own_kind() -> None:
    assert attrgetter("routing.catch_all")(spec_of(SPEC)) == "mail"
    assert diagnostics_of(SPEC) == ()
