"""Which samples show an alert firing, and which alerts can be shown side by side in one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.promql.series import parse_samples
from tocsin.plan.model import Recording
from tocsin.prove.promtool.isolation import Footprint, metric_of, metrics_read
from tocsin.validate.verdicts import rule_key
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Alert, Case, Engine, Plan
    from tocsin.validate.verdicts import RuleKey


@value_object
class Scenario:
    """One case of an alert in which some of its rules fire."""

    alert: Alert
    case: Case

    @property
    def keys(self) -> tuple[RuleKey, ...]:
        """The rules that fire, as far as the case tells them."""
        alert, case = self.alert, self.case
        return tuple(rule_key(alert, rule) for rule in alert.rules if case.has_firing(alert, rule))


def scenarios(
    plan: Plan, engine: Engine, derived: Mapping[RuleKey, Case] | None = None
) -> tuple[Scenario, ...]:
    """For each alert of an engine the fewest of its cases in which each rule fires that ever does.

    `derived` are further cases, of rules that fire in none of their alert's own.
    """
    found = []
    for group in plan.groups:
        for alert in group.alerts:
            if alert.engine is not engine:
                continue
            shown: set[RuleKey] = set()
            more = (case for key, case in (derived or {}).items() if key.alert == alert.name)
            for case in (*sorted(alert.cases, key=lambda case: -len(case.fires)), *more):
                scenario = Scenario(alert, case)
                if set(scenario.keys) - shown:
                    shown.update(scenario.keys)
                    found.append(scenario)
    return tuple(found)


def has_plain_samples(scenario: Scenario) -> bool:
    """Whether the samples are numbers and gaps only, which is what can be written into a database's past."""
    return all(parse_samples(samples).plain for samples in scenario.case.series.values())


def pack_rounds(plan: Plan, wanted: Iterable[Scenario]) -> tuple[tuple[Scenario, ...], ...]:
    """The scenarios in as many rounds as it takes so that none sees another's samples."""
    made = _recorded(plan)
    parts: list[list[tuple[Scenario, Footprint]]] = []
    for scenario in wanted:
        mine = _footprint(scenario, made)
        for part in parts:
            if all(mine.is_independent_of(other) for _, other in part):
                part.append((scenario, mine))
                break
        else:
            parts.append([(scenario, mine)])
    return tuple(tuple(scenario for scenario, _ in part) for part in parts)


def _footprint(scenario: Scenario, recorded: Mapping[str, list[str]]) -> Footprint:
    """That of a scenario where all recording rules are loaded: it reads what these are made of as well."""
    case = scenario.case
    brings: dict[str, set[tuple[str, str]]] = {}
    for series, samples in case.series.items():
        brings.setdefault(metric_of(series), set()).add((series, samples))
    reads: set[str] = set()
    rules = scenario.alert.rules
    texts = [text for rule in rules for text in (*rule.labels.values(), *rule.annotations.values())]
    known = metrics_read((rule.expr for rule in rules), texts)
    while known is not None and known - reads:
        more = [expr for name in known - reads for expr in recorded.get(name, ())]
        reads |= known
        known = metrics_read(more)
    return Footprint(
        scenario.alert.name,
        {metric: (case.interval, case.at, frozenset(samples)) for metric, samples in brings.items()},
        None if known is None else frozenset(reads),
    )


def _recorded(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group in plan.rule_groups:
        for rule in group.rules:
            if isinstance(rule, Recording):
                found.setdefault(rule.record, []).append(rule.expr)
    return found
