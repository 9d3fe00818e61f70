"""Mistakes in routes, timings and time intervals: what Alertmanager would refuse is told at its line."""

from __future__ import annotations

import pytest

from tocsin.source.document import Document
from tocsin.spec.load import load_documents

BASE = """\
project: {name: p, title: P}
severities: {bad: {rank: 1, title: B}}
receivers: {all: {}}
routing:
  catch_all: all
  group_by: [alertname]
  repeat_interval: 4h
  time_intervals:
    office:
      - weekdays: ["monday:friday"]
        days_of_month: ["1:5"]
        months: ["january"]
        years: ["2026"]
        times: [{start_time: "09:00", end_time: "17:00"}]
        location: UTC
  routes:
    - matchers: ['team="a"']
"""


def test_the_base_is_sound() -> None:
    assert load_documents([Document("spec.yaml", BASE)]).diagnostics == ()


@pytest.mark.parametrize(
    ("old", "new", "place", "message", "advice"),
    [
        ("[alertname]", "[a, b, a]", (6, 3), "`a` is written twice in this list", ""),
        ("[alertname]", '[a, "..."]', (6, 3), "`...` is used with other labels", "alone"),
        ("[alertname]", "[a-b]", (6, 14), "`a-b` is not a valid label name", "or `...` for all labels"),
        ("repeat_interval: 4h", "repeat_interval: 0s", (7, 20), "Alertmanager takes no zero here", "`1m`"),
        ("monday:friday", "monday:fryday", (10, 28), "`fryday` is not one of the weekdays", "`friday`"),
        ('"1:5"', '"0:5"', (11, 26), "no month has a day 0", "from 1 to 31"),
        ('["january"]', '["januar"]', (12, 19), "`januar` is not a range of months", "`january`"),
        ('["2026"]', '["2028:2026"]', (13, 18), "`2028:2026` ends before it begins", "`2026:2028`"),
        ('"17:00"', '"08:00"', (14, 17), "the time range ends before it begins", "over midnight"),
        ('"17:00"', '"25:00"', (14, 50), "`25:00` is not a time of the day", ""),
        ("title: P}", "title: P, timezone: CEST}", (1, 40), "not a time zone", "`Europe/Berlin`"),
        ("title: P}", "title: P, timezone: Local}", (1, 40), "of the machine", "`Europe/Berlin`"),
        ("title: P}", "title: P, tz: UTC}", (1, 30), "unknown key", "write `timezone`"),
        ("location: UTC", "location: Europe/Lisbom", (15, 19), "not a time zone", "`Europe/Lisbon`"),
        ('team="a"', 'team=="a"', (17, 23), "`==` is not a matcher operator", "write `=`"),
        ('team="a"', 'team=~"(a"', (17, 25), "not a valid regular expression (RE2)", ""),
        ('team="a"', "team", (17, 19), "`team` has no operator", "severity="),
    ],
)
def test_a_mistake_is_told_where_it_stands(
    old: str, new: str, place: tuple[int, int], message: str, advice: str
) -> None:
    assert BASE.count(old) == 1
    (one,) = load_documents([Document("spec.yaml", BASE.replace(old, new))]).diagnostics
    assert one.span is not None
    assert message in one.message
    assert (one.span.line, one.span.column) == place
    assert advice in (one.help or "")
