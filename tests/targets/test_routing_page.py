"""The page about routing among the runbooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.conftest import SPECS

from tocsin.targets.runbooks import emit

if TYPE_CHECKING:
    from collections.abc import Callable

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
    assert "[Who is notified of what](routing.md)" in pages["runbooks/README.md"]


def test_receivers_that_depend_on_labels_of_the_samples_have_a_column_for_them(
    shop_plan: Plan, plan_of: Callable[[str], Plan]
) -> None:
    by_shop = '  routes:\n    - {matchers: [shop="north"], receiver: on-call, continue: true}\n'
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8").replace("  routes:\n", by_shop, 1)
    pages, before = _pages(plan_of(text)), _pages(shop_plan)
    for page, start in (("routing.md", "| [ShopDown](ShopDown.md) | 🔴"), ("ShopDown.md", "| 🔴")):
        assert "Severity | With labels |" in pages[f"runbooks/{page}"]
        assert f'{start} Critical | `shop="north"` | On-call engineer' in pages[f"runbooks/{page}"]
        assert "With labels" not in before[f"runbooks/{page}"]


def test_a_runbook_says_where_there_are_more_ways_than_it_lists(
    shop_plan: Plan, plan_of: Callable[[str], Plan]
) -> None:
    names = [f"l{number}" for number in range(16)]
    routes = "".join(
        f"    - {{matchers: ['{name}=\"a\"'], receiver: on-call, continue: true}}\n" for name in names
    )
    text = (SPECS / "shop.yaml").read_text(encoding="utf-8").replace("  routes:\n", f"  routes:\n{routes}", 1)
    query = "sum by (shop) (rate(checkouts_total"
    assert query in text
    pages = _pages(plan_of(text.replace(query, query.replace("shop", ", ".join(["shop", *names]), 1))))
    said = "Its labels allow more routes than are listed here."
    assert [path for path in pages if said in pages[path]] == [
        "runbooks/CheckoutErrors.md",
        "runbooks/all.md",
    ]
    assert not any(said in page for page in _pages(shop_plan).values())


def test_every_row_of_a_table_has_its_cells(shop_plan: Plan) -> None:
    widths: list[int] = []
    for line in _pages(shop_plan)["runbooks/routing.md"].splitlines():
        if line.startswith("|"):
            widths.append(line.replace("\\|", "").count("|"))
        elif widths:
            assert len(set(widths)) == 1
            widths = []
