import pytest

from tocsin.text.suggest import is_misspelling


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("critcal", "critical"),
        ("group_wiat", "group_wait"),
        ("groupWait", "group_wait"),
        ("payments-tema", "payments-team"),
        ("repeat_intervall", "repeat_interval"),
    ],
)
def test_a_slip_of_the_hand_is_the_name(word: str, name: str) -> None:
    assert is_misspelling(word, name, ["warning", name, "platform"])


@pytest.mark.parametrize(
    ("word", "name", "known"),
    [
        ("team-eu", "team-us", []),
        ("node-1", "node-2", []),
        ("web", "webs", []),
        ("receiver-a", "receiver-b", []),
        ("node-exporter-2", "node-exporter", []),
        ("pager-front", "pager-fronts", ["pager-frost"]),
    ],
)
def test_what_may_be_another_name_is_not_taken_for_one(word: str, name: str, known: list[str]) -> None:
    assert not is_misspelling(word, name, [name, *known])
