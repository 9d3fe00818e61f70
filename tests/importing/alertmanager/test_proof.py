"""Two configurations are equal where Alertmanager notifies the same, and only there."""

from __future__ import annotations

import pytest
from tests.importing.alertmanager.configured import CONFIG, sound

from tocsin.importing.alertmanager.proof import routing_differences

_PAGER = """\
    - matchers:
        - severity = critical
        - team =~ "web|shop"   # both
      receiver: pager
      group_by: ['...']
      repeat_interval: 2h
      mute_time_intervals: [out of hours]
      routes:
        - matchers: ['env="dev"']
          receiver: "null"
"""
_OLD = "match: {service: db}\n      match_re: {severity: warning|critical}"
_DEV = '          receiver: "null"\n'
_CRITICAL = """\
    - matchers: [severity="critical"]
      receiver: default
"""


def _differences(old: str, new: str) -> list[str]:
    return [one.message for one in routing_differences(sound(old).read, sound(new).spec.plan)]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_OLD, "matchers: [service=db, severity=~critical|warning]"),
        ('- team =~ "web|shop"', '- team=~"shop|web"'),
        ("group_wait: 30s", "group_wait: 30000ms"),
        ("repeat_interval: 2h", "repeat_interval: 120m"),
        ("[alertname, cluster]", "[cluster, alertname]"),
        ("equal: [alertname, instance]", "equal: [instance, alertname]"),
        ("weekdays: [saturday, sunday]", "weekdays: [sunday, saturday, sunday]"),
        ("send_resolved: yes", "send_resolved: true"),
        ("resolve_timeout: 10m", "resolve_timeout: 600s"),
        ("X-Prio: 1", 'X-Prio: "1"'),
        (_DEV, f"{_DEV}        - {{matchers: [env=dev], receiver: default}}\n"),
    ],
)
def test_the_same_in_other_words_is_equal(before: str, after: str) -> None:
    assert CONFIG.count(before) == 1
    assert _differences(CONFIG, CONFIG.replace(before, after)) == []


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("      continue: true\n", "", "is routed otherwise"),
        (_PAGER + _CRITICAL, _CRITICAL + _PAGER, "is routed otherwise"),
        ("group_wait: 30s", "group_wait: 31s", "is routed otherwise"),
        ("repeat_interval: 2h", "repeat_interval: 3h", "is routed otherwise"),
        ("['...']", "[alertname]", "is routed otherwise"),
        ("      mute_time_intervals: [out of hours]\n", "", "is routed otherwise"),
        ("warning|critical", "warning|critical|info", "is routed otherwise"),
        ("target_match: {severity: warning}", "target_match: {severity: info}", "inhibition"),
        ("equal: [alertname, instance]", "equal: [alertname]", "inhibition"),
        ("weekdays: [saturday, sunday]", "weekdays: [saturday]", "time interval `out of hours` differs"),
        ("channel: '#db'\n", "channel: '#d'\n", "`channel` of `slack_configs`"),
        ("send_resolved: yes", "send_resolved: no", "`send_resolved` of `email_configs`"),
        ("X-Prio: 1", "X-Prio: 2", "`headers` of `email_configs`"),
        ("      - channel: '#db-archive'\n", "", "in the number of `slack_configs`"),
        ("      - url: http://alert-log:8080/alerts\n", "", "in the number of `webhook_configs`"),
        ("values: [shop]", "values: [web]", "`http_config` of `webhook_configs`"),
        ("resolve_timeout: 10m", "resolve_timeout: 5m", "differs in `resolve_timeout`"),
        ("smtp_from: alerts@", "smtp_from: alert@", "differs in `smtp_from`"),
        ('  - name: "null"\n', '  - name: "null"\n  - name: more\n', "there is a further receiver `more`"),
    ],
)
def test_any_change_is_a_difference(before: str, after: str, said: str) -> None:
    assert CONFIG.count(before) == 1
    found = _differences(CONFIG, CONFIG.replace(before, after))
    assert any(said in one for one in found), found


def test_a_dropped_inhibition_is_a_difference() -> None:
    start, end = CONFIG.index("inhibit_rules:"), CONFIG.index("receivers:\n  - name: default")
    found = _differences(CONFIG, CONFIG[:start] + CONFIG[end:])
    assert found == ["this inhibition has an effect that none of the generated ones has"]


def test_a_difference_has_both_places() -> None:
    before, after = sound(CONFIG), sound(CONFIG.replace("repeat_interval: 2h", "repeat_interval: 3h"))
    found = next(routing_differences(before.read, after.spec.plan))
    assert found.original.document.name == "a.yaml"
    assert "matchers" in found.original.document.line(found.original.line)
    assert found.generated.document.name == "output/alertmanager/alertmanager.yaml"
    assert "matchers" in found.generated.document.text[found.generated.start :][:80]
