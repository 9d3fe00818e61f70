"""The rule groups of a spec's groups as the engines load them: one for each group and engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.compile.recordings import group_recordings, interval_of, query_offset_of, tenant_of
from tocsin.plan.model import Engine, RuleGroup
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.plan.model import Alert, Recording, Rule
    from tocsin.spec.model import Spec


def alerting_groups(spec: Spec, name: str, alerts: tuple[Alert, ...]) -> Iterator[RuleGroup]:
    """The rules of one group, with its recordings: a rule group for each engine that evaluates any."""
    written, options = spec.groups[name], spec.groups[name].options
    recorded = group_recordings(spec, name)
    for engine in Engine:
        rules = [rule for rule in _in_order(alerts, recorded) if rule.engine is engine]
        if rules:
            interval = interval_of(spec, written.interval)
            of = tenant_of(spec, engine, written.tenant)
            place = Place(("groups", name), key=True)
            yield RuleGroup(
                written.name or name,
                engine,
                of,
                written.file or f"{name}.yaml",
                interval,
                tuple(rules),
                place,
                query_offset_of(options.query_offset or written.query_offset, engine),
                options.limit or written.limit or 0,
                options.labels,
                options.foreign,
            )


def _in_order(
    alerts: Iterable[Alert], recorded: Iterable[tuple[str | None, Recording]]
) -> Iterator[Rule | Recording]:
    """The rules as they are evaluated: recordings first, and after their alert those that name one."""
    after: dict[str | None, list[Recording]] = {}
    for name, recording in recorded:
        after.setdefault(name, []).append(recording)
    yield from after.get(None, ())
    for alert in alerts:
        yield from sorted(alert.rules, key=lambda rule: rule.order)
        yield from after.get(alert.name, ())
