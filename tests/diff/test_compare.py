"""What a change of a spec does, as a reviewer reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from tests.conftest import SPECS

from tocsin.diff.compare import compare
from tocsin.diff.render import RENDERERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

SHOP = (SPECS / "shop.yaml").read_text(encoding="utf-8")


def _changed(*replacements: tuple[str, str]) -> str:
    text = SHOP
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def test_nothing_changes_when_only_the_writing_does(plan_of: Callable[[str], Plan]) -> None:
    comment = plan_of("# another comment\n" + _changed(("title: Checkout\n", "title: Tills\n")))
    changes = compare(plan_of(SHOP), comment)
    assert not changes
    assert RENDERERS["text"](changes) == "Nothing changes for anybody.\n"


def test_a_threshold_and_a_route_are_told_as_what_they_do(plan_of: Callable[[str], Plan]) -> None:
    new = _changed(
        ("critical: {above: 10%, for: 5m", "critical: {above: 20%, for: 5m"),
        ("repeat_interval: 30m}", "repeat_interval: 2h}"),
        ("    receiver: payments\n\nreceivers:", "    receiver: web\n\nreceivers:"),
    )
    said = RENDERERS["text"](compare(plan_of(SHOP), plan_of(new)))
    assert "~ CheckoutErrors (critical): threshold > 10 % → > 20 %" in said
    assert "~ told payments → web" in said
    assert "again every 30m → 2h" in said


def test_an_alert_with_another_name_is_renamed(plan_of: Callable[[str], Plan]) -> None:
    changes = compare(plan_of(SHOP), plan_of(SHOP.replace("PaymentDeclined", "PaymentsDeclined")))
    assert {(one.kind, one.alert) for one in changes.alerts} == {("renamed", "PaymentsDeclined")}
    assert changes.alerts[0].details[0].before == "PaymentDeclined"


def test_programs_and_pull_requests_get_the_same(plan_of: Callable[[str], Plan]) -> None:
    changes = compare(plan_of(SHOP), plan_of(_changed(("group_by: [alertname, team]", "group_by: [team]"))))
    value = orjson.loads(RENDERERS["json"](changes))
    assert value["changed"]
    assert value["complete"]
    assert {kind for one in value["routing"] for kind in one["kinds"]} == {"grouping"}
    markdown = RENDERERS["markdown"](changes)
    assert "grouped by alertname, team → by team" in markdown
    rows = [line for line in markdown.splitlines() if line.startswith("|")]
    assert len({row.replace("\\|", "").count("|") for row in rows}) == 1


def test_a_receiver_that_sends_elsewhere_is_told_without_its_address(plan_of: Callable[[str], Plan]) -> None:
    changes = compare(plan_of(SHOP), plan_of(_changed(('channel: "#web"', 'channel: "#team"'))))
    said = RENDERERS["text"](changes)
    assert said == "Receivers\n  ~ web: changed\n"
