"""What is shown of two long texts has to show in what they differ."""

from __future__ import annotations

from tocsin.text.differing_parts import differing_parts

LONG = "sum by (job) (rate(requests_total{job=~'a|b|c', code=~'5..', handler!~'/health|/metrics|/ok'}[5m]))"


def test_short_texts_are_shown_whole() -> None:
    assert differing_parts("up == 0", "up\n  == 1") == ("up == 0", "up == 1")


def test_what_differs_at_the_end_of_long_texts_is_shown() -> None:
    before, after = differing_parts(f"{LONG} > 0.1", f"{LONG}\n> 0.25")
    assert (before[0], before[-7:], after[-8:]) == ("…", ") > 0.1", ") > 0.25")
    assert max(len(before), len(after)) <= 100


def test_what_differs_at_the_start_is_shown_from_there() -> None:
    before, after = differing_parts(LONG + LONG, f"avg{LONG}")
    assert (before[:7], after[:7]) == ("sum by ", "avgsum ")
    assert (before[-1], after[-1]) == ("…", "…")


def test_a_text_that_goes_on_is_told_from_the_shorter_one() -> None:
    before, after = differing_parts(LONG, f"{LONG} > 1")
    assert before != after
