"""How the plan's alerts get to people: routes, receivers, inhibitions, and what a server does before."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any

from tocsin.answers import KeepsAnswers
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from tocsin.lang.alertmanager.matchers import Matcher
    from tocsin.plan.model.project import Timing
    from tocsin.source.place import Place


@value_object
class Receiver:
    """A receiver and its channels, each an Alertmanager integration ready to be written."""

    name: str
    title: str | None
    channels: tuple[tuple[str, tuple[Mapping[str, Any], ...]], ...]
    """Pairs of Alertmanager's key (`slack_configs`) and its entries."""
    place: Place | None = None
    has_own_texts: bool = True
    """Whether its channels are written as they stand; else generated texts are added where they have none."""
    timezone: str | None = None
    """The zone of the times in its messages; None means the project's."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """By which Alertmanager's API finds it."""


@value_object
class Route(KeepsAnswers):
    """A node of the route tree as Alertmanager loads it; None and empty mean inherited."""

    matchers: tuple[Matcher, ...]
    receiver: str | None
    group_by: tuple[str, ...] | None
    timing: Timing
    continues: bool
    mute_time_intervals: tuple[str, ...]
    active_time_intervals: tuple[str, ...]
    routes: tuple[Route, ...]
    place: Place
    written: tuple[Place, ...] = ()
    """Where each of the matchers is written; empty where nobody wrote them."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """What templates read with `routeLabels`, for this route and those below it; templates themselves."""
    continue_is_written: bool = True
    """False where it goes on because the Prometheus operator has every resource of a team go on."""

    def nodes(self) -> Iterator[Route]:
        """This route and all below it, in the order of the tree."""
        yield self
        for route in self.routes:
            yield from route.nodes()


@value_object
class TimeInterval:
    """A named time interval, its periods ready to be written."""

    name: str
    periods: tuple[Mapping[str, Any], ...]
    place: Place | None = None


@value_object
class Inhibition:
    """While an alert that meets `source` fires, those that meet `target` and agree in `equal` stay quiet."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]
    place: Place
    source_written: tuple[Place, ...] = ()
    """Where each matcher of the source is written; empty where nobody wrote them."""
    target_written: tuple[Place, ...] = ()
    name: str | None = None
    is_everywhere: bool = False
    """Whether an empty `equal` says in so many words that nothing has to agree."""


@value_object
class Relabelling:
    """One of the `alert_relabel_configs`, with Prometheus' defaults filled in; `regex` is RE2 and valid."""

    action: str
    sources: tuple[str, ...]
    separator: str
    regex: str
    target: str
    """The label that is written; empty where the action writes none."""
    replacement: str
    place: Place


_DEEPEST = 6
"""With more steps nobody leads to the rules of a file: its name, a document, a list, `data`, a key."""


@value_object
class Server:
    """What is known of the Prometheus that evaluates the rules and sends the alerts."""

    evaluation_interval: str
    scrape_interval: str
    jobs: Mapping[str, str]
    """The scrape interval of each job."""
    has_other_jobs: bool
    """Whether the label `job` may have other values than the names of these jobs."""
    external_labels: Mapping[str, str]
    """A value with a `$` is filled in when the server starts."""
    relabellings: tuple[Relabelling, ...]
    """What is done with the labels of alerts on their way to Alertmanager, in this order."""
    rule_files: tuple[tuple[str, Place], ...]
    """The patterns of the rule files, and where they are written."""
    place: Place
    elsewhere: frozenset[tuple[str | int, ...]] = frozenset()
    """Where rules stand that it does not evaluate: files that no pattern matches, and resources."""

    def evaluates(self, place: Place) -> bool:
        """Whether it evaluates the rule or the group at a place, as far as is known."""
        return not any(place.path[:length] in self.elsewhere for length in range(1, _DEEPEST))


@value_object
class RoutingCase:
    """An alert at a moment while others fire, and who is to be notified of it."""

    title: str | None
    labels: Mapping[str, str]
    at: datetime | None
    """None where time intervals are not asked."""
    active: tuple[Mapping[str, str], ...]
    receivers: tuple[str, ...]
    """Those who are notified, in the order of the tree."""
    muted_by: tuple[str, ...]
    inhibited_by: str | None
    """The name of an alert."""
    place: Place
