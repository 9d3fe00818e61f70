"""Routes that are otherwise for some alerts: each goes where the first exception with its labels says."""

from __future__ import annotations

import os
import random
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from tests.compile.test_branches import built
from tests.routing.random_trees import written

from tocsin.engines.amtool import routed_receivers
from tocsin.routing.tree import matching_nodes

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tocsin.engines.program import Program
    from tocsin.plan.model import Route

TREES, SETS = (1000, 12) if os.environ.get("TOCSIN_THOROUGH") else (30, 6)
RECEIVERS = ["all", "a", "b", "c", "d"]
LABELS = {"shop": ["", "lisbon", "a|b", 'say "x"', "a.c", "abc"], "region": ["", "eu", "us"]}


def _spec(routes: list[dict[str, Any]]) -> str:
    return yaml.safe_dump(
        {
            "project": {"name": "shop", "title": "Shop"},
            "environments": {},
            "severities": {
                "critical": {"rank": 1, "title": "Critical", "notify": {"group_wait": "0s"}},
                "warning": {"rank": 2, "title": "Warning", "receiver": "d"},
            },
            "receivers": {name: {} for name in RECEIVERS},
            "routing": {"catch_all": "all", "routes": routes},
        },
        sort_keys=False,
        allow_unicode=True,
    )


def _root(routes: list[dict[str, Any]]) -> Route | None:
    plan, _ = built(_spec(routes))
    return None if plan is None else plan.route


def _ways(root: Route, labels: Mapping[str, str]) -> list[tuple[Any, ...]]:
    return [
        (one.receiver, one.group_by, one.timing, one.route.mute_time_intervals)
        for one in matching_nodes(root, labels)
    ]


def test_alerts_with_some_values_go_elsewhere_and_the_others_stay() -> None:
    root = _root(
        [
            {
                "matchers": ['kind="page"'],
                "receiver": "a",
                "group_by": ["shop"],
                "routes": [{"matchers": ['region="eu"'], "receiver": "b"}],
                "except": [
                    {"where": {"shop": ["lisbon", "faro"]}, "receiver": "c", "group_wait": "5m"},
                    {"where": {"shop": "closed"}, "off": "closed"},
                ],
            }
        ]
    )
    assert root is not None

    def told(**labels: str) -> tuple[str, str | None, tuple[str, ...]]:
        [one] = matching_nodes(root, {"kind": "page", **labels})
        return one.receiver, one.timing.group_wait, one.group_by

    assert told(shop="porto") == ("a", "30s", ("shop",))
    assert told(shop="porto", region="eu")[0] == "b"
    assert told(shop="lisbon") == ("c", "5m", ("shop",))
    # The routes below it are tried for these alerts as well.
    assert told(shop="lisbon", region="eu")[0] == "b"
    assert told(shop="closed") == ("all", "30s", ("alertname",))
    assert told(shop="porto", severity="critical")[1] == "0s"


@pytest.mark.parametrize(
    ("exceptions", "more", "id_", "message"),
    [
        (
            "[{where: {shop: a}, matchers: ['x=\"y\"'], receiver: b}]",
            {},
            "except/incomplete",
            "`matchers` is",
        ),
        ("[{where: {shop: a}, continue: true}]", {}, "except/incomplete", "`continue` is the same"),
        ("[{where: {shop: a}, receiver: a}]", {}, "except/no-change", "changes nothing"),
        ("[{where: {shop: a}, receiver: x}]", {}, "reference/receiver", "there is no receiver `x`"),
        (
            "[{where: {shop: a}, receiver: b}, {where: {shop: [a]}, 'off': x}]",
            {},
            "except/unreached",
            "those before it take all",
        ),
        (
            "[{where: {shop: a}, receiver: b}]",
            {"matchers": ['shop=~"b|c"']},
            "except/unreached",
            "the route takes no such values of `shop`",
        ),
        (
            "[{where: {shop: a}, receiver: b}]",
            {"matchers": ['shop="a"']},
            "except/takes-all",
            "takes all alerts of the route",
        ),
        (
            "[{where: {shop: a, region: eu}, 'off': x}]",
            {},
            "except/off-of-route",
            "would divide the groups of its notifications",
        ),
    ],
)
def test_an_exception_that_cannot_hold_is_told(
    exceptions: str, more: dict[str, Any], id_: str, message: str
) -> None:
    plan, found = built(_spec([{"receiver": "a", **more, "except": yaml.safe_load(exceptions)}]))
    assert plan is None
    assert any(one.id == id_ and message in one.message for one in found), found
    assert all(one.span is not None for one in found)


