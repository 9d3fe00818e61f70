"""What `tocsin explain` says of an objective: the table of its tiers."""

from __future__ import annotations

import textwrap

from tests.compile.burn.scenarios import BASE, checkout, plan_with
from tests.compile.test_branches import planned

from tocsin.routing.render.slo_explanation import explain_slo


def test_the_table_has_what_each_tier_comes_to() -> None:
    """The figures of the SRE Workbook for 99.9 %: a full outage pages after 52 seconds."""
    [slo] = plan_with(checkout()).slos
    sections = dict(explain_slo(slo))
    assert [line.split("  ")[0] for line in sections["Tiers"]] == ["tier", "page", "page", "ticket", "ticket"]
    rows = [line.split() for line in sections["Tiers"][1:]]
    assert [row[-1] for row in rows] == ["52s", "2m10s", "4m20s", "4m20s"]
    assert [(row[-3], row[-2]) for row in rows] == [("2", "%"), ("5", "%"), ("10", "%"), ("10", "%")]
    assert sections["Alerts"] == ["CheckoutBudgetBurn", "CheckoutBudgetMissing"]
    assert all(len(line) <= 78 for lines in sections.values() for line in lines)


def test_what_can_never_fire_says_so_for_each_objective() -> None:
    [slo] = plan_with(checkout(objective="{default: 99.9%, by: shop, values: {kiosk: 90%}}")).slos
    tiers = dict(explain_slo(slo))["Tiers"]
    assert [line.rsplit("  ", 1)[1] for line in tiers[1:3]] == ["52s at 99.9 %", "never at 90 %"]


def test_an_objective_without_burn_has_no_table() -> None:
    [slo] = plan_with(checkout("description: as before")).slos
    assert [title for title, _ in explain_slo(slo)] == ["checkout", "Alerts", "Measured by"]


def test_what_is_otherwise_for_some_groups_follows_with_its_own_table() -> None:
    exceptions = """\
burn: {page: {severity: critical, spent: [14.4x in 1h]}}
except:
  - {where: {shop: [faro, lisbon]}, objective: 95%, burn: {page: {severity: critical, spent: [3x in 2h]}}}
  - {where: {shop: porto}, off: closed}
"""
    [slo] = planned(f"{BASE}slos:\n" + textwrap.indent(checkout(exceptions), "  ")).slos
    sections = explain_slo(slo)
    assert [title for title, _ in sections] == [
        *("checkout", "Tiers", "Rules"),
        *('Where shop=~"faro|lisbon"', 'Where shop="porto"'),
        *("Alerts", "Measured by"),
    ]
    said = dict(sections)
    assert [line.split() for line in said["Tiers"][1:]] == [
        ["page", "critical", "1h", "and", "5m", "14.4", "1.44", "%", "2", "%", "52s"],
    ]
    promised, owner, _, row = said['Where shop=~"faro|lisbon"']
    assert (promised, owner) == ("95 % good over 30d", "owner: nobody")
    assert row.split() == ["page", "critical", "2h", "and", "10m", "3", "15", "%", "0.833", "%", "18m"]
    assert said['Where shop="porto"'] == ["switched off: closed"]
