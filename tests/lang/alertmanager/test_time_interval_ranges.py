"""Ranges of time intervals: what Alertmanager loads is read, what it refuses is refused with advice."""

import pytest

from tocsin.lang.alertmanager.time_interval_ranges import (
    parse_days_of_month,
    parse_months,
    parse_weekdays,
    parse_years,
    weekday_ranges,
)
from tocsin.lang.errors import LangError
from tocsin.lang.time_zones import check_location


def test_ranges_are_read() -> None:
    assert parse_weekdays("monday:Friday") == (1, 5)
    assert parse_weekdays("sunday") == (0, 0)
    assert parse_days_of_month("1:5") == (1, 5)
    assert parse_days_of_month("-3:-1") == (-3, -1)
    assert parse_days_of_month("1:-1") == (1, -1)
    assert parse_months("january:3") == (1, 3)
    assert parse_years("2026:2028") == (2026, 2028)


def test_days_beyond_saturday_are_two_ranges() -> None:
    assert weekday_ranges("monday:friday") == ((1, 5),)
    assert weekday_ranges("friday:Monday") == ((5, 6), (0, 1))
    assert weekday_ranges("saturday:sunday") == ((6, 6), (0, 0))


@pytest.mark.parametrize(
    ("parse", "text", "reason", "advice"),
    [
        (parse_weekdays, "mondy", "`mondy` is not a range of weekdays", "write `monday`"),
        (parse_weekdays, "friday:sunday", "ends before it begins", "two entries"),
        (parse_weekdays, "3", "not a range of weekdays", "write `wednesday`"),
        (parse_weekdays, "", "not a range of weekdays", "from:to"),
        (parse_weekdays, "monday:tuesday:friday", "not a range of weekdays", "from:to"),
        (parse_days_of_month, "0", "no month has a day 0", "1 to 31"),
        (parse_days_of_month, "32", "no month has a day 32", "1 to 31"),
        (parse_days_of_month, "-3:5", "ends there too", "-3:-1"),
        (parse_days_of_month, "5:1", "ends before it begins", "two entries: `5:31`, `1`"),
        (parse_months, "13", "outside the twelve months", "names"),
        (parse_months, "november:february", "ends before it begins", "two entries"),
        (parse_years, "2028:2026", "ends before it begins", "`2026:2028`"),
        (parse_years, "soon", "`soon` is not one of the years", None),
    ],
)
def test_what_alertmanager_refuses_is_refused(
    parse: object, text: str, reason: str, advice: str | None
) -> None:
    assert callable(parse)
    with pytest.raises(LangError) as caught:
        parse(text)
    assert reason in caught.value.reason
    assert advice is None or (caught.value.help is not None and advice in caught.value.help)


def test_a_time_zone_is_looked_up() -> None:
    check_location("America/Sao_Paulo")
    with pytest.raises(LangError) as caught:
        check_location("America/Sao_Paolo")
    assert caught.value.help == "write `America/Sao_Paulo`"
    assert caught.value.fix == "America/Sao_Paulo"
