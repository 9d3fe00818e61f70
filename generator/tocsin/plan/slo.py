"""The plan's service level objectives: promises with everything settled that pages and checks need."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.lang.listed_labels import matchers_text
from tocsin.plan.model.rules import Engine
from tocsin.source.place import Place
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from decimal import Decimal

    from tocsin.lang.listed_labels import LabelSets
    from tocsin.plan.burn import Burn, BurnTier


@value_object
class Query:
    """A query as its author wrote it; a piece of the text is the same piece of the place."""

    text: str
    place: Place


@value_object
class Ratio:
    """Good or bad events out of all, each a query over the window; one of the two is None."""

    good: Query | None
    bad: Query | None
    total: Query
    engine: Engine = Engine.PROMETHEUS
    """Which language the queries are written in."""

    @property
    def part(self) -> Query:
        """The one that is counted beside the total."""
        part = self.good or self.bad
        assert part is not None, "the spec holds one of the two"
        return part


@value_object
class Latency:
    """The share of what a histogram counts that takes no longer than a limit."""

    histogram: str | None
    """The histogram's name without `_bucket`; None where `buckets` was written by the author."""
    buckets: Query
    """PromQL of the buckets over the window; where it was made of `histogram`, its place is that name's."""
    limit: float
    """In the unit of the buckets."""
    limit_text: str
    """The limit for people, such as `500 ms`."""


@value_object
class Share:
    """The share of what is bad, as one PromQL query over the window."""

    bad: Query


@value_object
class GroupObjective:
    """An objective of its own for one value of the label that tells the groups apart."""

    value: str
    objective: Decimal


@value_object
class Promise:
    """What is promised of some groups, and the alerts that watch over it."""

    objective: Decimal
    place: Place
    """Of the objective."""
    burn: Burn | None
    parts: tuple[LabelSets, ...]
    """The groups, as sets that have nothing in common."""
    by: str | None = None
    """The label by which objectives differ among them."""
    groups: tuple[GroupObjective, ...] = ()
    """Those of some values of that label; `objective` holds for all others."""
    team: str | None = None
    is_exception: bool = True

    @property
    def objectives(self) -> tuple[Decimal, ...]:
        """Each once, the general one first."""
        return tuple(dict.fromkeys((self.objective, *(one.objective for one in self.groups))))

    @property
    def tiers(self) -> tuple[BurnTier, ...]:
        """The tiers of its alerts."""
        return () if self.burn is None else self.burn.tiers

    @property
    def selected(self) -> str:
        """The groups, as PromQL selects them; several selections are joined by ` or `."""
        return " or ".join(map(matchers_text, self.parts))


@value_object
class UnwatchedGroups:
    """Groups of which nothing is promised, and why."""

    selected: str
    reason: str


@value_object
class Slo:
    """A promise: the share of what has to be good in any stretch of time as long as the window."""

    name: str
    title: str
    description: str | None
    objective: Decimal
    """A share of one, more than 0 and less than 1."""
    objective_text: str
    """The objective for people, such as `99.5 %`."""
    budget_text: str
    """What may be bad, such as `0.5 %`."""
    window: str
    budget_time: str
    """How long everything may be bad within a window, as a duration."""
    indicator: Ratio | Latency | Share
    query: str
    """What was promised over the window: the share that is good, or the quantile with the limit."""
    url: str | None
    """The query, opened in Prometheus, or in Grafana's Explore for logs."""
    team: str | None
    alerts: tuple[str, ...]
    """The names of those that watch it, each once."""
    place: Place
    burn: Burn | None = None
    """None where only people's own alerts watch it."""
    by: str | None = None
    """The label by which objectives differ."""
    objectives: tuple[GroupObjective, ...] = ()
    """Those of some values of that label; `objective` holds for all others."""
    exceptions: tuple[Promise, ...] = ()
    """What is promised of the groups that its exceptions are about."""
    unwatched: tuple[UnwatchedGroups, ...] = ()
    """The groups for which exceptions switch it off."""
    parts: tuple[LabelSets, ...] = ({},)
    """The groups for which no exception holds, as sets that have nothing in common."""

    @property
    def promises(self) -> tuple[Promise, ...]:
        """What is promised of all groups, those without an exception first."""
        general = Promise(
            self.objective,
            Place((*self.place.path, "objective")),
            self.burn,
            self.parts,
            self.by,
            self.objectives,
            self.team,
            is_exception=False,
        )
        return (general, *self.exceptions)

    @property
    def metric_queries(self) -> tuple[Query, ...]:
        """The queries in PromQL that measure it; none for logs."""
        if isinstance(self.indicator, Latency):
            return (self.indicator.buckets,)
        if isinstance(self.indicator, Share):
            return (self.indicator.bad,)
        if self.indicator.engine is Engine.LOKI:
            return ()
        return self.indicator.part, self.indicator.total

    @property
    def every_objective(self) -> tuple[Decimal, ...]:
        """All that are promised, each once, the general one first."""
        return tuple(dict.fromkeys((self.objective, *(one.objective for one in self.objectives))))
