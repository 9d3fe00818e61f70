"""Grafana: overviews, a dashboard for each group, and the files that provision them; for 11 and 12."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from tocsin.files import text_file
from tocsin.plan.outline_answers import kept_by_outline
from tocsin.plan.parts import recordings_with_groups, shown_parts
from tocsin.targets.grafana.context import drawing_context
from tocsin.targets.grafana.group_dashboard import group_dashboard
from tocsin.targets.grafana.objectives import recorded_objectives
from tocsin.targets.grafana.objectives_overview import objectives_overview
from tocsin.targets.grafana.overview import overview
from tocsin.targets.grafana.provisioning import provide_dashboards, provide_datasources
from tocsin.targets.kept_files import KeptFiles
from tocsin.targets.sections import Section, write_sections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tocsin.files import File
    from tocsin.plan.model import Plan
    from tocsin.plan.parts import PlanPart
    from tocsin.plan.slo import Slo
    from tocsin.result_store import ResultStore
    from tocsin.targets.grafana.context import Basis

about = "dashboards for Grafana, and the files that provision them"


_KIND = "dashboard of a group"
MUCH = 1000
"""Alerts from which on a second process saves more time than it costs."""


def emit(plan: Plan, store: ResultStore | None = None) -> Iterator[File]:
    """The overview, the dashboard of each group, that of the objectives, and the provisioning.

    Dashboards of groups that earlier runs drew are taken from the store.
    """
    common = drawing_context(plan)
    around = kept_by_outline(
        store, "dashboards of a plan", plan, lambda outline: _around_groups(common, outline), _read_files
    )
    first, *rest = around.items()
    yield text_file(*first)
    objectives = recorded_objectives(plan.slos)
    kept = KeptFiles(store, _KIND, _common_values(common, plan))

    watching = _by_alert(objectives)

    def section(part: PlanPart) -> Section[File]:
        alerts = part.facts.alerts
        numbers = {number for alert in alerts for number in watching.get(alert.name, ())}
        own = [objectives[number] for number in sorted(numbers)]
        draw = partial(_drawn, common, part, own)
        return Section(kept.find(part, own, draw), [draw], partial(kept.keep, part, own), len(alerts))

    for files in write_sections(map(section, shown_parts(plan)), MUCH):
        yield from files
    yield from (text_file(*one) for one in rest)


def _by_alert(objectives: Sequence[Slo]) -> dict[str, list[int]]:
    """The objectives that each alert watches, by their numbers."""
    found: dict[str, list[int]] = {}
    for number, slo in enumerate(objectives):
        for tier in () if slo.burn is None else slo.burn.tiers:
            found.setdefault(tier.alert, []).append(number)
    return found


def _drawn(common: Basis, part: PlanPart, objectives: Sequence[Slo]) -> list[File]:
    return [group_dashboard(common, part.read()[0], objectives)]


def _around_groups(common: Basis, outline: Plan) -> dict[str, str]:
    """The files that are about no single group, the overview first: their texts by path."""
    objectives = recorded_objectives(outline.slos)
    files = [
        overview(common, outline),
        *([objectives_overview(common, objectives)] if objectives else ()),
        provide_dashboards(outline),
        provide_datasources(outline),
    ]
    return {file.path: file.content.decode("utf-8") for file in files}


def _read_files(kept: object) -> dict[str, str] | None:
    if not isinstance(kept, dict) or not kept:
        return None
    is_sound = all(path.startswith("grafana/") and isinstance(text, str) for path, text in kept.items())
    return kept if is_sound else None


def _common_values(common: Basis, plan: Plan) -> tuple[object, ...]:
    """What a basis was made of; what queries return follows from the recordings."""
    recordings = tuple(
        (rule.record, rule.expr, rule.labels, rule.engine) for _, rule in recordings_with_groups(plan)
    )
    fields = (common.project, common.severities, common.colours, common.neutral, common.calm, common.shared)
    return *fields, recordings
