"""What a change does, in values that any rendering can show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tocsin.diff.classes import Case
    from tocsin.diff.effective_settings import Behaviour
    from tocsin.plan.model import Inhibition


@value_object
class Detail:
    """What differs in an alert, a recording or an objective; None where there was, or is, nothing."""

    what: str
    before: str | None
    after: str | None


@value_object
class AlertChange:
    """What became of an alert."""

    kind: str
    """`added`, `removed`, `renamed` or `changed`."""
    alert: str
    severity: str
    details: tuple[Detail, ...] = ()
    variant: str = ""
    """What tells the rule from the others of its alert with the same severity, on the side it is on last."""


@value_object
class RecordingChange:
    """What became of a recording rule."""

    kind: str
    """`added`, `removed` or `changed`."""
    record: str
    alerts: tuple[str, ...]
    """The alerts that read it, by themselves or through other recordings."""
    details: tuple[Detail, ...] = ()


@value_object
class GroupChange:
    """A rule group with other options."""

    group: str
    details: tuple[Detail, ...]


@value_object
class LabelChange:
    """A label of alerts that their server sets or removes differently."""

    label: str
    before: str | None
    """None where the alerts do not have it."""
    after: str | None
    alerts: tuple[str, ...]
    is_of_all: bool
    """Whether it is so of all alerts that both sides have."""


@value_object
class Notified:
    """How often a receiver is notified of an alert, before and after, by separate routes."""

    receiver: str
    before: int
    after: int
    differently: tuple[tuple[Behaviour, Behaviour], ...]
    """Where it is as often as before, the stops that group, repeat or mute differently."""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of `receivers`, `count`, `grouping`, `timing` and `muting`, what changes."""
        if not self.before or not self.after:
            return ("receivers",)
        if self.before != self.after:
            return ("count",)
        pairs = self.differently
        timings = ("group_wait", "group_interval", "repeat_interval")
        kinds = {"grouping": ("group_by",), "timing": timings, "muting": ("muting",)}
        return tuple(
            kind
            for kind, names in kinds.items()
            if any(getattr(old, name) != getattr(new, name) for old, new in pairs for name in names)
        )


@value_object
class RoutingChange:
    """A class of label sets treated differently: `before` and `after` are the stops of one side alone."""

    receivers: tuple[Notified, ...]
    before: tuple[Behaviour, ...]
    after: tuple[Behaviour, ...]
    witness: Mapping[str, str]
    receivers_before: tuple[str, ...]
    """All receivers of the witness, in the order of the tree."""
    receivers_after: tuple[str, ...]
    cases: tuple[Case, ...]
    count: int
    """How many cases were found; only some are kept."""
    alerts: tuple[str, ...]
    """Alerts of both sides that are in the class by labels that their rules set or their queries name."""
    perhaps: tuple[str, ...]
    """Alerts that are in it when their samples have labels that nothing names."""

    @property
    def lost(self) -> tuple[str, ...]:
        """The receivers that are no longer notified."""
        return tuple(one.receiver for one in self.receivers if not one.after)

    @property
    def gained(self) -> tuple[str, ...]:
        """The receivers that were not notified before."""
        return tuple(one.receiver for one in self.receivers if not one.before)

    @property
    def kinds(self) -> tuple[str, ...]:
        """Of `receivers`, `count`, `grouping`, `timing` and `muting`, what changes."""
        return tuple(dict.fromkeys(kind for one in self.receivers for kind in one.kinds))


@value_object
class InhibitionChange:
    """A rule with an effect that only one side has, or may have where there was too much to try."""

    kind: str
    """`added` or `removed`."""
    rule: Inhibition
    example: tuple[Mapping[str, str], Mapping[str, str]] | None
    """A source and a target that show it; None where the search was limited and found none."""
    alerts: tuple[str, ...]
    """Alerts that are, or can be, kept quiet by it."""


@value_object
class ReceiverChange:
    """A receiver that came, went, or sends otherwise."""

    kind: str
    """`added`, `removed` or `changed`."""
    receiver: str


@value_object
class SloChange:
    """What became of an objective."""

    kind: str
    """`added`, `removed` or `changed`."""
    slo: str
    details: tuple[Detail, ...] = ()


@value_object
class Changes:
    """All of it; empty when it is sure that nothing changes in alerts, notifications and objectives."""

    alerts: tuple[AlertChange, ...]
    routing: tuple[RoutingChange, ...]
    inhibitions: tuple[InhibitionChange, ...]
    receivers: tuple[ReceiverChange, ...]
    slos: tuple[SloChange, ...]
    complete: bool
    """Whether every class is listed; otherwise the trees allow too many, and every changed path was tried."""
    undecided: tuple[str, ...]
    """Labels with patterns that may or may not exclude each other: that is undecided."""
    unlisted: tuple[str, ...] = ()
    """Alerts that may be affected as well: their labels can be combined in too many ways to try them all."""

    not_read: tuple[str, ...] = ()
    """What holds alerting, is not the same on both sides, and cannot be read."""
    recordings: tuple[RecordingChange, ...] = ()
    labels: tuple[LabelChange, ...] = ()
    groups: tuple[GroupChange, ...] = ()

    def __bool__(self) -> bool:
        return self.found or not self.complete or bool(self.unlisted or self.not_read)

    @property
    def found(self) -> bool:
        """Whether any change was found."""
        rules = self.alerts or self.recordings or self.groups or self.labels
        return bool(rules or self.routing or self.inhibitions or self.receivers or self.slos)