def _routes(chosen: random.Random, depth: int = 2) -> list[dict[str, Any]]:
    found = []
    for _ in range(chosen.randint(1, 3)):
        route: dict[str, Any] = {"receiver": chosen.choice(RECEIVERS)}
        if chosen.random() < 0.6:
            label = chosen.choice(list(LABELS))
            value = chosen.choice(["lisbon|abc", ".+", "eu", "a.c|"])
            route["matchers"] = [f'{label}{chosen.choice(["=~", "!~"])}"{value}"']
        if chosen.random() < 0.3:
            route["severity"] = chosen.choice(["critical", ["critical", "warning"]])
        if chosen.random() < 0.3:
            route["continue"] = True
        if chosen.random() < 0.4:
            route["group_by"] = ["alertname", "shop"]
        if depth and chosen.random() < 0.5:
            route["routes"] = _routes(chosen, depth - 1)
        if exceptions := [_exception(chosen) for _ in range(chosen.choice([0, 1, 1, 2]))]:
            route["except"] = exceptions
        found.append(route)
    return found


def _exception(chosen: random.Random) -> dict[str, Any]:
    names = chosen.sample(list(LABELS), chosen.choice([1, 1, 2]))
    where = {name: chosen.sample(LABELS[name], chosen.randint(1, 2)) for name in names}
    if chosen.random() < 0.25:
        return {"where": where, "off": "closed"}
    said: dict[str, Any] = {"receiver": chosen.choice(RECEIVERS)}
    if chosen.random() < 0.4:
        said["repeat_interval"] = chosen.choice(["1h", "2h"])
    if chosen.random() < 0.3:
        said["group_by"] = ["region"]
    return {"where": where, **said}


def _resolved(routes: list[dict[str, Any]], labels: Mapping[str, str]) -> list[dict[str, Any]]:
    """The routes as they are for one alert, without any exception."""
    found = []
    for route in routes:
        own = {key: value for key, value in route.items() if key not in ("except", "routes")}
        own["routes"] = _resolved(route.get("routes", []), labels)
        first: dict[str, Any] = next(
            (
                one
                for one in route.get("except", [])
                if all(labels.get(name, "") in texts for name, texts in one["where"].items())
            ),
            {},
        )
        if "off" not in first:
            found.append({**own, **{key: value for key, value in first.items() if key != "where"}})
    return found


def test_random_exceptions_of_routes_send_each_alert_where_the_first_says(
    tmp_path: Path, amtool: Program
) -> None:
    """Compared with trees without exceptions that are written for one alert; amtool goes the same ways."""
    chosen = random.Random(5)
    trees = 0
    for number in range(TREES * 20):
        routes = _routes(chosen)
        root = _root(routes)
        if root is None or not any("except" in one for one in routes):
            continue
        trees += 1
        path = tmp_path / f"{number}.yml"
        value = {"route": written(root), "receivers": [{"name": name} for name in RECEIVERS]}
        path.write_text(yaml.safe_dump(value, allow_unicode=True), encoding="utf-8")
        for _ in range(SETS):
            labels = {name: text for name, texts in LABELS.items() if (text := chosen.choice(texts))}
            labels["severity"] = chosen.choice(["critical", "warning", "info"])
            alone = _root(_resolved(routes, labels))
            assert alone is not None
            assert _ways(root, labels) == _ways(alone, labels), (routes, labels)
        assert routed_receivers(amtool, path, labels) == tuple(way[0] for way in _ways(root, labels))
        if trees == TREES:
            return
    raise AssertionError("too few of the random trees are sound")
