"""The page about routing among the runbooks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tocsin.lang.matchers import Matcher
from tocsin.targets.runbooks import emit

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


def _pages(plan: Plan) -> dict[str, str]:
    return {file.path: file.content.decode() for file in emit(plan)}


def test_the_page_tells_who_is_told_of_what_and_when_nobody_is(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    page = pages["runbooks/routing.md"]
    assert "```mermaid\nflowchart LR\n" in page
    assert "| [CheckoutErrors](CheckoutErrors.md) | 🟡 Warning | `payments`; only in `office-hours` |" in page
    assert "Mon–Fri: 00:00–09:00, 17:00–24:00<br>Sat–Sun: all day" in page
    assert '| `alertname="ShopDown"` | `alertname="CheckoutErrors"` | `shop` |' in page
    assert "[Who is told of what](routing.md)" in pages["runbooks/README.md"]


def test_receivers_that_depend_on_labels_of_the_samples_have_a_column_for_them(shop_plan: Plan) -> None:
    assert shop_plan.route is not None
    first, *others = shop_plan.route.routes
    by_shop = replace(first, matchers=(Matcher("shop", "=", "north"),), routes=(), continues=True)
    plan = replace(shop_plan, route=replace(shop_plan.route, routes=(by_shop, first, *others)))
    there, before = (_pages(one)["runbooks/routing.md"] for one in (plan, shop_plan))
    assert "| Alert | Severity | With labels |" in there
    assert '| [ShopDown](ShopDown.md) | 🔴 Critical | `shop="north"` |' in there
    assert "With labels" not in before


def test_every_row_of_a_table_has_its_cells(shop_plan: Plan) -> None:
    widths: list[int] = []
    for line in _pages(shop_plan)["runbooks/routing.md"].splitlines():
        if line.startswith("|"):
            widths.append(line.replace("\\|", "").count("|"))
        elif widths:
            assert len(set(widths)) == 1
            widths = []
