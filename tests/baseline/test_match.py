"""Which findings are the same as before, after files were moved and rules reordered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from tocsin.baseline.match import Identity, match
from tocsin.diagnostics.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Iterable


def _one(
    alert: str, message: str = "m", group: str = "g", file: str = "a.yml", check: str = "x/y"
) -> Identity:
    return Identity(check, Subject("alert", alert, group, file), message)


def _new(
    earlier: list[Identity], found: list[Identity], there: Iterable[Identity] | None = None
) -> list[Identity]:
    """The findings that are new, where `there` are in the plan besides those that have findings."""
    present = {one.subject for one in (*found, *(there or ()))}
    matched = match(earlier, found, present.__contains__)
    return [one for number, one in enumerate(found) if number not in matched]


def test_another_check_or_alert_is_new() -> None:
    earlier = [_one("A")]

    assert _new(earlier, [_one("A"), _one("B"), _one("A", check="x/z")]) == [
        _one("B"),
        _one("A", check="x/z"),
    ]


def test_what_is_said_in_other_words_is_the_same() -> None:
    assert _new([_one("A", "waits for 15s")], [_one("A", "waits for 20s")]) == []


def test_one_more_finding_of_a_check_at_an_alert_is_new_and_the_old_ones_are_not() -> None:
    earlier = [_one("A", "uses `pod`"), _one("A", "uses `node`")]

    found = [_one("A", "uses `app`"), _one("A", "uses `node`"), _one("A", "uses `pod`")]

    assert _new(earlier, found) == [_one("A", "uses `app`")]


def test_an_alert_of_the_same_name_elsewhere_has_findings_of_its_own() -> None:
    earlier = [_one("A", group="g"), _one("A", group="h", file="b.yml")]
    again = [_one("A", group="h"), _one("A", file="b.yml"), _one("A", group="h", file="b.yml"), _one("A")]

    assert _new(earlier, again) == [_one("A", group="h"), _one("A", file="b.yml")]


def test_a_fixed_alert_does_not_accept_what_is_new_at_its_namesake() -> None:
    assert _new([_one("A", file="prod.yml")], [_one("A", file="dev.yml")], [_one("A", file="prod.yml")]) == [
        _one("A", file="dev.yml")
    ]


def test_a_moved_file_and_a_renamed_group_are_the_same() -> None:
    earlier = [_one("A"), _one("B"), _one("B", "n")]

    assert _new(earlier, [_one("A", file="b/a.yml"), _one("B", "n", group="h"), _one("B", group="h")]) == []


def test_a_moved_alert_is_not_found_where_others_stood_before() -> None:
    earlier = [_one("A", file="a.yml"), _one("A", file="b.yml")]

    assert _new(earlier, [_one("A", file="b.yml"), _one("A", "n", file="b.yml")]) == [
        _one("A", "n", file="b.yml")
    ]


def test_two_alerts_that_were_moved_stay_apart() -> None:
    earlier = [_one("A", "m", "g", "prod.yml"), _one("A", "n", "h", "dev.yml")]

    found = [_one("A", "n", "h", "x/dev.yml"), _one("A", "m", "g", "x/prod.yml")]

    matched = match(earlier, found, {one.subject for one in found}.__contains__)
    assert matched == {0: 1, 1: 0}


_IDENTITIES = st.lists(
    st.builds(
        _one, *[st.sampled_from("AB"), st.sampled_from("mn"), st.sampled_from("gh"), st.sampled_from("fe")]
    ),
    max_size=8,
)


@given(_IDENTITIES, _IDENTITIES, st.randoms(use_true_random=False))
def test_each_earlier_finding_stands_for_one_finding_at_most(
    earlier: list[Identity], found: list[Identity], random: object
) -> None:
    matched = match(earlier, found, lambda _: random.random() < 0.5)  # type: ignore[attr-defined]

    assert len(set(matched.values())) == len(matched)
    for number, of_earlier in matched.items():
        before, now = earlier[of_earlier], found[number]
        assert (before.check, before.subject.name) == (now.check, now.subject.name)


@given(_IDENTITIES, st.randoms(use_true_random=False))
def test_the_same_findings_in_any_order_are_none_new(found: list[Identity], random: object) -> None:
    again = list(found)
    random.shuffle(again)  # type: ignore[attr-defined]

    assert _new(found, again) == []
