"""A route tree as it is drawn: what each node asks, whom it tells, and whether alerts went through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tocsin.routing.tree import GROUP_INTERVAL, GROUP_WAIT, NOT_KNOWN, REPEAT_INTERVAL
from tocsin.translations.en import TEXTS
from tocsin.value_object import value_object

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tocsin.plan.model import Route
    from tocsin.routing.tree import MatchedNode
    from tocsin.translations.model import RoutingWords


@value_object
class Outline:
    """One node: `lit` where alerts came through, `stopped` where they came to rest."""

    asks: str
    receiver: str
    """The one of its own or the inherited one."""
    notes: tuple[str, ...]
    lit: bool
    stopped: bool
    children: tuple[Outline, ...]
    hidden: str | None = None
    """A word on children that are left out."""


def outline(
    root: Route, lit: Iterable[MatchedNode] = (), *, words: RoutingWords = TEXTS.routing, most: int = 40
) -> Outline:
    """The tree with the paths of some stops lit; in a large one, dark children beyond `most` are left out."""
    stops = tuple(lit)
    through = frozenset(id(route) for stop in stops for route in stop.path)
    ends = frozenset(id(stop.route) for stop in stops)
    return _Drawing(through, ends, words, most).outlined(root, NOT_KNOWN, root=True)


def node_matchers(route: Route) -> str:
    """What a node asks, in a line."""
    return ", ".join(matcher.text() for matcher in route.matchers) or "every alert"


@value_object
class _Drawing:
    through: frozenset[int]
    ends: frozenset[int]
    words: RoutingWords
    most: int

    def outlined(self, route: Route, above: str, *, root: bool = False) -> Outline:
        receiver = route.receiver or above
        children = route.routes
        if len(children) > self.most:
            lit = tuple(child for child in children if id(child) in self.through)
            children = lit if self.through else children[: self.most]
        hidden = len(route.routes) - len(children)
        return Outline(
            self.words.every_alert if root or not route.matchers else node_matchers(route),
            receiver,
            tuple(self._notes(route, root=root)),
            id(route) in self.through,
            id(route) in self.ends,
            tuple(self.outlined(child, receiver) for child in children),
            self.words.more.format(hidden) if hidden else None,
        )

    def _notes(self, route: Route, *, root: bool) -> list[str]:
        words, timing = self.words, route.timing
        notes = []
        if route.group_by is not None:
            grouped = words.grouped.format(", ".join(route.group_by))
            notes.append(grouped if route.group_by else words.one_group)
        for text, said, otherwise in (
            (words.after, timing.group_wait, GROUP_WAIT),
            (words.changes, timing.group_interval, GROUP_INTERVAL),
            (words.again, timing.repeat_interval, REPEAT_INTERVAL),
        ):
            if said or root:
                notes.append(text.format(said or otherwise))
        either = f" {words.either} "
        if route.active_time_intervals:
            notes.append(words.only_in.format(either.join(route.active_time_intervals)))
        if route.mute_time_intervals:
            notes.append(words.not_in.format(either.join(route.mute_time_intervals)))
        if route.continues:
            notes.append(words.goes_on)
        return notes
