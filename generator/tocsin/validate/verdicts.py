"""What was found out about each rule, column by column."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from tocsin.plan.model.rules import rule_title
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.plan.model import Alert, Plan, Rule


class State(StrEnum):
    """How much a real program has shown."""

    PROVEN = "proven"
    FAILED = "failed"
    SKIPPED = "skipped"


class Column(StrEnum):
    """What is shown of a rule, in the order in which an alert goes its way."""

    LOADS = "loads"
    FIRES = "fires"
    ARRIVES = "arrives"
    INHIBITS = "inhibits"
    OPENS = "opens"


@value_object
class ValidationVerdict:
    """One cell: a reason always stands beside what is not proven."""

    state: State
    reason: str = ""


class RuleKey(NamedTuple):
    """What tells a rule from all others: the alert's name, the rule's severity, and its variant."""

    alert: str
    severity: str
    variant: str = ""

    @property
    def text(self) -> str:
        """The rule as a reader calls it."""
        return rule_title(self.alert, self.severity, self.variant)


class Fired(NamedTuple):
    """An alert as an engine hands it to Alertmanager."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    link: str

    def posted(self, starts: str, ends: str, labels: Mapping[str, str] | None = None) -> dict[str, Any]:
        """The alert in the form of Alertmanager's API, perhaps with other labels."""
        return {
            "labels": dict(labels or self.labels),
            "annotations": dict(self.annotations),
            "startsAt": starts,
            "endsAt": ends,
            "generatorURL": self.link,
        }


Verdicts = dict[RuleKey, ValidationVerdict]
FiredAlerts = dict[RuleKey, tuple[Fired, ...]]


@value_object
class ValidationRow:
    """All that was found out about one rule."""

    key: RuleKey
    cells: Mapping[Column, ValidationVerdict]


@value_object
class ValidationReport:
    """All rows; `engines` says what ran, `not_run` what could not and why; `faults` belong to no one rule."""

    rows: tuple[ValidationRow, ...]
    engines: tuple[str, ...]
    not_run: Mapping[str, str]
    faults: tuple[str, ...] = ()

    def count(self, state: State) -> int:
        """How many cells are in a state."""
        return sum(cell.state is state for row in self.rows for cell in row.cells.values())

    @property
    def failed(self) -> bool:
        """Whether anything was shown to be wrong."""
        return bool(self.faults) or self.count(State.FAILED) > 0

    @property
    def complete(self) -> bool:
        """Whether nothing was left out."""
        return not self.not_run and self.count(State.SKIPPED) == 0


def proven(reason: str = "") -> ValidationVerdict:
    """It was shown."""
    return ValidationVerdict(State.PROVEN, reason)


def failed(reason: str) -> ValidationVerdict:
    """The opposite was shown."""
    return ValidationVerdict(State.FAILED, reason)


def skipped(reason: str) -> ValidationVerdict:
    """Nothing was shown, and this is why."""
    return ValidationVerdict(State.SKIPPED, reason)


def rule_key(alert: Alert, rule: Rule) -> RuleKey:
    """The key of a rule of an alert."""
    return RuleKey(alert.name, rule.severity, rule.variant)


def alertnames(plan: Plan) -> dict[RuleKey, str]:
    """What each rule of the plan calls its alert."""
    return {
        rule_key(alert, rule): rule.alert
        for group in plan.groups
        for alert in group.alerts
        for rule in alert.rules
    }


def rule_keys(plan: Plan) -> tuple[RuleKey, ...]:
    """Every rule of the plan, in the order of its groups."""
    return tuple(
        rule_key(alert, rule) for group in plan.groups for alert in group.alerts for rule in alert.rules
    )
