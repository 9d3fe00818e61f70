"""Alerts that were sorted give the same answers as alerts that are asked one by one."""

from __future__ import annotations

from itertools import combinations

from tests.checks.cases import planned

from tocsin.checks.framework.alert_index import index_alerts
from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.routing.alert_labels import alert_labels

RULES = """
- alert: Down
  expr: up{env!="test"} == 0
  labels: {severity: critical, team: web}
- alert: Slow
  expr: sum by (team, job) (latency_seconds{team=~"web|shop"}) > 1
  labels: {severity: warning}
- alert: Full
  expr: max by (instance, env) (disk_used_ratio) > 0.9
  labels: {severity: "{{ if $value }}critical{{ end }}"}
- alert: Gone
  expr: absent(up{job="api", env="prod"})
"""
MATCHERS = (
    *('alertname="Down"', 'alertname=~"Down|Slow"', 'alertname=~"[DF].*"', 'alertname!~"Down|Full"'),
    *('severity="critical"', 'severity!="critical"', 'severity=""', 'severity=~"warning|"', 'severity=~".+"'),
    *(
        'team="web"',
        'team!~"web|shop"',
        'env=~"prod|test"',
        'env!="test"',
        'job=""',
        'nobody!=""',
        'nobody=""',
    ),
)


def test_those_who_may_meet_matchers_are_found_in_their_order() -> None:
    made = planned(RULES)
    assert made is not None
    alerts, sorted_ = alert_labels(made.plan), index_alerts(made.plan)
    matchers = [parse_matcher(text) for text in MATCHERS]
    found = set()
    for count in (0, 1, 2, 3):
        for asked in combinations(matchers, count):
            expected = tuple(alert for alert in alerts if alert.may_meet(asked))
            assert sorted_.meeting(asked) == expected, asked
            found.add(len(expected))
    assert found == {0, 1, 2, 3, 4}
