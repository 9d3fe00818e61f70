"""The dashboard of all objectives whose error budget is recorded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.regexes import quote_regex
from tocsin.lang.strings import quote_string
from tocsin.plan.objectives_dashboard import objectives_dashboard
from tocsin.targets.grafana import queries
from tocsin.targets.grafana.dashboard import WIDTH, dashboard_file, grid_place, panel_head
from tocsin.targets.grafana.links import dashboard_links
from tocsin.targets.grafana.objectives import (
    OBJECTIVE_HEIGHT,
    budget_steps,
    objective_panels,
    objective_title,
)
from tocsin.targets.grafana.variables import datasource_variables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tocsin.files import File
    from tocsin.plan.slo import Slo
    from tocsin.targets.grafana.context import Basis

_MOST_ROWS = 14
_TABLE = 1
_REFRESH = "5m"


def objectives_overview(basis: Basis, slos: Sequence[Slo]) -> File:
    """A table of all budgets, the least first, and the panels of each objective."""
    height = 3 + min(_MOST_ROWS, len(slos))
    taken = {_TABLE}
    panels = [_budgets(basis, slos, grid_place(0, 0, WIDTH, height))]
    for number, slo in enumerate(slos):
        panels += objective_panels(basis, slo, height + number * OBJECTIVE_HEIGHT, taken)
    return dashboard_file(
        basis,
        objectives_dashboard(basis.project),
        basis.words.objectives_about,
        dashboard_links(basis, overview=basis.project.overview),
        panels,
        datasource_variables(basis.project, logs=False),
        refresh=_REFRESH,
    )


def _budgets(basis: Basis, slos: Sequence[Slo], where: dict[str, int]) -> dict[str, Any]:
    words = basis.words
    names = quote_string("|".join(quote_regex(slo.name) for slo in slos))
    titles = {slo.name: {"text": objective_title(basis, slo), "index": n} for n, slo in enumerate(slos)}
    columns = {"slo": words.objectives, "Value": words.budget_left}
    hidden = ["Time", "__name__", *basis.shared]
    return {
        **panel_head(_TABLE, "table", words.budget_left, words.budgets_about, where),
        "targets": [
            queries.table_target("A", queries.PROMETHEUS, f"sort(slo:budget_left:ratio{{slo=~{names}}})")
        ],
        "transformations": [
            {
                "id": "organize",
                "options": {
                    "excludeByName": dict.fromkeys(hidden, True),
                    "indexByName": {"slo": 0, "Value": 1},
                    "renameByName": columns,
                },
            }
        ],
        "fieldConfig": {
            "defaults": {"noValue": words.no_data, "custom": {"filterable": True, "minWidth": 120}},
            "overrides": [
                {
                    "matcher": {"id": "byName", "options": words.objectives},
                    "properties": [{"id": "mappings", "value": [{"type": "value", "options": titles}]}],
                },
                {
                    "matcher": {"id": "byName", "options": words.budget_left},
                    "properties": [
                        {"id": "unit", "value": "percentunit"},
                        {"id": "decimals", "value": 1},
                        {"id": "thresholds", "value": budget_steps(basis)},
                        {"id": "color", "value": {"mode": "thresholds"}},
                        {"id": "custom.cellOptions", "value": {"type": "color-text"}},
                        {"id": "custom.width", "value": 220},
                    ],
                },
            ],
        },
        "options": {"showHeader": True, "cellHeight": "sm", "sortBy": []},
    }
