"""The alerts of an objective in a real Alertmanager: the page keeps the ticket of its own group quiet."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tests.compile.burn.scenarios import BASE, checkout, plan_with
from tests.routing.alertmanager import running, sink, wait_for

from tocsin.plan.model import Rule
from tocsin.targets.alertmanager import emit

if TYPE_CHECKING:
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Plan

_SOON = "{rank: %d, title: %s, notify: {group_wait: 1s, group_interval: 1s}}"


def test_a_page_keeps_the_ticket_of_its_shop_quiet(alertmanager: Program, tmp_path: Path) -> None:
    with sink() as told:
        (tmp_path / "hook").write_text(told.url("mail"), encoding="utf-8")
        base = BASE.replace("/etc/hook", str(tmp_path / "hook"))
        base = base.replace("{rank: 1, title: Critical}", _SOON % (1, "Critical"))
        base = base.replace("{rank: 2, title: Warning}", _SOON % (2, "Warning"))
        plan = plan_with(checkout(), base)
        for file in emit(plan):
            path = tmp_path / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
        page, ticket = (_firing(plan, severity, "a") for severity in ("critical", "warning"))
        beside = _firing(plan, "warning", "b")
        with running(alertmanager, tmp_path / "alertmanager/alertmanager.yaml", tmp_path) as server:
            server.post(page, ticket, beside)
            assert wait_for(lambda: _told(told.messages) >= {("critical", "a"), ("warning", "b")})
            inhibited = {
                (one["labels"]["severity"], one["labels"]["shop"]): bool(one["status"]["inhibitedBy"])
                for one in server.alerts()
            }
            assert inhibited == {("critical", "a"): False, ("warning", "a"): True, ("warning", "b"): False}
            assert ("warning", "a") not in _told(told.messages)
            server.post({**page, "endsAt": datetime.now(UTC).isoformat()})
            assert wait_for(lambda: ("warning", "a") in _told(told.messages))


def _firing(plan: Plan, severity: str, shop: str) -> dict[str, Any]:
    """The alert as Prometheus sends it."""
    rules = [rule for group in plan.rule_groups for rule in group.rules if isinstance(rule, Rule)]
    rule = next(one for one in rules if one.alert == "CheckoutBudgetBurn" and one.severity == severity)
    labels = {**rule.labels, "alertname": rule.alert, "severity": severity, "shop": shop}
    # What began long ago is told at once, before the inhibition has seen the page.
    return {"labels": labels, "startsAt": datetime.now(UTC).isoformat()}


def _told(messages: list[tuple[str, dict[str, Any]]]) -> set[tuple[str, str]]:
    """Severity and shop of what was ever sent as firing."""
    alerts = [alert for _, message in messages for alert in message["alerts"]]
    return {(one["labels"]["severity"], one["labels"]["shop"]) for one in alerts if one["status"] == "firing"}
