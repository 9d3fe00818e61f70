"""The rule groups of alerts as the engines load them: one for each group and engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.recordings import interval_of, query_offset_of, tenant_of
from tocsin.plan.model import Engine, RuleGroup
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.plan.model import Alert, Recording, Rule
    from tocsin.spec.model import Spec


def alerting_groups(spec: Spec, name: str, alerts: tuple[Alert, ...]) -> Iterator[RuleGroup]:
    """The rules of one group of alerts: a rule group for each engine that evaluates any."""
    written = spec.groups[name]
    for engine in Engine:
        rules: list[Rule | Recording] = [
            rule
            for alert in alerts
            if alert.engine is engine
            for rule in sorted(alert.rules, key=lambda rule: rule.order)
        ]
        if rules:
            interval = interval_of(spec, written.interval)
            of = tenant_of(spec, engine, written.tenant)
            place = Place(("groups", name), key=True)
            yield RuleGroup(
                name,
                engine,
                of,
                f"{name}.yaml",
                interval,
                tuple(rules),
                place,
                query_offset_of(written, engine),
                written.limit or 0,
            )
