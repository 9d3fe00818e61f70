"""What a change does to objectives: promised, given up, or promised otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from tests.conftest import SPECS

from tocsin.diff.compare import compare
from tocsin.diff.render import RENDERERS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.diff.changes import Changes
    from tocsin.plan.model import Plan

SHOP = (SPECS / "shop.yaml").read_text(encoding="utf-8")
PAGES = SHOP[SHOP.index("  pages:\n") : SHOP.index("procedures:\n")]


@pytest.fixture
def changes(plan_of: Callable[[str], Plan]) -> Callable[[str, str], Changes]:
    def found(old: str, new: str) -> Changes:
        assert old in SHOP
        return compare(plan_of(SHOP), plan_of(SHOP.replace(old, new)))

    return found


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("objective: 98%", "objective: 99%", "checkout: objective 98 % → 99 %"),
        ("window: 7d", "window: 30d", "pages: window 7d → 30d"),
        ("within: 800ms", "within: 1s", "pages: within 800 ms → 1 s"),
        ("    alerts: [SlowPages]\n", "", "pages: watched by SlowPages → none"),
        (
            'bad: sum(increase(checkouts_total{result="failed"',
            'bad: sum(increase(checkouts_total{result!="ok"',
            'checkout: bad sum(increase(checkouts_total{result="failed"}[window])) → '
            'sum(increase(checkouts_total{result!="ok"}[window]))',
        ),
        (PAGES, "", "pages: removed"),
    ],
)
def test_what_is_promised_otherwise_is_told(
    old: str, new: str, line: str, changes: Callable[[str, str], Changes]
) -> None:
    found = changes(old, new)
    assert found
    said = RENDERERS["text"](found)
    assert said.split("\n")[0] == "Service level objectives"
    assert said.split("\n")[1][4:] == line


def test_a_new_objective_is_added(plan_of: Callable[[str], Plan]) -> None:
    found = compare(plan_of(SHOP.replace(PAGES, "")), plan_of(SHOP))
    assert RENDERERS["text"](found) == "Service level objectives\n  + pages: added\n"


def test_another_title_changes_nothing(changes: Callable[[str, str], Changes]) -> None:
    assert not changes("title: Pages are fast", "title: Fast pages")


def test_programs_and_pull_requests_get_the_same(changes: Callable[[str, str], Changes]) -> None:
    found = changes("objective: 98%", "objective: 99%")
    assert orjson.loads(RENDERERS["json"](found))["slos"] == [
        {
            "kind": "changed",
            "slo": "checkout",
            "details": [{"what": "objective", "before": "98 %", "after": "99 %"}],
        }
    ]
    assert "#### Service level objectives\n\n- checkout: objective 98 % → 99 %\n" in RENDERERS["markdown"](
        found
    )
