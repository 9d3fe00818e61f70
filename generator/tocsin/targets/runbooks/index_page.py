"""The index: alerts by severity and by group, procedures, escalation and links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.targets.runbooks import markdown
from tocsin.targets.runbooks.escalation import escalation_levels
from tocsin.targets.runbooks.slo_page import slo_rows
from tocsin.translations import TEXTS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.plan.model import Alert, Group
    from tocsin.targets.runbooks.pages import Pages


def index_page(pages: Pages, groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The values of the template; `groups` are the entries of all groups."""
    plan, words = pages.plan, pages.words
    by_severity = [
        (
            pages.severity(severity.name),
            [row for group in groups for row in group["rows"] if row["first"] == severity.name],
        )
        for severity in pages.severities.values()
    ]
    by_group = [(group, markdown.escape_text(group["title"]), group["rows"]) for group in groups]
    headings = [words.by_severity, *(f"  {title}" for title, rows in by_severity if rows)]
    headings += [words.by_group, *(f"  {title}" for _, title, _ in by_group)]
    if plan.slos:
        headings.append(pages.slo_words.title)
    if plan.procedures:
        headings.append(words.procedures)
    escalation = plan.escalation
    if escalation.levels or escalation.channels:
        headings.append(words.escalation)
    if escalation.links or _own_links(pages):
        headings.append(words.links)
    anchors = markdown.Anchors()
    anchors.take(f"{words.runbooks}: {markdown.escape_text(plan.project.title)}")
    anchors.take(words.contents)
    contents = []
    for heading in headings:
        # Python-Markdown nests a list from four spaces on, GitHub from two.
        depth = 4 if heading.startswith("  ") else 0
        title = heading.strip()
        contents.append(f"{' ' * depth}- [{title}](#{anchors.take(title)})")
    return {
        "routing": TEXTS[plan.project.language].routing,
        "contents": contents,
        "has_pages": bool(plan.procedures or any(group["rows"] for group in groups)),
        "by_severity": [(title, rows) for title, rows in by_severity if rows],
        "by_group": by_group,
        "slo_words": pages.slo_words,
        "slo_rows": slo_rows(pages),
        "levels": escalation_levels(pages, pages.severities),
        "own_links": _own_links(pages),
    }


def index_entry(pages: Pages, group: Group) -> dict[str, Any]:
    """What the index says of a group."""
    return {
        "title": group.title,
        "description": group.description,
        "url": group.dashboard.url,
        "rows": [_row(pages, group, alert) for alert in group.alerts],
    }


def _row(pages: Pages, group: Group, alert: Alert) -> dict[str, str]:
    page = markdown.relative_link(alert.runbook.page.file, "")
    return {
        "first": alert.rules[0].severity,
        "alert": f"[{markdown.escape_text(alert.alertname)}]({page})",
        "icons": pages.icons(alert),
        "severities": ", ".join(dict.fromkeys(pages.severity(rule.severity) for rule in alert.rules)),
        "summary": markdown.table_cell(markdown.readable_annotation(alert.summary or alert.description)),
        "group": markdown.table_cell(markdown.escape_text(group.title)),
        "team": markdown.table_cell(pages.team(alert.team)),
        "steps": _steps(pages, alert),
    }


def _steps(pages: Pages, alert: Alert) -> str:
    words, url = pages.words, alert.runbook.url
    if url is not None:
        return f"[{words.elsewhere}](<{markdown.link_target(url)}>)"
    return words.written if alert.runbook.diagnosis else words.unwritten


def _own_links(pages: Pages) -> list[tuple[str, str]]:
    """The generated dashboard and the engines themselves, as far as the author names no link to them."""
    project, words = pages.plan.project, pages.words
    found = [
        (words.overview, project.overview.url),
        ("Prometheus", project.urls.prometheus),
        ("Alertmanager", project.urls.alertmanager),
        ("Grafana", project.urls.grafana),
        ("Jaeger", project.urls.jaeger),
        *((link.title, link.url) for link in project.links),
    ]
    written = {link.url.rstrip("/") for link in pages.plan.escalation.links}
    return [
        (title, f"<{markdown.link_target(url)}>" if "(" in url or ")" in url else url)
        for title, url in found
        if url and url.rstrip("/") not in written
    ]
