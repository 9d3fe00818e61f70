"""Objectives in the runbooks: a page of their own, a table in the index, a line where an alert watches."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.compile.burn.scenarios import BASE, checkout
from tests.compile.test_branches import planned

from tocsin.targets import runbooks
from tocsin.targets.runbooks.markdown import Anchors

if TYPE_CHECKING:
    from tocsin.plan.model import Plan


def _pages(plan: Plan) -> dict[str, str]:
    return {file.path.removeprefix("runbooks/"): file.content.decode() for file in runbooks.emit(plan)}


def test_the_page_says_what_is_promised_how_much_may_go_wrong_and_who_watches(shop_plan: Plan) -> None:
    page = _pages(shop_plan)["slos.md"]
    assert "## Checkouts succeed\n\nWhoever wants to pay can pay.\n" in page
    assert "- Objective: **98 %** good over 30d\n" in page
    assert "- Error budget: **2 %** may fail, equal to **14h24m** in which everything fails\n" in page
    assert "- Watched by: [CheckoutErrors](CheckoutErrors.md) 🔴🟡\n" in page
    assert "Met while this is at least 98 %:\n\n```promql\n1 -\nsum(" in page
    assert "- Objective: **99 % within 800 ms** over 7d\n" in page
    assert "Met while this is at most 800 ms:\n\n```promql\nhistogram_quantile(0.99, " in page


def test_the_page_of_an_alert_says_what_it_watches_before_the_diagnosis(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    page = pages["CheckoutErrors.md"]
    line = "- [Checkouts succeed](slos.md#checkouts-succeed): **98 %** good over 30d. "
    assert page.index("## Impact") < page.index("## Objectives") < page.index("## Diagnosis")
    assert line + "Error budget: **2 %** may fail, equal to **14h24m** in which everything fails\n" in page
    assert "## Objectives" not in pages["DiskFull.md"]


def test_the_index_has_a_table_whose_links_lead_somewhere(shop_plan: Plan) -> None:
    pages = _pages(shop_plan)
    row = "| [Pages are fast](slos.md#pages-are-fast) | **99 % within 800 ms** over 7d | 1 % (1h40m48s) | "
    assert row + "[SlowPages](SlowPages.md) |  |\n" in pages["README.md"]
    anchors = Anchors()
    headings = {anchors.take(found) for found in re.findall(r"^#+ (.*)$", pages["slos.md"], re.MULTILINE)}
    linked = {name for page in pages.values() for name in re.findall(r"\(slos\.md#([^)]*)\)", page)}
    assert linked
    assert linked <= headings


def test_without_objectives_nothing_is_said_of_them(shop_plan: Plan) -> None:
    pages = _pages(replace(shop_plan, slos=()))
    assert "slos.md" not in pages
    assert "bjectives" not in pages["README.md"]


def test_a_title_with_markup_and_an_equal_title_do_no_harm(shop_plan: Plan) -> None:
    checkout, other = shop_plan.slos
    odd = (replace(checkout, title="a|b *c*"), replace(other, title="a|b *c*", alerts=()))
    pages = _pages(replace(shop_plan, slos=odd))
    assert "| [a\\|b \\*c\\*](slos.md#ab-c) |" in pages["README.md"]
    assert "| [a\\|b \\*c\\*](slos.md#ab-c-1) |" in pages["README.md"]
    assert "| no alert |" in pages["README.md"]


def test_portuguese_says_the_same(shop_plan: Plan) -> None:
    plan = replace(shop_plan, project=replace(shop_plan.project, language="pt-BR"))
    page = _pages(plan)["CheckoutErrors.md"]
    assert "## O que foi prometido\n" in page
    assert "**98 %** com sucesso em 30d. Error budget: **2 %** com falha, o equivalente a **14h24m**" in page


def test_groups_for_which_something_else_is_promised_have_rows_of_their_own() -> None:
    exceptions = """\
burn: {page: {severity: critical, spent: [14.4x in 1h]}}
except:
  - {where: {shop: [faro, lisbon]}, objective: 95%, burn: {page: {severity: critical, spent: [3x in 2h]}}}
  - {where: {shop: porto}, burn: {page: {severity: critical, spent: [2x in 2h]}}}
  - {where: {shop: x}, off: closed}
"""
    pages = _pages(planned(f"{BASE}slos:\n" + textwrap.indent(checkout(exceptions), "  ")))
    page = pages["slos.md"]
    assert '- Objective (`shop=~"faro|lisbon"`): **95 %** good over 30d\n' in page
    # Where only the alerts are others, the promise is not said again.
    assert '- Objective (`shop="porto"`)' not in page
    assert '- Objective (`shop="x"`): none: closed\n' in page
    rows = [
        "| Critical | 5m and 1h | 1.44 % | 2 % | 52s at 99.9 % |",
        '| Critical (`shop=~"faro\\|lisbon"`) | 10m and 2h | 15 % | 0.833 % | 18m at 95 % |',
        '| Critical (`shop="porto"`) | 10m and 2h | 0.2 % | 0.556 % | 15s at 99.9 % |',
    ]
    assert "\n".join(rows) in page
    assert "\n".join(rows) in pages["CheckoutBudgetBurn.md"]
