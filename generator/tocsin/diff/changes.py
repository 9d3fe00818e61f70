"""What a change does, in values that any rendering can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.frozen import frozen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.diff.behaviour import Behaviour
    from tocsin.diff.classes import Case
    from tocsin.plan.model import Inhibition


@frozen
class Detail:
    """One thing of an alert or an objective that is otherwise; None where there was, or is, nothing."""

    what: str
    before: str | None
    after: str | None


@frozen
class AlertChange:
    """What became of an alert."""

    kind: str
    """`added`, `removed`, `renamed` or `changed`."""
    alert: str
    severity: str
    details: tuple[Detail, ...] = ()


@frozen
class RoutingChange:
    """A class of label sets treated otherwise: `before` and `after` are what the other side has not."""

    kinds: tuple[str, ...]
    """Of `receivers`, `grouping`, `timing` and `muting`, those that differ."""
    before: tuple[Behaviour, ...]
    after: tuple[Behaviour, ...]
    witness: Mapping[str, str]
    told_before: tuple[str, ...]
    """All receivers of the witness, in the order of the tree."""
    told_after: tuple[str, ...]
    cases: tuple[Case, ...]
    count: int
    """How many cases were found; only some are kept."""
    alerts: tuple[str, ...]
    """Alerts that are in the class by labels that their rules set or their queries name."""
    perhaps: tuple[str, ...]
    """Alerts that are in it when their samples have labels that nothing names."""


@frozen
class InhibitionChange:
    """A rule with an effect that only one side has, or may have where there was too much to try."""

    kind: str
    """`added` or `removed`."""
    rule: Inhibition
    example: tuple[Mapping[str, str], Mapping[str, str]] | None
    """A source and a target that show it; None where the search was limited and found none."""
    alerts: tuple[str, ...]
    """Alerts that are, or can be, kept quiet by it."""


@frozen
class ReceiverChange:
    """A receiver that came, went, or sends otherwise."""

    kind: str
    """`added`, `removed` or `changed`."""
    receiver: str


@frozen
class SloChange:
    """What became of an objective."""

    kind: str
    """`added`, `removed` or `changed`."""
    slo: str
    details: tuple[Detail, ...] = ()


@frozen
class Changes:
    """All of it; empty when it is sure that nothing changes for anybody."""

    alerts: tuple[AlertChange, ...]
    routing: tuple[RoutingChange, ...]
    inhibitions: tuple[InhibitionChange, ...]
    receivers: tuple[ReceiverChange, ...]
    slos: tuple[SloChange, ...]
    complete: bool
    """Whether every class is listed; otherwise the trees allow too many, and every changed path was tried."""
    undecided: tuple[str, ...]
    """Labels with patterns of which it could not be told whether they exclude each other."""
    unlisted: tuple[str, ...] = ()
    """Alerts that may be affected as well: their labels can be combined in too many ways to try them all."""

    def __bool__(self) -> bool:
        return self.found or not self.complete or bool(self.unlisted)

    @property
    def found(self) -> bool:
        """Whether any change was found."""
        return bool(self.alerts or self.routing or self.inhibitions or self.receivers or self.slos)
