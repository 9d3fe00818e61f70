"""What the panel of an alert that fires shows: its queries, asked of the Prometheus in which it fires."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from tocsin.engines.program import EngineError
from tocsin.lang.comparisons import COMPARED
from tocsin.lang.condition import measured
from tocsin.lang.grafana import chosen_value, interpolated
from tocsin.lang.promql.shape import condition
from tocsin.plan.model import Engine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from tocsin.plan.model import Alert, Rule
    from tocsin.validate.verdicts import Fired

    Ask = Callable[[str], list[Any]]
    """The series that a query returns now; EngineError where it fails."""

_DASHBOARDS = "grafana/dashboards/"
_ANYTHING = ".*"
_VALUE = "A"
"""The query whose value the alert reports."""
_FIRING = "B"
"""The query of when the alert fired."""
_OPENED = "var-"


class Panels:
    """The generated dashboards, by what a link to one of their panels says."""

    def __init__(self, output: Mapping[str, str]) -> None:
        self._dashboards = {
            path.removeprefix(_DASHBOARDS).removesuffix(".json"): _loaded(text)
            for path, text in output.items()
            if path.startswith(_DASHBOARDS)
        }

    def fault(self, alert: Alert, rule: Rule, fired: Iterable[Fired], ask: Ask) -> str | None:
        """Why the panel that the link of a fired alert opens does not show it; None where it does."""
        for one in fired:
            for fault in self._faults(alert, rule, one, ask):
                return fault
        return None

    def _faults(self, alert: Alert, rule: Rule, fired: Fired, ask: Ask) -> Iterator[str]:
        link = urlsplit(fired.annotations.get("dashboard_url", ""))
        dashboard = self._dashboards.get(link.path.rpartition("/")[2])
        if dashboard is None:
            # That is a fault of the link, which is judged elsewhere.
            return
        values = variable_values(dashboard)
        values |= {
            name.removeprefix(_OPENED): chosen_value(value)
            for name, value in parse_qsl(link.query)
            if name.startswith(_OPENED)
        }
        panels = (panel for panel in dashboard["panels"] if panel.get("id") == alert.panel.id)
        targets = [target for panel in panels for target in panel.get("targets", ())]
        shown: dict[str, list[float]] = {}
        drawn = ""
        for target in targets:
            if target.get("datasource", {}).get("type") != "prometheus":
                continue
            query = interpolated(target["expr"], values)
            try:
                series = ask(query)
            except EngineError as error:
                yield f"its panel asks `{query}`, which fails: {error}"
                continue
            shown[target["refId"]] = [float(one["value"][1]) for one in series if isinstance(one, dict)]
            drawn = query if target["refId"] == _VALUE else drawn
        if (
            _VALUE in shown
            and alert.engine is Engine.PROMETHEUS
            and (fault := _invisible(alert, rule, shown))
        ):
            yield f"its panel does not show what fired: `{drawn}` {fault}"


def variable_values(dashboard: Mapping[str, Any]) -> dict[str, str]:
    """What stands for each variable of a dashboard as long as nobody chooses anything."""
    values = {"__interval": "1m"}
    for variable in dashboard["templating"]["list"]:
        if variable["type"] in ("constant", "datasource"):
            values[variable["name"]] = variable["current"]["value"]
        else:
            values[variable["name"]] = variable.get("allValue") or _ANYTHING
    return values


def _invisible(alert: Alert, rule: Rule, shown: Mapping[str, list[float]]) -> str | None:
    """Why the values of the panel's queries, by their reference, do not show that the rule fires."""
    if rule.keep_firing_for is not None or alert.query not in rule.expr:
        return None
    values = shown[_VALUE]
    if rule.comparison is None and _has_alternatives(rule):
        # Which of them holds, nobody knows: one of the sides has to show it.
        values = [value for ref, found in shown.items() if ref != _FIRING for value in found]
    if not values:
        return "returns nothing"
    if rule.comparison is None:
        return None
    compare, limit = COMPARED[rule.comparison], rule.threshold
    if limit is None or not math.isfinite(limit) or any(compare(value, limit) for value in values):
        return None
    listed = ", ".join(f"{value:g}" for value in values[:3])
    return f"returns {listed}, and it fires at {rule.comparison} {limit:g}"


def _has_alternatives(rule: Rule) -> bool:
    """Whether the value of the alert can be that of more than one side of its condition."""
    return sum(is_value for _, is_value in measured(condition(rule.expr))) > 1


def _loaded(text: str) -> dict[str, Any] | None:
    try:
        dashboard: dict[str, Any] = json.loads(text)
        lists = (dashboard["panels"], dashboard["templating"]["list"])
    except (ValueError, KeyError, TypeError):
        return None
    return dashboard if all(isinstance(one, list) for one in lists) else None
