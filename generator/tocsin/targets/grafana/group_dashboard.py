"""The dashboard of a group: a panel for each alert, and beside a log alert its log lines."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from tocsin.plan.model import Engine
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.annotations import firing_annotations
from tocsin.targets.grafana.dashboard import ROW_HEIGHT, WIDTH, dashboard_file, grid_place, row
from tocsin.targets.grafana.group_panel import group_panel
from tocsin.targets.grafana.links import dashboard_links
from tocsin.targets.grafana.min_step import is_long
from tocsin.targets.grafana.objectives import OBJECTIVE_HEIGHT, objective_panels, recorded_objectives
from tocsin.targets.grafana.overview_now import by_severity, firing_table
from tocsin.targets.grafana.panels import alert_panel, further_panel_id, log_panel
from tocsin.targets.grafana.variables import alerts_variable, datasource_variables, filter_variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Alert, Group
    from tocsin.plan.slo import Slo
    from tocsin.targets.grafana.context import Basis

    Draw = Callable[[dict[str, int]], dict[str, Any]]
    """A panel that still waits for its place."""

_HEIGHT = 10
_SUMMARY = 6
_COUNTS = 9
"""The width of the numbers by severity."""
_OFTEN = "1m"
_SELDOM = "5m"


def group_dashboard(basis: Basis, group: Group, slos: Sequence[Slo]) -> File:
    """The group's dashboard: what fires of it now, its alerts in the plan's order, and their objectives."""
    taken = {alert.panel.id for alert in group.alerts}
    logs = _log_panels(basis, group, taken)
    panels = list(_summary(basis, group, taken))
    y = _SUMMARY + 2 * ROW_HEIGHT
    for drawn in _rows(basis, group.alerts, logs):
        panels += _drawn(drawn, y)
        y += _HEIGHT
    for slo in recorded_objectives(slos):
        panels += objective_panels(basis, slo, y, taken)
        y += OBJECTIVE_HEIGHT
    if group.panels:
        panels.append(row(further_panel_id("/further", taken), basis.words.further, y))
        for drawn in _further(basis, group, taken):
            panels += _drawn(drawn, y + ROW_HEIGHT)
            y += _HEIGHT
    return dashboard_file(
        basis,
        group.dashboard,
        group.description or basis.words.group,
        dashboard_links(basis, overview=basis.project.overview),
        panels,
        [
            *datasource_variables(basis.project, logs=_asks_loki(group)),
            alerts_variable(alert.alertname for alert in group.alerts),
            *filter_variables(group.alerts),
        ],
        firing_annotations(basis),
        _SELDOM if any(is_long(query, engine) for query, engine in _drawn_queries(group)) else _OFTEN,
    )


def _further(basis: Basis, group: Group, taken: set[int]) -> Iterator[list[Draw]]:
    """The panels that belong to no alert, two a row; ids go by title, so that moving one keeps it."""
    numbers = {
        number: further_panel_id(f"/further/{panel.title}", taken)
        for number, panel in sorted(enumerate(group.panels), key=lambda item: (item[1].title, item[0]))
    }
    draws = [partial(group_panel, basis, panel, numbers[number]) for number, panel in enumerate(group.panels)]
    for start in range(0, len(draws), 2):
        yield [*draws[start : start + 2]]


def _summary(basis: Basis, group: Group, taken: set[int]) -> Iterator[dict[str, Any]]:
    """What fires of the group, and the headings of both parts of the dashboard."""
    only = (queries.OWN_ALERTS,)
    names = ("now", "severities", "table", "alerts")
    now, severities, table, alerts = (further_panel_id(f"/{name}", taken) for name in names)
    teams = {alert.team: alert.team for alert in group.alerts if alert.team is not None}
    yield row(now, basis.words.now, 0)
    yield by_severity(basis, severities, grid_place(0, ROW_HEIGHT, _COUNTS, _SUMMARY), only)
    where = grid_place(_COUNTS, ROW_HEIGHT, WIDTH - _COUNTS, _SUMMARY)
    yield firing_table(basis, (group,), teams, table, where, only, elsewhere=False)
    yield row(alerts, basis.words.alerts, ROW_HEIGHT + _SUMMARY)


def _drawn_queries(group: Group) -> Iterator[tuple[str, Engine]]:
    yield from ((alert.query, alert.engine) for alert in group.alerts)
    for panel in group.panels:
        yield panel.query.expr, panel.query.engine or Engine.PROMETHEUS


def _asks_loki(group: Group) -> bool:
    return any(alert.engine is Engine.LOKI or alert.log_queries for alert in group.alerts) or any(
        panel.query.engine is Engine.LOKI for panel in group.panels
    )


def _rows(basis: Basis, alerts: Sequence[Alert], logs: dict[str, list[Draw]]) -> Iterator[list[Draw]]:
    """Two panels a row; an alert with log lines begins rows of its own, so that they stand beside it."""
    row: list[Draw] = []
    for alert in alerts:
        panels = [_metric_panel(basis, alert), *logs.get(alert.name, [])]
        if row and len(panels) > 1:
            yield row
            row = []
        row += panels
        while len(row) >= 2 or (row and len(panels) > 1):
            yield row[:2]
            row = row[2:]
    if row:
        yield row


def _drawn(row: Sequence[Draw], y: int) -> Iterator[dict[str, Any]]:
    """The panels of a row over its whole width: into a gap Grafana would pull up a panel from below."""
    width = WIDTH // len(row)
    for number, draw in enumerate(row):
        yield draw(grid_place(number * width, y, width, _HEIGHT))


def _metric_panel(basis: Basis, alert: Alert) -> Draw:
    return lambda where: alert_panel(basis, alert, where)


def _log_panels(basis: Basis, group: Group, taken: set[int]) -> dict[str, list[Draw]]:
    """The log panels of each alert; ids go by name, so that moving an alert keeps them."""
    panels: dict[str, list[Draw]] = {}
    for alert in sorted(group.alerts, key=lambda alert: alert.name):
        for position in range(len(alert.log_queries)):
            number = further_panel_id(f"{alert.name}/logs/{position}", taken)
            panels.setdefault(alert.name, []).append(_log_panel(basis, alert, position, number))
    return panels


def _log_panel(basis: Basis, alert: Alert, position: int, number: int) -> Draw:
    return lambda where: log_panel(basis, alert, position, number, where)
