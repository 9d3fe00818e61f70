"""Random route trees, label sets, inhibitions and time intervals, small enough to collide often."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.plan.model import Inhibition, Route, Timing
from tocsin.source.place import Place

if TYPE_CHECKING:
    from random import Random

NAMES = ("team", "severity", "a b", "région", "x")
VALUES = ("", "a", "b", "ab", "critical", "A", "a\nb", "é", '"', "\\")
REGEXES = (
    *("", "a|b", "a.*", ".*", ".+", "[ab]+", "(?i)A", "a?", "^a$", "cri.+|b", "[^a]*", "a.b", "()|é", r"\w+"),
    *(r'"|\\', "(a|b){2}", r"\S*"),
)


def labels(random: Random) -> dict[str, str]:
    """A label set; a label is missing as often as it is there."""
    return {name: random.choice(VALUES) for name in NAMES if random.random() < 0.6}


def matcher(random: Random) -> Matcher:
    """A matcher of any operator."""
    name = random.choice(NAMES)
    if random.random() < 0.5:
        return Matcher(name, random.choice(("=", "!=")), random.choice(VALUES))
    return Matcher(name, random.choice(("=~", "!~")), random.choice(REGEXES))


def tree(random: Random, receivers: tuple[str, ...], depth: int = 3) -> Route:
    """A tree whose nodes go to any of the receivers."""
    return _node(random, receivers, depth, root=True)


def inhibition(random: Random, *extra: Matcher) -> Inhibition:
    """A rule; the extra matchers stand on both sides."""
    return Inhibition(
        (*extra, *(matcher(random) for _ in range(random.choice((0, 0, 1, 1, 2))))),
        (*extra, *(matcher(random) for _ in range(random.choice((0, 0, 1, 1, 2))))),
        tuple(random.sample(NAMES, random.randrange(3))),
        Place(()),
    )


def written(route: Route) -> dict[str, Any]:
    """The route as Alertmanager's configuration has it."""
    value: dict[str, Any] = {"receiver": route.receiver, "continue": route.continues}
    value["matchers"] = [one.text() for one in route.matchers]
    timing = route.timing
    value |= {
        "group_by": None if route.group_by is None else list(route.group_by),
        "group_wait": timing.group_wait,
        "group_interval": timing.group_interval,
        "repeat_interval": timing.repeat_interval,
        "mute_time_intervals": list(route.mute_time_intervals),
        "active_time_intervals": list(route.active_time_intervals),
        "routes": [written(child) for child in route.routes],
    }
    return {key: item for key, item in value.items() if item is not None and item is not False}


def written_inhibition(rule: Inhibition) -> dict[str, Any]:
    """The rule as Alertmanager's configuration has it."""
    return {
        "source_matchers": [one.text() for one in rule.source],
        "target_matchers": [one.text() for one in rule.target],
        "equal": list(rule.equal),
    }


def _node(random: Random, receivers: tuple[str, ...], depth: int, *, root: bool) -> Route:
    count = random.choice((0, 1, 2, 3, 4)) if depth else 0
    group_by: tuple[str, ...] | None = random.choice((None, None, (), ("...",), ("team",), ("x", "a b")))
    return Route(
        matchers=() if root else tuple(matcher(random) for _ in range(random.choice((0, 1, 1, 1, 2)))),
        receiver=random.choice(receivers) if root or random.random() < 0.7 else None,
        group_by=group_by,
        timing=Timing("0s" if root else None, None, None),
        continues=not root and random.random() < 0.3,
        mute_time_intervals=(),
        active_time_intervals=(),
        routes=tuple(_node(random, receivers, depth - 1, root=False) for _ in range(count)),
        place=Place(()),
    )
