"""Panels of plain dashboards that draw what an alert watches."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tocsin.existing.canonical import canonical_expression
from tocsin.existing.dashboards import panels_of
from tocsin.importing.sourced import Sourced
from tocsin.lang.quantities import UNITS
from tocsin.plan.model import Engine
from tocsin.source.node import MappingNode, ScalarNode, SequenceNode
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.source.document import Span
    from tocsin.source.node import Node

_OF_GRAFANA = re.compile(r"\$|__auto")
_UNITS = {unit.grafana: unit.name for unit in UNITS.values() if unit.kind in ("time", "size", "share")}


@value_object
class DashboardPanel:
    """A panel: what of it an alert's `panel:` says, and its unit, where that is one of a spec."""

    span: Span
    value: dict[str, object]
    unit: str | None


class DashboardPanels:
    """Panels by the queries that they draw, those of the first dashboard first."""

    def __init__(self, dashboards: Iterable[MappingNode] = ()) -> None:
        self._by_query: dict[object, DashboardPanel] = {}
        for dashboard in dashboards:
            for panel in panels_of(dashboard):
                for query, legend in _queries(panel):
                    found = _panel(panel, legend)
                    if found.value:
                        self._by_query.setdefault(_canonical(query), found)

    def __bool__(self) -> bool:
        """Whether there are panels."""
        return bool(self._by_query)

    def find(self, query: str) -> DashboardPanel | None:
        """The panel that draws exactly this query for Prometheus."""
        return self._by_query.get(_canonical(query))


def _canonical(query: str) -> object:
    return canonical_expression(query, Engine.PROMETHEUS)


def _queries(panel: MappingNode) -> Iterator[tuple[str, ScalarNode | None]]:
    """The queries of a panel, each with its legend."""
    targets = _at(panel, "targets")
    for target in targets.items if isinstance(targets, SequenceNode) else ():
        expr = _at(target, "expr")
        if isinstance(expr, ScalarNode) and expr.text.strip():
            legend = _at(target, "legendFormat")
            yield expr.text, legend if isinstance(legend, ScalarNode) else None


def _panel(panel: MappingNode, legend: ScalarNode | None) -> DashboardPanel:
    defaults = _at(_at(panel, "fieldConfig"), "defaults")
    value: dict[str, object] = {}
    title = _at(panel, "title")
    for key, node in (("title", title), ("legend", legend)):
        # Variables are those of the dashboard, and `__auto` leaves the legend to Grafana.
        if isinstance(node, ScalarNode) and node.text.strip() and not _OF_GRAFANA.search(node.text):
            value[key] = Sourced(node.text.strip(), None, node)
    for key, name in (("minimum", "min"), ("maximum", "max")):
        node = _at(defaults, name)
        if isinstance(node, ScalarNode) and isinstance(node.value, int | float):
            value[key] = Sourced(node.value, None, node)
    unit = _at(defaults, "unit")
    known = _UNITS.get(unit.text) if isinstance(unit, ScalarNode) else None
    return DashboardPanel(panel.span, value, known)


def _at(node: Node | None, key: str) -> Node | None:
    entry = node.entries.get(key) if isinstance(node, MappingNode) else None
    return None if entry is None else entry.value
