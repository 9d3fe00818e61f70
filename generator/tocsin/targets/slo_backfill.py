"""The rules by which promtool fills the past of what objectives record."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from tocsin.lang.durations import parse_duration
from tocsin.plan.model import Engine, Recording
from tocsin.targets.rules import group_value
from tocsin.text.yaml import yaml_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from tocsin.plan.model import Plan, RuleGroup
    from tocsin.plan.slo import Slo

FILE = "slo-backfill.yaml"
_BASES = frozenset({"slo:total:rate5m", "slo:bad:rate5m", "slo:total:slice", "slo:bad:slice"})
_SHARE = "slo:bad_ratio:rate5m"
# What promtool's own help advises: newer samples are still in Prometheus' head block.
_HEAD = timedelta(hours=3)


def backfilled(slos: Iterable[Slo]) -> list[Slo]:
    """The objectives whose past can be filled: those that Prometheus records."""
    return [slo for slo in slos if slo.burn is not None and slo.burn.recorded and slo.metric_queries]


def backfill_text(plan: Plan, slos: Iterable[Slo], now: datetime) -> str:
    """A rule file with what nothing else can be derived from, and above it the command that reads it."""
    slos = list(slos)
    longest = max(parse_duration(slo.window) for slo in slos)
    start, end = now - timedelta(milliseconds=longest), now - _HEAD
    url = plan.project.urls.prometheus or "http://localhost:9090"
    heading = "\n".join(
        (
            f"Fills the past of what objectives record. Save this as {FILE}, then:",
            f"  promtool tsdb create-blocks-from rules --url {url} \\",
            f"    --start {start:%Y-%m-%dT%H:%M:%SZ} --end {end:%Y-%m-%dT%H:%M:%SZ} \\",
            f"    --output-dir backfill {FILE}",
            "and move the folders in backfill/ into the data folder of Prometheus.",
        )
    )
    return yaml_text({"groups": list(_groups(plan, slos))}, heading=heading)


def _groups(plan: Plan, slos: Iterable[Slo]) -> Iterator[object]:
    groups = {group.name: group for group in plan.rule_groups if group.engine is Engine.PROMETHEUS}
    for slo in slos:
        if slo.burn is not None and (group := groups.get(slo.burn.rule_group)) is not None:
            yield group_value(replace(group, rules=tuple(_first(group))))


def _first(group: RuleGroup) -> list[Recording]:
    """The recordings that all others are derived from: bad and all events, or a share that was ready-made."""
    recordings = [rule for rule in group.rules if isinstance(rule, Recording)]
    return [rule for rule in recordings if rule.record in _BASES] or [
        rule for rule in recordings if rule.record == _SHARE
    ]
