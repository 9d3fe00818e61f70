"""Objectives in per cent: exact shares, budgets in time, and mistakes in the words of whoever made them."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tocsin.lang.durations import format_duration, parse_duration
from tocsin.lang.errors import LangError
from tocsin.lang.objectives import budget_ms, format_share, parse_objective


@pytest.mark.parametrize(
    ("text", "share", "budget"),
    [
        ("99.5%", "0.995", "0.5 %"),
        ("99.9 %", "0.999", "0.1 %"),
        ("90%", "0.9", "10 %"),
        ("99.9990%", "0.99999", "0.001 %"),
        ("0.1%", "0.001", "99.9 %"),
    ],
)
def test_a_share_is_exact(text: str, share: str, budget: str) -> None:
    assert parse_objective(text) == Decimal(share)
    assert format_share(1 - parse_objective(text)) == budget


@pytest.mark.parametrize(
    ("objective", "window", "budget"),
    [
        ("99.5%", "30d", "3h36m"),
        ("99.9%", "30d", "43m12s"),
        ("99.95%", "7d", "5m2s"),
        ("99.999%", "7d", "6s48ms"),
        ("60%", "1w", "2d19h12m"),
        ("99.9999999999999%", "1s", "0s"),
    ],
)
def test_a_budget_is_told_in_time(objective: str, window: str, budget: str) -> None:
    assert format_duration(budget_ms(parse_objective(objective), parse_duration(window))) == budget


@pytest.mark.parametrize(
    ("text", "reason", "advice"),
    [
        ("100%", "leaves no error budget", "`99.9%`"),
        ("100.00%", "leaves no error budget", "`99.9%`"),
        ("101%", "more than there is", "`99.5%`"),
        ("0%", "promises nothing", "`99.5%`"),
        ("99.9", "is not an objective", "`99.9%`"),
        ("0.999", "is not an objective", "`99.9%`"),
        ("99,9 %", "is not an objective", "`99.9%`"),
        ("-1%", "is not an objective", "in per cent"),
        ("three nines", "is not an objective", "in per cent"),
        ("", "is not an objective", "in per cent"),
        ("9" * 5000 + "%", "is not an objective", "in per cent"),
    ],
)
def test_what_is_no_objective_is_told_with_what_to_write(text: str, reason: str, advice: str) -> None:
    with pytest.raises(LangError) as caught:
        parse_objective(text)
    assert reason in caught.value.reason
    assert advice in (caught.value.help or "")
