"""Which addresses rules have as annotations: those that Tocsin makes, and those of the author."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tocsin.targets import TARGETS
from tocsin.validate.links import judge_opening
from tocsin.validate.verdicts import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.plan.model import Plan

SPEC = """
project:
  name: p
  title: P
  urls: {runbooks: "https://r.example", grafana: "https://g.example"}
  defaults: {PROJECT}
severities: {critical: {rank: 1, title: Critical}}
receivers: {all: {webhook: [{url: "http://hooks.example/all"}]}}
routing: {catch_all: all}
groups:
  web:
    title: Web
    GROUP
    alerts:
      Down:
        summary: s
        description: d
        expr: up == 0
        severity: critical
        ALERT
"""
PAGE = "https://r.example/Down.md"
PANEL = "https://g.example/d/p-web"


def _plan(plan_of: Callable[[str], Plan], project: str = "", group: str = "", alert: str = "") -> Plan:
    return plan_of(SPEC.replace("PROJECT", project).replace("GROUP", group).replace("ALERT", alert))


def _links(plan: Plan) -> dict[str, str]:
    written = plan.groups[0].alerts[0].rules[0].annotations
    return {name: text.partition("?")[0] for name, text in written.items() if name.endswith("_url")}


@pytest.mark.parametrize(
    ("said", "links"),
    [
        ("", {"runbook_url": PAGE, "dashboard_url": PANEL}),
        ("links: all", {"runbook_url": PAGE, "dashboard_url": PANEL}),
        ("links: runbook", {"runbook_url": PAGE}),
        ("links: dashboard", {"dashboard_url": PANEL}),
        ("links: none", {}),
    ],
)
def test_links_are_chosen_for_the_project_a_group_or_an_alert(
    said: str, links: dict[str, str], plan_of: Callable[[str], Plan]
) -> None:
    assert _links(_plan(plan_of, project=said)) == links
    assert _links(_plan(plan_of, group=said)) == links
    assert _links(_plan(plan_of, alert=said)) == links


def test_the_nearest_choice_holds(plan_of: Callable[[str], Plan]) -> None:
    assert _links(_plan(plan_of, "links: none", "links: runbook", "links: dashboard")) == {
        "dashboard_url": PANEL
    }
    assert _links(_plan(plan_of, "links: none", "links: runbook")) == {"runbook_url": PAGE}


@pytest.mark.parametrize(
    ("alert", "links"),
    [
        ("runbook: {url: https://wiki.example/down}", {"runbook_url": "https://wiki.example/down"}),
        ("panel: {url: https://graphs.example/up}", {"dashboard_url": "https://graphs.example/up"}),
        (
            "annotations: {runbook_url: 'https://w.example/{{ $labels.job }}', dashboard_url: 'go/up'}",
            {"runbook_url": "https://w.example/{{ $labels.job }}", "dashboard_url": "go/up"},
        ),
    ],
)
def test_addresses_of_the_author_are_written_whatever_is_chosen(
    alert: str, links: dict[str, str], plan_of: Callable[[str], Plan]
) -> None:
    assert _links(_plan(plan_of, "links: none", alert=alert)) == links
    made = {"runbook_url": PAGE, "dashboard_url": PANEL}
    plan = _plan(plan_of, alert=alert)
    assert _links(plan) == made | links
    output = {file.path: file.content.decode() for target in TARGETS.values() for file in target.emit(plan)}
    assert [verdict.state for verdict in judge_opening(plan, output, {}).values()] == [State.PROVEN]
