"""Links on panels and dashboards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tocsin.plan.model import Alert, DashboardRef, Project
    from tocsin.targets.grafana.context import Basis

KEEP_DATASOURCES = "${prometheus_datasource:queryparam}"
"""In an address: the datasource that was chosen."""

PRODUCT_TAG = "tocsin"
_NAME = "${__value.raw}"


def panel_link(title: str, url: str) -> dict[str, Any]:
    """A link of a panel or of a value, opened beside the dashboard."""
    return {"title": title, "url": url, "targetBlank": True}


def alert_links(basis: Basis, alert: Alert) -> list[dict[str, Any]]:
    """Where to go from an alert's panel, as far as the addresses are known."""
    words = basis.words
    known = (
        (words.link_runbook, alert.runbook.page.url),
        (words.link_rule, alert.links.rule),
        (words.link_query, alert.links.query),
        (words.link_silence, alert.links.silence),
    )
    return [panel_link(title, url) for title, url in known if url is not None]


def name_links(basis: Basis, *, own_pages: bool) -> list[dict[str, Any]]:
    """Where to go from an alert's name in a table; `own_pages` tells whether its page is called like it."""
    words, urls = basis.words, basis.project.urls
    links: list[dict[str, Any]] = []
    if urls.runbooks is not None:
        page = f"{_NAME}.md" if own_pages else "README.md"
        links.append(panel_link(words.link_runbook, f"{urls.runbooks}/{page}"))
    if urls.prometheus is not None:
        links.append(panel_link(words.link_rule, f"{urls.prometheus}/alerts?search={_NAME}"))
    if urls.alertmanager is not None:
        wanted = f"%7Balertname%3D%22{_NAME}%22%7D"
        links.append(panel_link(words.link_silence, f"{urls.alertmanager}/#/silences/new?filter={wanted}"))
    return links


def dashboard_of(basis: Basis, field: str) -> dict[str, Any]:
    """The dashboard whose uid stands in another field of a table's row, at the same time."""
    kept = f"${{__url_time_range}}&{KEEP_DATASOURCES}"
    return panel_link(basis.words.link_dashboard, f"/d/${{__data.fields.{field}}}?{kept}")


def dashboard_links(basis: Basis, *, overview: DashboardRef | None) -> list[dict[str, Any]]:
    """The links on top of a dashboard: the overview, the project's dashboards, other programs' pages."""
    words, urls = basis.words, basis.project.urls
    links: list[dict[str, Any]] = []
    if overview is not None:
        links.append(_page(words.link_overview, relative_address(overview), "dashboard", inside_grafana=True))
    links.append(
        {
            "type": "dashboards",
            "title": words.link_dashboards,
            "tags": dashboard_tags(basis.project),
            "asDropdown": True,
            "icon": "external link",
            "includeVars": True,
            "keepTime": True,
            "targetBlank": False,
            "tooltip": "",
            "url": "",
        }
    )
    if urls.runbooks is not None:
        links.append(_page(words.link_runbooks, f"{urls.runbooks}/README.md", "doc"))
    if urls.alertmanager is not None:
        links.append(_page(words.link_alertmanager, urls.alertmanager, "bell"))
    if urls.prometheus is not None:
        links.append(_page(words.link_rules, f"{urls.prometheus}/alerts", "bolt"))
    # Grafana fills variables into an address; this one has none.
    own = ((link.title, link.url.replace("$", "%24")) for link in basis.project.links)
    return [*links, *(_page(title, url, "external link") for title, url in own)]


def relative_address(dashboard: DashboardRef) -> str:
    """A dashboard's address within whatever Grafana shows the link."""
    return f"/d/{dashboard.uid}"


def dashboard_tags(project: Project) -> list[str]:
    """The tags of every dashboard of the project."""
    return [project.name, PRODUCT_TAG]


def _page(title: str, url: str, icon: str, *, inside_grafana: bool = False) -> dict[str, Any]:
    return {
        "type": "link",
        "title": title,
        "tags": [],
        "asDropdown": False,
        "icon": icon,
        "includeVars": inside_grafana,
        "keepTime": inside_grafana,
        "targetBlank": not inside_grafana,
        "tooltip": "",
        "url": url,
    }
