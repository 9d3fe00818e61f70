"""The classes of label sets that a change treats otherwise: all of them, and nothing else."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import replace
from itertools import product
from random import Random
from typing import TYPE_CHECKING, Any

import pytest
from tests.routing import random_trees

from tocsin.diff.build_dag import Trees
from tocsin.diff.classes import Comparison, LabelCondition, TooManyError
from tocsin.diff.compare import receiver_changes
from tocsin.diff.effective_settings import DEFAULT, inherited
from tocsin.diff.paths import classes_along_paths
from tocsin.diff.render.cases import merged_cases
from tocsin.diff.route_dag import COMMON
from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.regexes import matches_whole
from tocsin.plan.model import Route, TimeInterval, Timing
from tocsin.routing.config import RoutingConfig
from tocsin.routing.tree import matching_nodes
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tocsin.diff.classes import Case

SEED = 20261124
PAIRS = 300 if os.environ.get("TOCSIN_THOROUGH") else 12
NAMES = ("team", "severity", "x")
VALUES = (*random_trees.VALUES, "bb", "x1", "aab", "crib", "abx", "B", "other")


def _pair(random: Random) -> tuple[Route, Route]:
    """Two small trees: now unrelated, now one with a few nodes changed, gone, moved or new."""
    receivers = ("r0", "r1", "r2", "r3")
    old = random_trees.tree(random, receivers, 2)
    if random.random() < 0.3:
        return old, random_trees.tree(random, receivers, 2)
    children = [
        replace(child, receiver=random.choice(receivers)) if random.random() < 0.3 else child
        for child in old.routes
        if random.random() < 0.85
    ]
    if random.random() < 0.3:
        random.shuffle(children)
    return old, replace(old, routes=tuple(children))


def _told(root: Route, labels: dict[str, str]) -> Counter[Any]:
    found: Counter[Any] = Counter()
    for stop in matching_nodes(root, labels):
        behaviour = DEFAULT
        for route in stop.path:
            behaviour = inherited(replace(behaviour, muting=DEFAULT.muting), route, {})
        found[behaviour] += 1
    return found


def _delta(old: Counter[Any], new: Counter[Any]) -> tuple[frozenset[Any], frozenset[Any]]:
    return frozenset((old - new).items()), frozenset((new - old).items())


def _universe(examples: Iterable[dict[str, str]]) -> Iterator[dict[str, str]]:
    """All label sets over a few values, among them those that the comparison itself has found."""
    values = {name: set(VALUES) for name in NAMES}
    for labels in examples:
        for name, value in labels.items():
            values[name].add(value)
    for chosen in product(*(sorted(values[name]) for name in NAMES)):
        yield dict(zip(NAMES, chosen, strict=True))


@pytest.mark.parametrize("number", range(PAIRS))
def test_the_classes_are_those_of_trying_everything(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_trees, "NAMES", NAMES)
    random = Random(f"{SEED}/{number}")
    old, new = _pair(random)
    trees = Trees(RoutingConfig(old), RoutingConfig(new))
    classes = Comparison(trees.forest).classes(trees.old, trees.new)

    def behaviours(stops_: tuple[int, ...]) -> frozenset[Any]:
        return frozenset(Counter(trees.behaviours[stop] for stop in stops_).items())

    found = {(behaviours(before), behaviours(after)): one for (before, after), one in classes.items()}
    examples = []
    for pair, one in found.items():
        for case in one.cases:
            labels = {values.label: values.example for values in case}
            examples.append(labels)
            assert _delta(_told(old, labels), _told(new, labels)) == pair
    expected = {_delta(_told(old, labels), _told(new, labels)) for labels in _universe(examples)}
    expected.discard((frozenset(), frozenset()))
    assert set(found) == expected


@pytest.mark.parametrize("number", range(PAIRS))
def test_receivers_that_both_trees_notify_are_known_of_every_class(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random_trees, "NAMES", NAMES)
    random = Random(f"{SEED}/{number}")
    old, new = _pair(random)
    trees = Trees(RoutingConfig(old), RoutingConfig(new))
    marks = trees.marks(Comparison(trees.forest).classes(trees.old, trees.new))
    classes = Comparison(trees.forest, marks=marks).classes(trees.old, trees.new)

    def counts(labels: dict[str, str]) -> frozenset[tuple[str, int, int]]:
        before, after = (
            Counter(stop.receiver for stop in matching_nodes(root, labels)) for root in (old, new)
        )
        if _told(old, labels) == _told(new, labels):
            return frozenset()
        lost, gained = _delta(_told(old, labels), _told(new, labels))
        concerned = {behaviour.receiver for behaviour, _ in lost | gained}
        return frozenset((name, before[name], after[name]) for name in concerned)

    found = {}
    for pair, one in classes.items():
        left, right = ([trees.behaviours[stop] for stop in side if stop >= 0] for side in pair)
        shared = [trees.receiver(stop) for stop in pair[0] if stop < COMMON]
        said = receiver_changes(left, right, shared)
        found[frozenset((each.receiver, each.before, each.after) for each in said)] = one
    examples = []
    for expected, one in found.items():
        for case in one.cases:
            labels = {values.label: values.example for values in case}
            examples.append(labels)
            assert counts(labels) == expected
    tried = {counts(labels) for labels in _universe(examples)} - {frozenset()}
    assert set(found) == tried


def _holds(values: LabelCondition, text: str) -> bool:
    if values.texts:
        return text in values.texts
    matches = [matches_whole(one, text, dot_is_any=False) for one in values.matching]
    others = [matches_whole(one, text, dot_is_any=False) for one in values.others]
    return text not in values.named and all(matches) and not any(others)


@pytest.mark.parametrize("number", range(PAIRS))
def test_merged_cases_are_the_same_label_sets_in_fewer_cases(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(random_trees, "NAMES", NAMES)
    trees = Trees(*map(RoutingConfig, _pair(Random(f"{SEED}/{number}"))))

    def covered(cases: Iterable[Case], labels: dict[str, str]) -> bool:
        return any(all(_holds(values, labels[values.label]) for values in case) for case in cases)

    for found in Comparison(trees.forest).classes(trees.old, trees.new).values():
        merged = merged_cases(found.cases)
        assert len(merged) <= len(found.cases)
        for labels in _universe([]):
            assert covered(found.cases, labels) == covered(merged, labels), (found.cases, merged)


def test_merged_cases_keep_their_order() -> None:
    def case(**labels: str) -> Case:
        return tuple(LabelCondition(label, (text,), (), (), text) for label, text in labels.items())

    merged = merged_cases([case(a="1", b="x"), case(c="z"), case(a="2", b="x"), case(d="w")])
    assert [[values.label for values in one] for one in merged] == [["a", "b"], ["c"], ["d"]]


def _node(to: str | None, *matchers: Matcher, **more: Any) -> Route:
    return Route(
        matchers,
        to,
        more.get("group_by"),
        Timing(None, None, more.get("repeat")),
        more.get("continues", False),
        more.get("mute", ()),
        (),
        tuple(more.get("routes", ())),
        Place(()),
    )


def large(count: int, random: Random) -> Route:
    """A tree of so many routes: teams with their severities, services, namespaces and names of alerts."""
    routes: list[Route] = []
    total = 0
    while total < count:
        n = len(routes)
        asks = (
            Matcher("team", "=", f"team-{n}"),
            Matcher("team", "=~", f"team-{n}|squad-{n}"),
            Matcher("team", "=~", f"team-{n}-.+"),
        )
        below = [
            _node(f"pager-{n}", Matcher("severity", "=", "critical")),
            _node(f"chat-{n}", Matcher("severity", "=~", "warning|info"), repeat="6h"),
            _node(f"db-{n}", Matcher("service", "=~", ".*-db"), Matcher("severity", "!=", "info")),
        ]
        routes.append(
            _node(f"team-{n}", random.choice(asks), routes=random.sample(below, random.randrange(4)))
        )
        total += 1 + len(routes[-1].routes)
    return _node("all", routes=routes)


def mutated(root: Route, random: Random) -> Route:
    """The tree with one of its routes changed in one way that matters."""
    at = random.randrange(len(root.routes))
    route = root.routes[at]
    ways = (
        replace(route, receiver="elsewhere", routes=()),
        replace(route, timing=Timing(None, None, "99h")),
        replace(route, group_by=("service",)),
        replace(route, matchers=(Matcher("team", "=", f"renamed-{at}"),)),
        None,
    )
    changed = random.choice(ways)
    return replace(root, routes=(*root.routes[:at], *([changed] if changed else []), *root.routes[at + 1 :]))


def test_no_change_of_one_route_among_three_thousand_is_missed() -> None:
    root = large(3000, Random(SEED))
    for number in range(4):
        changed = mutated(root, Random(f"{SEED}/{number}"))
        trees = Trees(RoutingConfig(root), RoutingConfig(changed))
        classes = Comparison(trees.forest).classes(trees.old, trees.new)
        assert classes
        for one in classes.values():
            labels = {values.label: values.example for values in one.cases[0]}
            assert _told(root, labels) != _told(changed, labels)


def test_where_there_are_too_many_combinations_changed_paths_are_followed() -> None:
    old = large(60, Random(SEED))
    new = replace(
        old, routes=(*old.routes[:9], replace(old.routes[9], receiver="elsewhere"), *old.routes[10:])
    )
    trees = Trees(RoutingConfig(old), RoutingConfig(new))
    with pytest.raises(TooManyError):
        Comparison(trees.forest, most_work=-1).classes(trees.old, trees.new)
    found = classes_along_paths(trees, {})
    exact = Comparison(trees.forest).classes(trees.old, trees.new)
    assert set(found) == set(exact)


@pytest.mark.parametrize("number", range(PAIRS * 4))
def test_what_changed_paths_show_is_among_the_classes(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random_trees, "NAMES", NAMES)
    trees = Trees(*map(RoutingConfig, _pair(Random(f"{SEED}/{number}"))))
    exact = Comparison(trees.forest).classes(trees.old, trees.new)
    shown = classes_along_paths(trees, {})
    assert shown.keys() <= exact.keys()


def test_times_that_are_written_otherwise_are_the_same() -> None:
    def table(*periods: dict[str, Any]) -> RoutingConfig:
        muted = _node("r", Matcher("team", "=", "a"), mute=("i",))
        return RoutingConfig(_node("all", routes=(muted,)), intervals={"i": TimeInterval("i", periods)})

    week = table({"weekdays": ["monday:friday"]})
    days = table({"weekdays": ["monday:tuesday"]}, {"weekdays": ["wednesday", "thursday:friday"]})
    less = table({"weekdays": ["monday:thursday"]})
    for other, count in ((days, 0), (less, 1)):
        trees = Trees(week, other)
        assert len(Comparison(trees.forest).classes(trees.old, trees.new)) == count
