"""What a change of a spec does, as a reviewer reads it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import orjson
from tests.conftest import SPECS

from tocsin.diff.classes import Comparison
from tocsin.diff.compare import compare
from tocsin.diff.render import RENDERERS

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

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
    assert RENDERERS["text"](changes) == "Nothing changes in alerts, notifications or objectives.\n"


def test_a_threshold_and_a_route_are_told_as_what_they_do(plan_of: Callable[[str], Plan]) -> None:
    new = _changed(
        ("critical: {above: 10%, for: 5m", "critical: {above: 20%, for: 5m"),
        ("repeat_interval: 30m}", "repeat_interval: 2h}"),
        ("    receiver: payments\n\nreceivers:", "    receiver: web\n\nreceivers:"),
    )
    said = RENDERERS["text"](compare(plan_of(SHOP), plan_of(new)))
    assert "~ CheckoutErrors (critical): threshold > 10 % → > 20 %" in said
    assert "~ notified: web instead of payments" in said
    assert "repeat_interval 30m → 2h" in said


def test_labels_of_a_route_are_told(plan_of: Callable[[str], Plan]) -> None:
    labelled = _changed(
        ("group_by: [alertname, team]", "group_by: [alertname, team]\n  labels: {reason: load}")
    )
    said = RENDERERS["text"](compare(plan_of(SHOP), plan_of(labelled)))
    assert 'labels of the route none → reason="load"' in said


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
    assert said == "Receivers\n  ~ web: settings changed\n"


def _fleet(count: int, to: str) -> str:
    """Routes on labels of their own that all continue: twice as many combinations for each."""
    routes = "".join(
        f"    - {{matchers: ['l{n}=~\"a{n}.*\"'], receiver: {to if n == 0 else 'web'}, continue: true}}\n"
        for n in range(count)
    )
    return _changed(("  routes:\n", f"  routes:\n{routes}"))


def test_a_comparison_that_is_not_complete_finds_the_change_and_says_what_was_not_tried(
    plan_of: Callable[[str], Plan], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Comparison.__init__, "__defaults__", (0, {}))
    changes = compare(plan_of(_fleet(6, "web")), plan_of(_fleet(6, "on-call")))
    said = RENDERERS["text"](changes)
    assert "~ notified: on-call instead of web\n" in said
    assert "The route trees allow too many combinations to list" in said
    assert "These alerts may be affected as well" in said
    for one in changes.routing:
        before, after = Counter(one.receivers_before), Counter(one.receivers_after)
        assert (before - after, after - before) == (Counter(["web"]), Counter(["on-call"]))


def test_nothing_that_was_not_tried_is_called_unchanged(plan_of: Callable[[str], Plan]) -> None:
    changes = replace(compare(plan_of(SHOP), plan_of(SHOP)), unlisted=("ShopDown",))
    assert changes
    for form in ("text", "markdown"):
        said = RENDERERS[form](changes)
        assert "othing changes for anybody" not in said
        assert "No change was found, but not everything could be compared" in said
        assert "ShopDown" in said


def test_who_is_notified_of_an_alert_that_comes_or_goes_is_said(plan_of: Callable[[str], Plan]) -> None:
    new = plan_of(
        SHOP.replace("PaymentDeclined", "Replaced").replace("payments_declined_total", "other_total")
    )
    said = RENDERERS["text"](compare(plan_of(SHOP), new))
    lines = [line for line in said.splitlines() if "Replaced" in line or "PaymentDeclined" in line]
    assert lines, said
    assert all("notified: " in line or "renamed from" in line for line in lines), said


def test_no_example_is_given_where_none_is_known(plan_of: Callable[[str], Plan]) -> None:
    known = compare(
        plan_of(SHOP),
        plan_of(_changed(("    receiver: payments\n\nreceivers:", "    receiver: web\n\nreceivers:"))),
    )
    assert "      example: {" in RENDERERS["text"](known)
    routing = tuple(replace(one, receivers_after=one.receivers_before) for one in known.routing)
    unknown = replace(known, routing=routing)
    assert "example:" not in RENDERERS["text"](unknown)
    assert "possibly: no example labels were found" in RENDERERS["text"](unknown)
    assert "none found" in RENDERERS["markdown"](unknown)
