"""Which samples show an alert firing, and which alerts can be shown side by side in one engine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.frozen import frozen
from tocsin.lang.promql.ast import Selector, walk
from tocsin.lang.promql.parser import parse_promql
from tocsin.lang.promql.series import parse_samples, parse_series
from tocsin.plan.model import Recording
from tocsin.validate.verdicts import RuleKey

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.plan.model import Alert, Case, Engine, Plan


@frozen
class Scenario:
    """One case of an alert in which some of its severities fire."""

    alert: Alert
    case: Case

    @property
    def keys(self) -> tuple[RuleKey, ...]:
        """The rules that fire."""
        return tuple(RuleKey(self.alert.name, severity) for severity in self.case.fires)


def scenarios(
    plan: Plan, engine: Engine, derived: Mapping[RuleKey, Case] | None = None
) -> tuple[Scenario, ...]:
    """For each alert of an engine the fewest of its cases in which each severity fires that ever does.

    `derived` are further cases, of rules that fire in none of their alert's own.
    """
    found = []
    for group in plan.groups:
        for alert in group.alerts:
            if alert.engine is not engine:
                continue
            shown: set[str] = set()
            more = (case for key, case in (derived or {}).items() if key.alert == alert.name)
            for case in (*sorted(alert.cases, key=lambda case: -len(case.fires)), *more):
                if set(case.fires) - shown:
                    shown.update(case.fires)
                    found.append(Scenario(alert, case))
    return tuple(found)


def has_plain_samples(scenario: Scenario) -> bool:
    """Whether the samples are numbers and gaps only, which is what can be written into a database's past."""
    return all(parse_samples(samples).plain for samples in scenario.case.series.values())


def rounds(plan: Plan, wanted: Iterable[Scenario]) -> tuple[tuple[Scenario, ...], ...]:
    """The scenarios in as many rounds as it takes so that none sees another's samples."""
    made = _recorded(plan)
    parts: list[list[_Seen]] = []
    for scenario in wanted:
        seen = _seen(scenario, made)
        for part in parts:
            if not any(_disturb(seen, other) for other in part):
                part.append(seen)
                break
        else:
            parts.append([seen])
    return tuple(tuple(seen.scenario for seen in part) for part in parts)


@frozen
class _Seen:
    """What a scenario writes and reads; `reads` is None where a selector may read any metric."""

    scenario: Scenario
    writes: frozenset[str]
    reads: frozenset[str] | None


def _seen(scenario: Scenario, recorded: Mapping[str, list[str]]) -> _Seen:
    writes = frozenset(parse_series(series)["__name__"] for series in scenario.case.series)
    reads: set[str] = set()
    waiting = [rule.expr for rule in scenario.alert.rules]
    while waiting:
        names = _names(waiting.pop())
        if names is None:
            return _Seen(scenario, writes, None)
        for name in names - reads:
            waiting.extend(recorded.get(name, ()))
        reads |= names
    return _Seen(scenario, writes, frozenset(reads))


def _disturb(one: _Seen, other: _Seen) -> bool:
    for writer, reader in ((one, other), (other, one)):
        common = writer.writes if reader.reads is None else writer.writes & reader.reads
        if common and not _agree(writer.scenario.case, reader.scenario.case, common):
            return True
    return False


def _agree(one: Case, other: Case, metrics: frozenset[str]) -> bool:
    """Whether two cases hold the same samples of some metrics at the same times."""

    def of(case: Case) -> dict[str, str]:
        return {
            series: values
            for series, values in case.series.items()
            if parse_series(series)["__name__"] in metrics
        }

    return (one.interval, one.at) == (other.interval, other.at) and of(one) == of(other)


def _names(expr: str) -> frozenset[str] | None:
    """The metrics that an expression reads; None where one of its selectors names no metric."""
    names = set()
    for node in walk(parse_promql(expr)):
        if isinstance(node, Selector):
            named = node.name or next(
                (m.value for m in node.matchers if m.name == "__name__" and m.op == "="), None
            )
            if named is None:
                return None
            names.add(named)
    return frozenset(names)


def _recorded(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for group in plan.rule_groups:
        for rule in group.rules:
            if isinstance(rule, Recording):
                found.setdefault(rule.record, []).append(rule.expr)
    return found
