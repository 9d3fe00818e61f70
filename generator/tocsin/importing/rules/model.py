"""Rules of a file as an import holds them: their texts with the places that these stand at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.importing.dashboard_panels import DashboardPanel
    from tocsin.importing.runbook_pages import RunbookPage
    from tocsin.importing.sourced import Sourced
    from tocsin.plan.model import Engine
    from tocsin.source.node import MappingNode


@value_object
class Split:
    """A condition `query op number` in its parts; the number as it is written."""

    query: str
    op: str
    number: str
    quantity: str | None = None
    """The number with its unit, such as `90%`, where it is written so."""


@value_object
class ImportedRule:
    """An alerting rule, or a recording rule, which has no severity, durations and annotations."""

    node: MappingNode
    name: str
    is_alert: bool
    expr: Sourced
    severity: Sourced | None
    """None where the rule has no such label, or one that cannot be a key of a spec."""
    team: Sourced | None
    """Likewise."""
    for_: Sourced | None
    keep_firing_for: Sourced | None
    labels: Mapping[str, Sourced]
    """Without severity and team, where they have a key of their own."""
    annotations: Mapping[str, Sourced]
    split: Split | None = None
    """Its condition in parts, where it is written so."""


@value_object
class ImportedAlert:
    """Rules that follow each other and have one name: one alert of the spec."""

    key: str
    name: str
    rules: tuple[ImportedRule, ...]
    has_one_query: bool = False
    """Whether it is written as a query with the thresholds of its rules, all of which are split."""
    unit: str | None = None
    """What the query is measured in, where that is known."""
    runbook: Sourced | None = None
    """The address of its runbook, where that is no annotation any more."""
    page: RunbookPage | None = None
    """The page that became its runbook."""
    panel: DashboardPanel | None = None
    """The panel that became its panel."""


@value_object
class ImportedGroup:
    """A group of a file."""

    node: MappingNode
    key: str
    name: str
    file: str
    """The path of the rule file, below the folder of its engine."""
    engine: Engine
    options: Mapping[str, Sourced]
    """Its keys but `name`, `rules` and `labels`, which its rules have."""
    items: tuple[ImportedAlert | ImportedRule, ...]
    """Its alerts and recordings in their order."""
    labels: Mapping[str, Sourced]
    """Labels that were taken from all of its rules."""
    team: Sourced | None = None
    """The team that was taken from all of its alerts."""
    order: int = 0
    """Its place in the file, where the keys alone would put its groups into another order."""
