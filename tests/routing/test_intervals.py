"""Time intervals: midnight, clocks that change, zones that differ from the server's, ends of months."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tocsin.plan.model import TimeInterval
from tocsin.routing.intervals import (
    contains_time,
    minute_of,
    minutes_in_interval,
    month_length,
    numeric_periods,
)
from tocsin.routing.minute_sets import complement, intersection, length, union


def _interval(*periods: dict[str, Any]) -> TimeInterval:
    return TimeInterval("i", periods)


def _at(text: str, zone: str = "UTC") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


NIGHT = _interval(
    {"times": [{"start_time": "22:00", "end_time": "24:00"}], "location": "Europe/Lisbon"},
    {"times": [{"start_time": "00:00", "end_time": "06:00"}], "location": "Europe/Lisbon"},
)


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("2026-05-04T21:59", False),
        ("2026-05-04T22:00", True),
        ("2026-05-04T23:59", True),
        ("2026-05-05T00:00", True),
        ("2026-05-05T05:59", True),
        ("2026-05-05T06:00", False),
    ],
)
def test_two_ranges_meet_at_midnight(text: str, inside: bool) -> None:
    assert contains_time(NIGHT, _at(text, "Europe/Lisbon")) is inside


def test_a_zone_other_than_the_servers_is_asked_in_its_own_time() -> None:
    office = _interval(
        {
            "times": [{"start_time": "09:00", "end_time": "17:00"}],
            "weekdays": ["monday:friday"],
            "location": "America/Sao_Paulo",
        }
    )
    assert contains_time(office, _at("2026-05-08T19:59"))
    assert not contains_time(office, _at("2026-05-08T20:00"))
    assert not contains_time(office, _at("2026-05-09T13:00")), "a Saturday"
    assert contains_time(
        _interval({"weekdays": ["saturday"], "location": "Pacific/Kiritimati"}), _at("2026-05-08T10:00")
    )


def test_an_hour_that_comes_twice_is_inside_twice_and_one_that_never_comes_is_not() -> None:
    hour = _interval({"times": [{"start_time": "01:00", "end_time": "02:00"}], "location": "Europe/Lisbon"})
    autumn = minutes_in_interval(numeric_periods(hour), _at("2026-10-25T00:00"), _at("2026-10-26T00:00"))
    assert length(autumn) == 120
    assert all(contains_time(hour, _at(f"2026-10-25T0{utc}:30")) for utc in (0, 1))
    spring = minutes_in_interval(numeric_periods(hour), _at("2026-03-29T00:00"), _at("2026-03-30T00:00"))
    assert length(spring) == 0


def test_ranges_that_overlap_across_a_change_of_the_clock_are_one() -> None:
    both = _interval(
        {"times": [{"start_time": "00:30", "end_time": "02:30"}], "location": "Europe/Lisbon"},
        {"times": [{"start_time": "01:15", "end_time": "03:00"}], "location": "Europe/Lisbon"},
    )
    (one,) = minutes_in_interval(
        numeric_periods(both),
        _at("2026-10-25T00:00", "Europe/Lisbon"),
        _at("2026-10-26T00:00", "Europe/Lisbon"),
    )
    assert one[1] - one[0] == 60 * 3.5


def test_days_count_from_the_end_of_the_month_and_stop_at_its_borders() -> None:
    last = _interval({"days_of_month": ["-1"]})
    assert contains_time(last, _at("2028-02-29T12:00"))
    assert not contains_time(last, _at("2028-02-28T12:00"))
    late = _interval({"days_of_month": ["29:31"]})
    assert not contains_time(late, _at("2026-02-28T12:00"))
    assert contains_time(_interval({"days_of_month": ["5:-3"]}), _at("2026-02-26T12:00"))


def test_a_month_with_a_lost_hour_is_a_day_short_as_in_alertmanager() -> None:
    assert month_length(2026, 3, "UTC") == 31
    assert month_length(2026, 3, "Europe/Lisbon") == 30
    assert month_length(2026, 10, "Europe/Lisbon") == 31


def test_an_empty_list_is_never_and_no_list_is_always() -> None:
    assert contains_time(_interval({}), _at("2026-05-08T19:59"))
    assert not contains_time(_interval({"weekdays": []}), _at("2026-05-08T19:59"))
    assert not contains_time(_interval(), _at("2026-05-08T19:59"))


def test_all_times_of_a_stretch_are_those_that_single_moments_have() -> None:
    random = Random(20261124)
    zones = (
        "",
        "Europe/Lisbon",
        "America/Sao_Paulo",
        "Australia/Lord_Howe",
        "Asia/Kathmandu",
        "America/New_York",
    )
    start = _at("2026-01-01T00:00")
    for _ in range(40):
        first, last = sorted(random.sample(range(1441), 2))
        period: dict[str, Any] = {"location": random.choice(zones)}
        if random.random() < 0.8:
            clock = {
                "start_time": f"{first // 60:02}:{first % 60:02}",
                "end_time": f"{last // 60:02}:{last % 60:02}",
            }
            period["times"] = [clock]
        if random.random() < 0.5:
            period["weekdays"] = [random.choice(("monday:friday", "sunday", "tuesday:saturday"))]
        if random.random() < 0.4:
            period["days_of_month"] = [random.choice(("-3:-1", "1:7", "-1", "31"))]
        if random.random() < 0.3:
            period["months"] = [random.choice(("march", "october:december"))]
        interval = _interval(period)
        found = minutes_in_interval(numeric_periods(interval), start, start + timedelta(days=366))
        for _ in range(200):
            moment = start + timedelta(minutes=random.randrange(366 * 1440))
            minute = minute_of(moment)
            assert contains_time(interval, moment) == any(a <= minute < b for a, b in found), (period, moment)


def test_stretches_add_meet_and_leave_out() -> None:
    assert union(((0, 5),), ((9, 9), (5, 7), (20, 30), (6, 8))) == ((0, 8), (20, 30))
    assert intersection(((0, 10), (20, 30)), ((5, 25),)) == ((5, 10), (20, 25))
    assert complement(((0, 8), (20, 30)), 0, 40) == ((8, 20), (30, 40))
    assert datetime.fromtimestamp(minute_of(_at("2026-05-08T19:59")) * 60, UTC) == _at("2026-05-08T19:59")
