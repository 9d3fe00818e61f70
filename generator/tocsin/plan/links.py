"""Addresses of generated pages and of the engines' own ones."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import orjson

from tocsin.lang.strings import quote_string
from tocsin.plan.model import AlertLinks, Engine, Urls

if TYPE_CHECKING:
    from collections.abc import Iterable

_QUOTED = {code: quote(chr(code), safe="") for code in range(128)}


def dashboard_url(base: Urls, uid: str) -> str | None:
    """The address of a dashboard."""
    return None if base.grafana is None else f"{base.grafana}/d/{uid}"


def panel_url(dashboard: str | None, panel: int) -> str | None:
    """The address of one panel alone."""
    return None if dashboard is None else f"{dashboard}?viewPanel={panel}"


def filtered_panel(panel: str, sure: Iterable[str], possible: Iterable[str]) -> str:
    """The template of the address of a panel that shows just the instance that fired.

    It sets the dashboard's variable of each label; a label that some instances lack only where it is there.
    """
    always = (f"&var-{label}={{{{ $labels.{label} | urlquery }}}}" for label in sure)
    there = (
        f"{{{{ with $labels.{label} }}}}&var-{label}={{{{ . | urlquery }}}}{{{{ end }}}}"
        for label in possible
    )
    return "".join((panel, *always, *there))


def page_url(base: Urls, file: str) -> str | None:
    """The address of a published runbook page."""
    return None if base.runbooks is None else f"{base.runbooks}/{quote(file)}"


def alert_links(base: Urls, engine: Engine, name: str, query: str, loki_uid: str) -> AlertLinks:
    """Pages of the engines about one alert."""
    rule = None
    if engine is Engine.PROMETHEUS:
        asked = None if base.prometheus is None else prometheus_query(base.prometheus, query)
        if base.prometheus is not None:
            rule = f"{base.prometheus}/alerts?search={_quoted(name)}"
    else:
        asked = None if base.grafana is None else explore(base.grafana, loki_uid, query)
    silence = None
    if base.alertmanager is not None:
        wanted = _quoted(f"{{alertname={quote_string(name)}}}")
        silence = f"{base.alertmanager}/#/silences/new?filter={wanted}"
    return AlertLinks(asked, rule, silence)


def prometheus_query(base: str, query: str) -> str:
    """Prometheus' page with a graph of the query."""
    return f"{base}/graph?g0.expr={_quoted(query)}&g0.tab=0"


def explore(base: str, datasource: str, query: str) -> str:
    """Grafana's Explore with the query on a Loki datasource."""
    source = {"type": "loki", "uid": datasource}
    pane = {
        "datasource": datasource,
        "queries": [{"refId": "A", "datasource": source, "expr": query}],
        "range": {"from": "now-1h", "to": "now"},
    }
    panes = _quoted(orjson.dumps({"a": pane}).decode())
    return f"{base}/explore?schemaVersion=1&panes={panes}&orgId=1"


def _quoted(text: str) -> str:
    """The text as a value in an address; a query has so many signs that a table is ten times as fast."""
    return text.translate(_QUOTED) if text.isascii() else quote(text, safe="")
