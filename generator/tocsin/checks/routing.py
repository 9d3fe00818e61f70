"""The routing tests of a spec: whether they hold, and what they leave out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tocsin.checks.framework.check import Finding, check
from tocsin.checks.framework.route_shadowing import routes_with_earlier_takers
from tocsin.diagnostics.model import Level
from tocsin.routing.config import FiringAlert, routing_config
from tocsin.routing.decision import decide
from tocsin.routing.render.answers import describe_path
from tocsin.routing.render.outline import node_matchers
from tocsin.source.place import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tocsin.checks.framework.route_nodes import RouteNode
    from tocsin.plan.model import Plan, RoutingCase
    from tocsin.routing.config import RoutingConfig
    from tocsin.routing.decision import Decision

_SHOWN = 5
_ANY_MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@check("routing/test", Level.ERROR)
def test(plan: Plan) -> Iterator[Finding]:
    """A routing test expects other receivers to be notified than are.

    Why:
        The case says who has to hear of an alert. As the routes are, others will, or nobody.

    Fix:
        Put the route right; or the case, when the change is meant.

    Bad:
        routing:
          catch_all: all
          tests:
            - labels: {severity: critical}
              receivers: []

    Good:
        routing:
          catch_all: all
          tests:
            - labels: {severity: critical}
              receivers: [all]
    """
    table = routing_config(plan)
    if table is None:
        return
    for case in plan.routing_cases:
        verdict = _verdict(table, case)
        for key, expected, got in _compared(case, verdict):
            if expected != got:
                yield Finding(
                    f"{_subject(case)}: {_sentence(key, expected, got)}",
                    at=Place((*case.place.path, key)),
                    also=tuple(
                        (
                            notice.stop.route.place,
                            f"this route decides: {' → '.join(describe_path(notice)) or 'the root'}",
                        )
                        for notice in verdict.notices
                    ),
                    help=_why(case, verdict),
                    about=case.place,
                )
                break


@check("routing/untested", Level.INFO)
def untested(plan: Plan) -> Iterator[Finding]:
    """Routes, inhibitions or time intervals that no routing test touches.

    Why:
        A test that never comes through a route cannot say that the route does what is meant.

    Fix:
        Add a case whose alert takes the route, is inhibited, or is notified in the interval.

    Bad:
        routing:
          catch_all: all
          routes:
            - {matchers: ["team=web"], group_wait: 1m}
          tests:
            - labels: {team: db}
              receivers: [all]

    Good:
        routing:
          catch_all: all
          routes:
            - {matchers: ["team=web"], group_wait: 1m}
          tests:
            - labels: {team: web}
              receivers: [all]
    """
    table = routing_config(plan)
    if table is None or not plan.routing_cases:
        return
    through: set[int] = set()
    rules: set[int] = set()
    intervals: set[str] = set()
    for case in plan.routing_cases:
        verdict = _verdict(table, case)
        through |= {id(route) for notice in verdict.notices for route in notice.stop.path}
        if verdict.inhibited is not None:
            rules.add(id(verdict.inhibited.rule))
        if case.at is not None:
            for notice in verdict.notices:
                route = notice.stop.route
                intervals |= {*route.active_time_intervals, *route.mute_time_intervals}
    # No test could touch the others.
    routes = (
        []
        if plan.route is None
        else [node for node, taker in routes_with_earlier_takers(plan.route) if taker is None]
    )
    kinds = (
        (
            "routes",
            [(one.route.place, _way(one)) for one in routes if id(one.route) not in through],
            len(routes),
        ),
        (
            "inhibitions",
            [
                (one.place, ", ".join(matcher.text() for matcher in one.target))
                for one in plan.inhibitions
                if id(one) not in rules
            ],
            len(plan.inhibitions),
        ),
        (
            "time intervals",
            [
                (Place(("routing", "time_intervals", one.name), key=True), one.name)
                for one in plan.time_intervals
                if one.name not in intervals
            ],
            len(plan.time_intervals),
        ),
    )
    for kind, missing, count in kinds:
        if missing:
            yield Finding(
                f"no routing test touches {len(missing)} of {count} {kind}",
                at=Place(("routing", "tests"), key=True),
                also=tuple(missing[:_SHOWN]),
            )


def _verdict(table: RoutingConfig, case: RoutingCase) -> Decision:
    firing = [*(FiringAlert(labels) for labels in case.active), FiringAlert(case.labels)]
    return decide(table, case.labels, case.at or _ANY_MOMENT, firing)


def _compared(case: RoutingCase, verdict: Decision) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Key, what is expected and what is, for everything that a case says."""
    if case.at is not None:
        told, muted_by = verdict.told, verdict.muted_by
    else:
        told, muted_by = (() if verdict.inhibited else verdict.receivers), case.muted_by
    source = "" if verdict.inhibited is None else verdict.inhibited.source.labels.get("alertname", "")
    yield "receivers", case.receivers, told
    yield "muted_by", case.muted_by, muted_by
    if case.inhibited_by is not None:
        yield "inhibited_by", (case.inhibited_by,), (source,) if source else ()


def _subject(case: RoutingCase) -> str:
    return case.title or case.labels.get("alertname") or ", ".join(f"{k}={v}" for k, v in case.labels.items())


def _sentence(key: str, expected: tuple[str, ...], got: tuple[str, ...]) -> str:
    wanted, found = (", ".join(f"`{name}`" for name in names) for names in (expected, got))
    if key == "receivers":
        return f"expected notified: {wanted or 'none'}, actually notified: {found or 'none'}"
    how = key.replace("_", " ")
    return f"it should be {how} {wanted or 'nothing'}, but is {how} {found or 'nothing'}"


def _why(case: RoutingCase, verdict: Decision) -> str | None:
    if verdict.inhibited is not None:
        source = verdict.inhibited.source.labels.get("alertname", "another alert")
        return f"`{source}` inhibits it"
    if case.at is not None and verdict.muted_by:
        return f"at this time it is muted by {', '.join(f'`{name}`' for name in verdict.muted_by)}"
    return None


def _way(node: RouteNode) -> str:
    """What the routes on the way ask, and the route itself."""
    return " → ".join(node_matchers(route) for route in (*node.above[1:], node.route))
