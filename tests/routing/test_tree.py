"""The walk through the route tree, as Alertmanager's own tests of `dispatch/route.go` have it."""

from __future__ import annotations

from random import Random

from tocsin.lang.alertmanager.matchers import parse_matcher
from tocsin.plan.model import Route, Timing
from tocsin.routing.tree import label_names, matching_nodes
from tocsin.source.place import Place


def _route(
    *matchers: str,
    to: str | None = None,
    continues: bool = False,
    wait: str | None = None,
    routes: tuple[Route, ...] = (),
) -> Route:
    parsed = tuple(parse_matcher(text) for text in matchers)
    return Route(parsed, to, None, Timing(wait, None, None), continues, (), (), routes, Place(()))


def _told(root: Route, **labels: str) -> list[str]:
    return [stop.receiver for stop in matching_nodes(root, labels)]


TREE = _route(
    to="all",
    routes=(
        _route('team="a"', to="a", continues=True, routes=(_route('severity="critical"', to="a-pager"),)),
        _route('severity=~"critical|warning"', wait="1s"),
        _route('team!=""', to="teams"),
    ),
)


def test_the_first_match_ends_the_search_unless_it_continues() -> None:
    assert _told(TREE, severity="warning", team="b") == ["all"]
    assert _told(TREE, severity="critical", team="a") == ["a-pager", "all"]
    assert _told(TREE, severity="info", team="a") == ["a", "teams"]


def test_what_no_route_takes_stops_at_the_root() -> None:
    (stop,) = matching_nodes(TREE, {"severity": "info"})
    assert (stop.receiver, stop.route) == ("all", TREE)


def test_a_missing_label_counts_as_an_empty_one() -> None:
    assert _told(_route(to="all", routes=(_route('team=""', to="nobody"),))) == ["nobody"]


def test_timings_are_inherited_and_default_to_those_of_alertmanager() -> None:
    (stop,) = matching_nodes(TREE, {"severity": "warning"})
    assert stop.timing == Timing("1s", "5m", "4h")


def test_only_labels_that_a_matcher_names_decide() -> None:
    assert label_names(TREE) == {"team", "severity"}


def test_a_continue_that_was_forgotten_ends_the_search() -> None:
    audit = _route(to="audit")
    pager = _route('severity="critical"', to="pager")
    assert _told(_route(to="all", routes=(audit, pager)), severity="critical") == ["audit"]
    everything = _route(to="audit", continues=True)
    assert _told(_route(to="all", routes=(everything, pager)), severity="critical") == ["audit", "pager"]


def test_a_child_sees_only_what_its_parent_let_through() -> None:
    child = _route('team=~".*"', to="wide")
    tree = _route(to="all", routes=(_route('team="a"', to="a", routes=(child,)),))
    assert _told(tree, team="a") == ["wide"]
    assert _told(tree, team="b") == ["all"]


def test_not_matching_takes_alerts_that_miss_the_label() -> None:
    tree = _route(to="all", routes=(_route('team!~"a|b"', to="others"),))
    assert _told(tree) == ["others"]
    assert _told(tree, team="a") == ["all"]
    assert _told(_route(to="all", routes=(_route('team!~"a|"', to="others"),))) == ["all"]


def test_continue_of_the_last_sibling_changes_nothing() -> None:
    assert _told(_route(to="all", routes=(_route('team="a"', to="a", continues=True),)), team="a") == ["a"]


def test_many_routes_of_one_level_are_asked_in_their_order() -> None:
    draw = Random(7)
    teams, values = ("team", "severity", "job"), ("a", "b", "", "a|b", "|c", "[ab]", "c.*")
    taken = set()
    for _ in range(60):
        routes = tuple(
            _route(
                *(
                    f'{draw.choice(teams)}{draw.choice(("=", "=", "=~", "!=", "!~"))}"{draw.choice(values)}"'
                    for _ in range(draw.randrange(4))
                ),
                to=str(number),
                continues=draw.random() < 0.7,
            )
            for number in range(40)
        )
        labels = {name: draw.choice(("a", "b", "c", "a|b")) for name in teams if draw.random() < 0.7}
        expected = []
        for route in routes:
            if all(matcher.matches(labels) for matcher in route.matchers):
                expected.append(route.receiver)
                if not route.continues:
                    break
        assert _told(_route(to="all", routes=routes), **labels) == (expected or ["all"])
        taken.update(expected)
    assert len(taken) > 10
