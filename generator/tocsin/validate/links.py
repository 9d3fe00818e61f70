"""Whether the pages that an alert leads to are there: its runbook, and its panel on a dashboard."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tocsin.validate.verdicts import ValidationVerdict, Verdicts, failed, proven, rule_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Alert, Group, Plan, Rule
    from tocsin.validate.verdicts import FiredAlerts

_ACTIONS = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def judge_opening(plan: Plan, output: Mapping[str, str], fired: FiredAlerts) -> Verdicts:
    """A verdict for every rule, by the files; the links are those of the fired alert, or else the rule's."""
    panels = {
        path: _panels(text)
        for path, text in output.items()
        if path.startswith("grafana/dashboards/") and path.endswith(".json")
    }
    verdicts: Verdicts = {}
    for group in plan.groups:
        for alert in group.alerts:
            for rule in alert.rules:
                key = rule_key(alert, rule)
                alerts = fired.get(key)
                links = alerts[0].annotations if alerts else rule.annotations
                verdicts[key] = _opens(group, alert, rule, links, output, panels)
    return verdicts


def _opens(
    group: Group,
    alert: Alert,
    rule: Rule,
    links: Mapping[str, str],
    output: Mapping[str, str],
    panels: Mapping[str, Mapping[int, Any] | None],
) -> ValidationVerdict:
    page = f"runbooks/{alert.runbook.page.file}"
    if page not in output:
        return failed(f"its runbook is missing: there is no {page}")
    link = links.get("runbook_url")
    # Authors may write a link of their own, or none.
    own = rule.annotations.get("runbook_url")
    if own is not None and own == alert.runbook.url:
        if link != own:
            return failed(f"its link leads to another page than {own}: {link}")
    elif own is not None and own == alert.runbook.page.url and not _leads_to(link, alert.runbook.page.file):
        return failed(f"its link leads to another page than {page}: {link}")
    dashboard = f"grafana/dashboards/{group.dashboard.uid}.json"
    if dashboard not in output:
        return failed(f"its dashboard is missing: there is no {dashboard}")
    known = panels[dashboard]
    if known is None:
        return failed(f"{dashboard} is not a dashboard")
    if alert.panel.url is not None and rule.annotations.get("dashboard_url", "").startswith(alert.panel.url):
        # Of a rule that did not fire, the labels of the instance are still templates.
        link = _ACTIONS.sub("", links.get("dashboard_url", ""))
        shown = parse_qs(urlsplit(link).query).get("viewPanel", [""])[0]
        if not shown.isdecimal() or int(shown) not in known:
            return failed(f"its link leads to panel {shown or 'none'}, which {dashboard} does not have")
    if alert.panel.id not in known:
        return failed(f"its panel is missing: {dashboard} has no panel {alert.panel.id}")
    return proven()


def _leads_to(link: str | None, file: str) -> bool:
    return link is not None and unquote(urlsplit(link).path).rpartition("/")[2] == file


def _panels(text: str) -> dict[int, Any] | None:
    try:
        return {panel["id"]: panel for panel in json.loads(text)["panels"]}
    except (ValueError, KeyError, TypeError):
        return None
