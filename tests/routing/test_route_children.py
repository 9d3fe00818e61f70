"""The routes that labels may enter, found by the values that the routes ask for: none is left out."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from tests.diff.test_routing_classes import large

from tocsin.lang.alertmanager.matchers import Matcher
from tocsin.lang.errors import LangError
from tocsin.lang.regexes import is_regex, literal_prefix, matches_whole
from tocsin.routing.route_children import RouteChildren

if TYPE_CHECKING:
    from tocsin.lang.alertmanager.matchers import Operator
    from tocsin.plan.model import Route

VALUES = ("", "a", "ab", "abc", "team-1", "team-1-x", "team-12", "b", "B", "a\nb", "é")
PATTERNS = (
    *("a", "a|b", "a.*", "ab?", "ab*c", "^team-1-.+", "team-1.?", "team-[0-9]+", "(?i)b", ".*", ".+", ""),
    *("a{0}b", "team-1(-x)?", "é+", "a.b", "(a|team-1)-x", "ab+", "(", "team-1-(", "^^a", "^*a"),
)
OPERATORS: tuple[Operator, ...] = ("=", "!=", "=~", "!~")


def _meets(matcher: Matcher, value: str) -> bool:
    try:
        return matcher.matches({matcher.name: value})
    except LangError:
        return True


def _routes(random: Random) -> tuple[Route, ...]:
    node = large(1, Random(1)).routes[0]
    return tuple(
        replace(
            node,
            receiver=f"r{number}",
            matchers=tuple(
                Matcher(random.choice("xy"), op, random.choice(PATTERNS if op in ("=~", "!~") else VALUES))
                for op in random.choices(OPERATORS, k=random.randrange(4))
            ),
        )
        for number in range(40)
    )


@pytest.mark.parametrize("seed", range(30))
def test_no_route_that_labels_match_is_left_out(seed: int) -> None:
    random = Random(seed)
    routes = _routes(random)
    children = RouteChildren(routes, _meets)
    for _ in range(60):
        listed = {
            name: random.choice((None, frozenset(random.sample(VALUES, random.randrange(1, 4)))))
            for name in random.sample("xyz", random.randrange(4))
        }
        entered = list(children.entered(listed))
        places = [routes.index(one) for one in entered]
        assert places == sorted(places)
        for route in routes:
            possible = True
            for name in {matcher.name for matcher in route.matchers}:
                asking = [matcher for matcher in route.matchers if matcher.name == name]
                values = listed.get(name, frozenset(("",)))
                possible &= values is None or any(all(_meets(one, text) for one in asking) for text in values)
            assert not possible or route in entered


def test_those_are_left_out_that_ask_for_other_values() -> None:
    root = large(300, Random(3))
    children = RouteChildren(root.routes, _meets)
    entered = list(children.entered({"team": frozenset({"team-7"})}))
    assert len(root.routes) > 100
    assert [one.receiver for one in entered] in (["team-7"], [])


@pytest.mark.parametrize("pattern", [one for one in PATTERNS if is_regex(one)])
def test_what_a_pattern_begins_with(pattern: str) -> None:
    prefix = literal_prefix(pattern)
    assert all(value.startswith(prefix) for value in VALUES if matches_whole(pattern, value))


def test_the_plain_start_of_a_pattern_is_its_prefix() -> None:
    assert literal_prefix("^team-1-.+") == "team-1-"
    assert literal_prefix("ab?c") == "a"
    assert literal_prefix("a|b") == ""
