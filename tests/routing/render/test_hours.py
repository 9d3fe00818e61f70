"""Hours without anybody, as the pages and `route --gaps` list them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tocsin.routing.gaps import Days, Gaps
from tocsin.routing.render.hours import gap_lines


@pytest.mark.parametrize(("count", "last"), [(12, "2026-01-12: 00:00–01:00"), (15, "… +3")])
def test_days_beyond_a_dozen_are_counted(count: int, last: str) -> None:
    days = [date(2026, 1, 1) + timedelta(number) for number in range(count)]
    others = tuple(Days(day, day, ((0, 60),)) for day in days)
    lines = gap_lines(Gaps(((),) * 7, others, 60 * count))
    assert lines[-1] == last
    assert lines[0] == "2026-01-01: 00:00–01:00"
