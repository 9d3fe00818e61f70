"""What is proven of one alerting rule."""

from __future__ import annotations

from dataclasses import field
from enum import StrEnum
from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tocsin.plan.model import Inhibition, Recording, Rule, RuleGroup
    from tocsin.plan.slo import Slo
    from tocsin.prove.promtool.case import ProofCase
    from tocsin.prove.promtool.verify import Verified
    from tocsin.prove.witness.find import Answer


class Status(StrEnum):
    """Whether something was shown."""

    PROVEN = "proven"
    """Promtool confirmed series with which it is so."""
    ON_PAPER = "only on paper"
    """Promtool confirmed it, but only with data that cannot exist."""
    IMPOSSIBLE = "impossible"
    """No series can bring it about."""
    UNPROVEN = "unproven"
    """Neither was found."""


@value_object
class Subject:
    """A rule with the group that it stands in."""

    rule: Rule
    group: RuleGroup
    recordings: Mapping[str, Sequence[Recording]] = field(default_factory=dict)
    """The recording rules beside it, by the name that they record."""
    recorded_every: Mapping[str, float] = field(default_factory=dict)
    """The seconds between two samples of the metrics that they record, where somebody says."""
    every: float = 60.0
    """The seconds between two evaluations of the rule."""
    outside_labels: frozenset[str] = frozenset()
    """Labels of recorded metrics that something else than their rules adds."""
    objective: Slo | None = None
    """The objective from which the rule follows; None where somebody wrote it."""
    inhibitions: tuple[Inhibition, ...] = ()
    """Those of Alertmanager."""
    keeps_numbers: bool = False
    """Whether the server stores `le` and `quantile` as they are written, as those before Prometheus 3 do."""


@value_object
class Verdict:
    """What is proven of a rule, and by which tests."""

    subject: Subject
    fires: Status
    silent: Status
    reasons: tuple[str, ...]
    """Why something is impossible, or could not be proven."""
    assumptions: tuple[str, ...]
    """What has to be so in the system for the proof to say something about it."""
    answer: Answer | None
    cases: tuple[ProofCase, ...]
    """The tests that promtool confirmed."""
    refused: tuple[Verified, ...] = ()
    """Tests that promtool did not confirm: what the evaluator foretold was not so."""
    through: tuple[Recording, ...] = ()
    """The recording rules through which the tests go, in the order in which they have to be evaluated."""
    invalid: str | None = None
    """Why Prometheus does not load the rule at all, in promtool's words."""
