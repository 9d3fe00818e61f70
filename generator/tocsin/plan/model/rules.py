"""The plan's rules and rule groups, as the engines load them."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from tocsin.answers import KeepsAnswers
from tocsin.value_object import ReadOnUse, value_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from tocsin.source.place import Place


class Engine(StrEnum):
    """Which program evaluates a rule."""

    PROMETHEUS = "prometheus"
    LOKI = "loki"


@value_object
class RulePlaces(ReadOnUse):
    """Where the author wrote a rule's texts; what the spec adds by itself has the place that asked for it."""

    text: str
    """What stands at `expr`; the rule's expression may be dedented, and compared with a threshold."""
    name: Place
    expr: Place
    threshold: Place | None
    """Where the threshold stands that Tocsin put into the expression; None when it put in none."""
    for_: Place
    labels: Mapping[str, Place]
    annotations: Mapping[str, Place]

    def annotation(self, name: str) -> Place | None:
        """Where its author wrote an annotation; None where Tocsin did, which has the place of the name."""
        place = self.annotations.get(name)
        return None if place is None or place.key else place

    @property
    def is_derived(self) -> bool:
        """Whether nobody wrote the expression: it follows from an objective."""
        return not self.text


@value_object
class Rule:
    """One alerting rule as an engine loads it: one alert in one severity, or one of several of these."""

    alert: str
    """The label `alertname`."""
    severity: str
    """The label `severity`, or an empty text."""
    engine: Engine
    expr: str
    for_: str
    keep_firing_for: str | None
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    comparison: str | None
    """`>`, `<`, …; None where the expression has no threshold that can be separated."""
    threshold: float | None
    threshold_text: str | None
    """The threshold in the words of its unit, such as `5 s` or `90 %`."""
    written: RulePlaces
    place: Place
    condition: str | None = None
    """What it waits for in words, where the expression has no threshold and the words are known."""
    key: str = ""
    """What the spec calls its alert; empty without a spec."""
    selected: str = ""
    """Of one of several that share the alert's series: the matchers that select its own."""
    order: int = 0
    """Its place among the rules of its alert as they are evaluated; equal ones go by urgency."""
    apart: Mapping[str, str] = field(default_factory=dict)
    """The labels by which it differs from the other rules of its alert with the same severity."""
    number: int = 0
    """How many rules of its alert before it have the same severity and the same labels."""
    added: tuple[str, ...] = ()
    """The annotations that Tocsin wrote, as `written` tells it as well."""

    @property
    def alert_key(self) -> str:
        """What tells its alert from all others."""
        return self.key or self.alert

    @property
    def variant(self) -> str:
        """What tells it from the other rules of its alert with the same severity; empty of the only one."""
        has = [f'{name}="{value}"' for name, value in self.apart.items() if value]
        said = [*has, *([self.selected] if self.selected else [])]
        # What it lacks says something only where nothing else does.
        said = said or [f'{name}=""' for name in self.apart]
        return ", ".join([*said, f"no. {self.number + 1}"] if self.number else said)

    def is_one_of_several(self, rules: Iterable[Rule]) -> bool:
        """Whether others of the rules of its alert have its severity."""
        return any(other.severity == self.severity and other.variant != self.variant for other in rules)

    @property
    def title(self) -> str:
        """The rule as a reader calls it: the alert, with its severity and its variant."""
        return rule_title(self.alert_key, self.severity, self.variant)


def rule_title(alert: str, severity: str, variant: str = "") -> str:
    """What a reader calls a rule."""
    said = ", ".join(filter(None, (severity, variant)))
    return f"{alert} ({said})" if said else alert


@value_object
class Recording:
    """One recording rule."""

    record: str
    engine: Engine
    expr: str
    labels: Mapping[str, str]
    description: str | None
    written: RulePlaces
    place: Place


@value_object
class RuleGroup(KeepsAnswers):
    """A rule group as an engine loads it; `file` is its path inside the engine's rules folder."""

    name: str
    engine: Engine
    tenant: str | None
    file: str
    interval: str | None
    """None where the engine's own interval holds."""
    rules: tuple[Rule | Recording, ...]
    place: Place
    query_offset: str | None = None
    """How far back its queries look; None where the engine's own offset holds."""
    limit: int = 0
    """With more alerts or series than this, a rule fails and gives none; 0 is no limit."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels that are written at the group; its rules have them as well."""
    foreign: Mapping[str, Any] = field(default_factory=dict)
    """Settings for systems other than its engine."""
    is_of_vmalert: bool = False
    """Whether vmalert evaluates it and asks VictoriaMetrics, by its file or by what stands beside it."""
